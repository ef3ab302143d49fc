//! A plug-in as the settings want it: its folder, its credentials, and the way to it.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use std::sync::mpsc;

use anyhow::{Context as _, Result, anyhow};
use zmq::{Context, DONTWAIT, SocketType};

use super::{Apart, Direct};
use crate::config::{self, Folders, PluginSettings};
use crate::desk;
use crate::entry::outputs;
use crate::gateway::sockets::WAKE;
use crate::gateway::{Further, Plugged, Way};
use crate::wire::socket::{self, Bound};
use crate::wire::venue::{Hidden, PluginSeat};

/// The venue, and the child that the desk looks after where it has a process of its own.
pub(in crate::entry) fn open(
    settings: &config::Venue,
    plugin: &PluginSettings,
    folders: &Folders,
    context: &Context,
) -> Result<(Plugged, Option<desk::Venue>)> {
    let seat = seat(plugin, folders)?;
    let bell = socket::connect(context, SocketType::PUSH, Bound::Orders, WAKE)?;
    let (way, child): (Box<dyn Way>, _) = if settings.isolate {
        let (tell, started) = mpsc::channel();
        let hand_over = Box::new(move |socket| {
            // Where the gateway has ended, nobody waits for the process either.
            let _ = tell.send(socket);
            let _ = bell.send("", DONTWAIT);
        });
        (Box::new(Apart::new(started)), Some(desk::Venue { seat, hand_over }))
    } else {
        outputs::put_aside().context("cannot keep the terminal from the plug-in")?;
        (Box::new(Direct::open(&seat, bell)?), None)
    };
    Ok((Plugged::new(way, further(plugin), settings.relogin), child))
}

fn seat(plugin: &PluginSettings, folders: &Folders) -> Result<PluginSeat> {
    let folder = folders.data.join("plugins").join(&plugin.name);
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    let text = |path: &Path| {
        let text = path.to_str().map(str::to_owned);
        text.ok_or_else(|| anyhow!("{} is no UTF-8, which a plug-in needs", path.display()))
    };
    Ok(PluginSeat {
        name: plugin.name.clone(),
        path: text(&plugin.path)?,
        folder: text(&folder)?,
        options: plugin.options.clone(),
    })
}

/// The credentials beside user and password, read anew for each login, so that they are not kept.
fn further(plugin: &PluginSettings) -> Further {
    let file = plugin.credentials.clone();
    Box::new(move || {
        let Some(file) = &file else { return Ok(Vec::new()) };
        let read = config::credentials(file).map_err(|error| error.to_string())?;
        Ok(read.into_iter().map(|(key, it)| (key, Hidden(it.reveal().to_owned()))).collect())
    })
}
