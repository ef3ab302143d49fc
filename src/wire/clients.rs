//! The programs that have keys of their own: an allow-list of certificates in a folder.
//!
//! A certificate is a file `NAME.key` with the public key and what it is good for. The folder is
//! looked at again when somebody comes, so a key that was made or revoked needs no restart.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use aftm_domain::Stamp;

use super::guard::{ClientName, Domain};
use super::keys::{self, KeyError, PublicKey};

/// How long what was read counts as fresh.
const FRESH: i64 = Stamp::SECOND;
/// The longest certificate, in bytes.
const BYTES_MAX: u64 = 4_096;
/// The end of a certificate's file name.
pub const ENDING: &str = "key";

/// What a client's key can be good for, by its word.
pub const USES: [(&str, Domain); 3] = [
    ("orders", Domain::ClientOrders),
    ("signals", Domain::ClientSignals),
    ("ticks", Domain::Ticks),
];

/// Why a certificate is not one.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// It cannot be read.
    #[error("{}: {reason}", .path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        reason: io::Error,
    },
    /// Others can read or change it.
    #[error("{} has mode {mode:04o}, but must have 0600; run chmod 600", .path.display())]
    Mode {
        /// Which file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// It holds no key.
    #[error("{}: public-key: {reason}", .path.display())]
    Key {
        /// Which file.
        path: PathBuf,
        /// Why.
        reason: KeyError,
    },
    /// It is good for nothing, or for what is not known.
    #[error("{}: good-for = {uses:?} is not of orders, signals and ticks", .path.display())]
    Uses {
        /// Which file.
        path: PathBuf,
        /// What it says.
        uses: String,
    },
    /// Two names have one key.
    #[error("{} has the key of {other}; make a key of its own with aftm key new", .path.display())]
    Twice {
        /// Which file.
        path: PathBuf,
        /// Whose key it is.
        other: ClientName,
    },
}

/// A program with a key of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// What the trader calls it.
    pub name: ClientName,
    uses: Vec<Domain>,
}

impl Client {
    /// Whether its key is good on a socket.
    pub fn is_good(&self, domain: Domain) -> bool {
        self.uses.contains(&domain)
    }
}

/// The allow-list.
#[derive(Debug)]
pub struct ClientKeys {
    folder: PathBuf,
    looked: Stamp,
    changed: Option<SystemTime>,
    clients: HashMap<PublicKey, Client>,
}

/// Whether it can be the name of a client: letters, digits, `-` and `_`, at most 32.
pub fn is_name(text: &str) -> bool {
    let is_fine = |it: u8| it.is_ascii_alphanumeric() || it == b'-' || it == b'_';
    (1..=32).contains(&text.len()) && text.bytes().all(is_fine)
}

impl ClientKeys {
    /// Reads the folder; one that is not there is an empty list. Every certificate must be whole.
    pub fn open(folder: &Path) -> Result<ClientKeys, ClientError> {
        let (changed, mut problems) = (changed(folder), Vec::new());
        let clients = read(folder, &mut problems);
        match problems.pop() {
            Some(problem) => Err(problem),
            None => {
                Ok(ClientKeys { folder: folder.to_owned(), looked: Stamp(0), changed, clients })
            }
        }
    }

    /// Looks whether the list has changed, at most once a second. A certificate that is not whole
    /// any more lets nobody in, and the others stay.
    pub fn look(&mut self, now: Stamp) {
        if (0..FRESH).contains(&now.since(self.looked)) {
            return;
        }
        self.looked = now;
        let changed = changed(&self.folder);
        if changed == self.changed && changed.is_none_or(|it| is_settled(it, now)) {
            return;
        }
        let mut problems = Vec::new();
        self.clients = read(&self.folder, &mut problems);
        if changed != self.changed {
            self.changed = changed;
            problems.iter().for_each(|it| log::error!("a client's key lets nobody in: {it}"));
            log::info!("keys of {} clients are good", self.clients.len());
        }
    }

    /// Whose key it is.
    pub fn find(&self, key: PublicKey) -> Option<&Client> {
        self.clients.get(&key)
    }

    /// Whether a client may still use a socket.
    pub fn has(&self, name: &str, domain: Domain) -> bool {
        self.clients.values().any(|it| it.name == name && it.is_good(domain))
    }

    /// The clients, by name, with their keys.
    pub fn list(&self) -> Vec<(&Client, PublicKey)> {
        let mut list: Vec<_> = self.clients.iter().map(|(key, client)| (client, *key)).collect();
        list.sort_by(|one, other| one.0.name.cmp(&other.0.name));
        list
    }
}

/// When an entry of the folder came or went last.
fn changed(folder: &Path) -> Option<SystemTime> {
    fs::metadata(folder).and_then(|it| it.modified()).ok()
}

/// Whether a change is so old that another one would have another time: file systems may count in
/// whole seconds.
fn is_settled(changed: SystemTime, now: Stamp) -> bool {
    let since = changed.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_nanos()).is_ok_and(|it| now.0.saturating_sub(it) > 2 * FRESH)
}

