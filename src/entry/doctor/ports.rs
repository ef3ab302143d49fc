//! The ports: whether they are free, and who holds them.

use std::fs;
use std::io;
use std::net::{Ipv4Addr, TcpListener};

use super::{Finding, Verdict};
use crate::config::Gateway;

pub(super) fn findings(gateway: &Gateway) -> Vec<Finding> {
    let ports = [
        ("tick port", gateway.tick_port, true),
        ("signal port", gateway.signal_port, gateway.serves_programs()),
        ("order port", gateway.order_port, gateway.serves_programs()),
    ];
    let finding = |(name, port, is_served)| match (port, is_served) {
        (_, false) => {
            let sentence = format!("{port} is not served: neither curve nor plain is true");
            Finding::new(Verdict::Ok, name, sentence)
        }
        (0, true) => Finding::new(Verdict::Ok, name, "a free one is taken at each start"),
        (port, true) => port_finding(name, gateway.host, port),
    };
    ports.into_iter().map(finding).collect()
}

fn port_finding(name: &str, host: Ipv4Addr, port: u16) -> Finding {
    match TcpListener::bind((host, port)) {
        Ok(_) => Finding::new(Verdict::Ok, name, format!("{host}:{port} is free")),
        Err(err) if err.kind() == io::ErrorKind::AddrInUse => {
            let by = holder(port).unwrap_or_else(|| "a process of another user".to_owned());
            let sentence = format!("{host}:{port} is taken by {by}; stop it, or choose another");
            Finding::new(Verdict::Fail, name, sentence)
        }
        Err(err) => Finding::new(Verdict::Fail, name, format!("{host}:{port}: {err}")),
    }
}

/// Who listens on a TCP port, like `python3 (pid 4242)`, as far as Linux tells this user. For the
/// refusal of a start, too.
pub fn holder(port: u16) -> Option<String> {
    let inode = ["/proc/net/tcp", "/proc/net/tcp6"]
        .into_iter()
        .filter_map(|it| fs::read_to_string(it).ok())
        .find_map(|table| listening_inode(&table, port))?;
    let socket = format!("socket:[{inode}]");
    let is_process = |name: &std::ffi::OsStr| name.to_string_lossy().parse::<u32>().is_ok();
    let processes = fs::read_dir("/proc").ok()?.flatten().filter(|it| is_process(&it.file_name()));
    let process = processes.into_iter().find(|process| {
        let descriptors = fs::read_dir(process.path().join("fd")).into_iter().flatten().flatten();
        descriptors
            .filter_map(|it| fs::read_link(it.path()).ok())
            .any(|it| it.to_str() == Some(&socket))
    });
    let Some(process) = process else { return likely_holder() };
    let name = fs::read_to_string(process.path().join("comm")).unwrap_or_default();
    Some(format!("{} (pid {})", name.trim(), process.file_name().to_string_lossy()))
}

/// A process of ours shows its descriptors to nobody but the superuser: one whose name is that of
/// this program is named with a doubt.
fn likely_holder() -> Option<String> {
    let own = fs::read_to_string("/proc/self/comm").ok()?;
    let processes = fs::read_dir("/proc").ok()?.flatten();
    let process = processes.into_iter().find(|it| {
        let is_alike = fs::read_to_string(it.path().join("comm")).is_ok_and(|it| it == own);
        let closed = fs::read_dir(it.path().join("fd")).err();
        is_alike && closed.is_some_and(|it| it.kind() == io::ErrorKind::PermissionDenied)
    })?;
    Some(format!("probably {} (pid {})", own.trim(), process.file_name().to_string_lossy()))
}

/// The inode of the socket that listens on a port, from the kernel's table: local address and port
/// in hexadecimal second, state (0A listens) fourth, inode tenth.
pub(super) fn listening_inode(table: &str, port: u16) -> Option<u64> {
    let suffix = format!(":{port:04X}");
    table.lines().skip(1).find_map(|line| {
        let fields: Vec<_> = line.split_whitespace().collect();
        let is_it = fields.get(1)?.ends_with(&suffix) && *fields.get(3)? == "0A";
        fields.get(9).filter(|_| is_it)?.parse().ok()
    })
}
