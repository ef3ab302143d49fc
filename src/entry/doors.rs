//! The doors of the machine: its sockets, the guard at them, and who has which key.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use zmq::{Context, Socket, SocketType};

use super::key::Store;
use super::{clock, private};
use crate::config::{self, Folders, Settings};
use crate::desk::Roster;
use crate::gateway::sockets::{Doors, Locks, SocketError, Sockets};
use crate::wire::birth::ClientDoor;
use crate::wire::clients::{ClientKeys, read_private};
use crate::wire::guard::{Guard, Pass, Proof, Rules};
use crate::wire::keys::field;
use crate::wire::socket::{self, Bound, Entrance};
use crate::wire::{Badge, Domain, Endpoints, KeyPair, Who};

/// The socket of `ctl` in the runtime folder.
pub(super) const CTL: &str = "ctl";
/// The operator's key for it, beside it.
const CTL_KEY: &str = "ctl.key";

/// The sockets of a machine, open, and what belongs to them.
pub(super) struct Open {
    /// It must outlive the sockets.
    pub(super) guard: Guard,
    pub(super) roster: Roster,
    pub(super) sockets: Sockets,
    pub(super) ctl: Socket,
    pub(super) endpoints: Endpoints,
    /// Files that are gone when the machine is.
    pub(super) files: Vec<PathBuf>,
}

/// How a socket in the runtime folder is called.
pub(super) fn ipc(folders: &Folders, name: &str) -> String {
    format!("ipc://{}", folders.runtime.join(name).display())
}

/// Opens them all, or none.
pub(super) fn open(settings: &Settings, folders: &Folders, context: &Context) -> Result<Open> {
    let gateway = &settings.gateway;
    let endpoints = endpoints(gateway, folders);
    if gateway.serves_programs() {
        require_free(gateway)?;
    }
    let clients = clients(gateway, folders)?;
    let read = || clients.as_ref().map(|it| ClientKeys::open(it.folder.as_ref())).transpose();
    let (own, operator) = (KeyPair::new()?, KeyPair::new()?);
    let guard = guard(context, gateway, &operator, read()?)?;
    let doors = Doors {
        host: gateway.host.to_string(),
        ticks: gateway.tick_port,
        orders: gateway.serves_programs().then_some(gateway.order_port),
    };
    let locks = Locks {
        clients: clients.as_ref().map(|it| it.own.clone()),
        client_keys: read()?,
        are_ticks_locked: gateway.is_remote(),
    };
    let sockets = Sockets::open(&guard, &endpoints, &doors, locks)?;
    tell_ports(&sockets, gateway);
    let key = folders.runtime.join(CTL_KEY);
    private::write(&key, &ctl_certificate(&own, &operator))?;
    let (kind, bound) = (SocketType::ROUTER, Bound::Orders);
    let entrance = Entrance { domain: Domain::Control, key: Some(&own) };
    let endpoint = ipc(folders, CTL);
    let ctl = socket::serve(&guard, kind, bound, entrance, &endpoint)
        .with_context(|| format!("cannot open the socket of ctl at {endpoint}"))?;
    let roster = Roster::new(guard.clone(), clients);
    let sockets_of = ["events", "orders", "signals", CTL, CTL_KEY];
    let files = sockets_of.map(|it| folders.runtime.join(it)).to_vec();
    Ok(Open { guard, roster, sockets, ctl, endpoints, files })
}

fn guard(
    context: &Context,
    gateway: &config::Gateway,
    operator: &KeyPair,
    clients: Option<ClientKeys>,
) -> Result<Guard> {
    let is_open = [(Domain::Ticks, !gateway.is_remote()), (Domain::ClientOrders, gateway.plain)];
    let open = is_open.into_iter().filter(|it| it.1).map(|it| it.0).collect();
    let (who, proof) = (Who::Operator, Proof::Key(operator.public));
    let passes = vec![Pass { who, proof, domains: &[Domain::Control] }];
    let rules = Rules { open, passes, clients, clock: Box::new(clock::now) };
    Guard::start(context, rules).context("no guard can stand at the sockets")
}

/// The keys of programs, where they are asked for them.
fn clients(gateway: &config::Gateway, folders: &Folders) -> Result<Option<ClientDoor>> {
    if !gateway.curve {
        return Ok(None);
    }
    let store = Store::new(folders);
    let own = store.server().context("gateway.curve is true")?;
    let folder = store.clients();
    let folder = folder.to_str().with_context(|| format!("{} is not UTF-8", folder.display()))?;
    Ok(Some(ClientDoor { own, folder: folder.to_owned() }))
}

fn ctl_certificate(server: &KeyPair, operator: &KeyPair) -> zeroize::Zeroizing<String> {
    zeroize::Zeroizing::new(format!(
        "metadata\n    server-key = \"{}\"\ncurve\n    public-key = \"{}\"\n    secret-key = \
         \"{}\"\n",
        server.public,
        operator.public,
        operator.secret.to_text().as_str()
    ))
}

/// What `ctl` shows to the machine that runs on these folders.
pub(super) fn operator_badge(folders: &Folders) -> Result<Badge> {
    let path = folders.runtime.join(CTL_KEY);
    read_badge(&path).with_context(|| format!("the machine's key for ctl, {}", path.display()))
}

/// A badge from a file that only its owner may read.
pub(super) fn read_badge(path: &Path) -> Result<Badge> {
    let text = read_private(path)?;
    let value = |name| field(&text, name).with_context(|| format!("{name} is missing"));
    let server = value("server-key")?.parse()?;
    let own =
        KeyPair { public: value("public-key")?.parse()?, secret: value("secret-key")?.parse()? };
    Ok(Badge { server, own })
}

fn endpoints(gateway: &config::Gateway, folders: &Folders) -> Endpoints {
    let v1 = format!("tcp://{}:{}", gateway.host, gateway.signal_port);
    Endpoints {
        events: ipc(folders, "events"),
        orders: ipc(folders, "orders"),
        signals: ipc(folders, "signals"),
        v1_signals: gateway.serves_programs().then_some(v1),
    }
}

/// The executor binds the signal port, later; that somebody else has it is told at once.
fn require_free(gateway: &config::Gateway) -> Result<(), SocketError> {
    let bound = std::net::TcpListener::bind((gateway.host, gateway.signal_port));
    bound.map(drop).map_err(|error| SocketError {
        what: "the signal port",
        endpoint: format!("tcp://{}:{}", gateway.host, gateway.signal_port),
        error: zmq::Error::from_raw(error.raw_os_error().unwrap_or_default()),
    })
}

fn tell_ports(sockets: &Sockets, gateway: &config::Gateway) {
    let (ticks, orders) = sockets.ports();
    let host = gateway.host;
    if let Some(port) = ticks {
        log::info!("ticks for other programs are on {host}:{port}");
    }
    match orders {
        Some(port) if gateway.plain => log::warn!(
            "gateway.plain is on: any program of this computer can trade over {host}:{port}"
        ),
        Some(port) => log::info!("programs with a key can trade over {host}:{port}"),
        None => (),
    }
    if gateway.is_remote() {
        log::warn!("gateway.accept_remote is on: other computers can reach the ports of {host}");
    }
}

/// Removes what a machine leaves in the runtime folder.
pub(super) fn tidy(files: &[PathBuf]) {
    for file in files {
        // The sockets remove their files; one that was left by a killed child is removed here.
        let _ = fs::remove_file(file);
    }
}