fn read(folder: &Path, problems: &mut Vec<ClientError>) -> HashMap<PublicKey, Client> {
    let mut clients = HashMap::new();
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return clients,
        Err(reason) => {
            problems.push(ClientError::Read { path: folder.to_owned(), reason });
            return clients;
        }
    };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|it| it.path()).collect();
    paths.sort();
    for path in paths.into_iter().filter(|it| it.extension().is_some_and(|it| it == ENDING)) {
        let name = path.file_stem().and_then(|it| it.to_str()).filter(|it| is_name(it));
        let Some(name) = name else { continue };
        match certificate(&path, name) {
            Err(problem) => problems.push(problem),
            Ok((key, client)) => {
                if let Some(first) = clients.get(&key) {
                    let Client { name: other, .. }: &Client = first;
                    problems.push(ClientError::Twice { path, other: other.clone() });
                } else {
                    clients.insert(key, client);
                }
            }
        }
    }
    clients
}

fn certificate(path: &Path, name: &str) -> Result<(PublicKey, Client), ClientError> {
    let text = read_private(path)?;
    let key = keys::field(&text, "public-key").unwrap_or_default().parse();
    let key = key.map_err(|reason| ClientError::Key { path: path.to_owned(), reason })?;
    let stated = keys::field(&text, "good-for").unwrap_or_default();
    let uses = stated.split_whitespace().map(|word| USES.into_iter().find(|it| it.0 == word));
    let uses: Option<Vec<Domain>> = uses.map(|it| it.map(|it| it.1)).collect();
    let wrong = || ClientError::Uses { path: path.to_owned(), uses: stated.to_owned() };
    let uses = uses.filter(|it| !it.is_empty()).ok_or_else(wrong)?;
    Ok((key, Client { name: name.to_owned(), uses }))
}

/// The text of a file that nobody but its owner may read or change.
pub fn read_private(path: &Path) -> Result<zeroize::Zeroizing<String>, ClientError> {
    use std::io::Read as _;
    let failed = |reason| ClientError::Read { path: path.to_owned(), reason };
    let file = fs::File::open(path).map_err(failed)?;
    // The mode of what was opened, not of what the name points to a moment later.
    let metadata = file.metadata().map_err(failed)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = metadata.permissions().mode() & 0o7777;
        if mode != 0o600 && mode != 0o400 {
            return Err(ClientError::Mode { path: path.to_owned(), mode });
        }
    }
    if metadata.len() > BYTES_MAX {
        return Err(failed(io::Error::new(io::ErrorKind::FileTooLarge, "longer than 4 KiB")));
    }
    let mut text = zeroize::Zeroizing::new(String::new());
    file.take(BYTES_MAX).read_to_string(&mut text).map_err(failed)?;
    Ok(text)
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used)] // Helpers of tests may fail as tests do.
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::wire::keys::KeyPair;

    fn put(folder: &Path, name: &str, text: &str, mode: u32) {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    }

    fn text(key: PublicKey, uses: &str) -> String {
        format!("metadata\n    good-for = \"{uses}\"\ncurve\n    public-key = \"{key}\"\n")
    }

    #[test]
    fn a_key_that_is_made_or_revoked_counts_within_a_second() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("missing");
        assert!(ClientKeys::open(&missing).unwrap().list().is_empty());
        let mut keys = ClientKeys::open(folder.path()).unwrap();
        let key = KeyPair::new().unwrap().public;
        put(folder.path(), "mt5.key", &text(key, "orders"), 0o600);
        keys.look(Stamp(2 * Stamp::SECOND));
        assert!(keys.has("mt5", Domain::ClientOrders) && !keys.has("mt5", Domain::ClientSignals));
        assert_eq!(keys.find(key).map(|it| it.name.as_str()), Some("mt5"));
        fs::remove_file(folder.path().join("mt5.key")).unwrap();
        keys.look(Stamp(2 * Stamp::SECOND + 1));
        assert!(keys.find(key).is_some(), "it is looked at once a second");
        keys.look(Stamp(4 * Stamp::SECOND));
        assert_eq!(keys.find(key), None);
    }

    #[test]
    fn a_certificate_that_is_not_whole_is_refused() {
        let key = KeyPair::new().unwrap().public;
        for (text, mode) in [
            (text(key, "orders"), 0o644),
            (text(key, "orders"), 0o660),
            (text(key, ""), 0o600),
            (text(key, "orders trade"), 0o600),
            ("curve\n".to_owned(), 0o600),
            ("x".repeat(5_000), 0o600),
        ] {
            let folder = tempfile::tempdir().unwrap();
            put(folder.path(), "a.key", &text, mode);
            assert!(ClientKeys::open(folder.path()).is_err(), "{text} {mode:o}");
        }
        let folder = tempfile::tempdir().unwrap();
        put(folder.path(), "a.key", &text(key, "orders"), 0o600);
        put(folder.path(), "b.key", &text(key, "signals"), 0o600);
        assert!(matches!(ClientKeys::open(folder.path()), Err(ClientError::Twice { .. })));
    }

    #[test]
    fn a_name_is_letters_digits_and_dashes() {
        assert!(["a", "MT5_bridge-2", &"x".repeat(32)].into_iter().all(is_name));
        assert!(!["", "a b", "../a", "a.b", "\u{e9}", &"x".repeat(33)].into_iter().any(is_name));
    }
}
