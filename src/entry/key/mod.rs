//! `aftm key`: the keys with which programs of the trader's own may signal and order over TCP.

mod store;
#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used)] // Helpers of tests may fail as tests do.
mod tests;

use std::io::Write;

use anyhow::Result;

pub(super) use self::store::{Store, read_pair};
use super::cli::Key;
use crate::config::Folders;
use crate::desk::Exit;
use crate::wire::clients::USES;

/// Does what was asked, and says what came of it.
pub(super) fn key(what: &Key, folders: &Folders, out: &mut dyn Write) -> Result<Exit> {
    let store = Store::new(folders);
    match what {
        Key::New { name, good_for } => {
            let words: Vec<&str> = USES
                .into_iter()
                .map(|it| it.0)
                .filter(|word| good_for.is_empty() || good_for.iter().any(|it| it == word))
                .collect();
            let (path, server) = store.make(name, &words.join(" "))?;
            writeln!(out, "key of {name}: {}", path.display())?;
            writeln!(out, "good for: {}", words.join(" "))?;
            writeln!(out, "server key: {}", server.public)?;
        }
        Key::List => {
            writeln!(out, "server key: {}", store.server()?.public)?;
            for (client, public) in store.list()?.list() {
                let uses = USES.iter().filter(|it| client.is_good(it.1)).map(|it| it.0);
                let uses = uses.collect::<Vec<_>>().join(" ");
                writeln!(out, "{:<32} {public} {uses}", client.name)?;
            }
        }
        Key::Revoke { name } => {
            store.revoke(name)?;
            writeln!(out, "{name} is let in no longer; what it has under way is refused, too")?;
        }
    }
    out.flush()?;
    Ok(Exit::Ok)
}
