//! Where keys are kept: the server's pair, and what each client is known by.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use zeroize::Zeroizing;

use crate::config::{self, Folders};
use crate::entry::private;
use crate::wire::KeyPair;
use crate::wire::clients::{ClientKeys, ENDING, is_name, read_private};
use crate::wire::keys::field;

/// The file of the server's pair.
const SERVER: &str = "server.key_secret";
/// The end of the name of a file that proves who somebody is.
const SECRET: &str = "key_secret";

/// The folder `keys` in the config folder.
pub(in crate::entry) struct Store {
    folder: PathBuf,
}

impl Store {
    pub(in crate::entry) fn new(folders: &Folders) -> Store {
        Store { folder: folders.config.join("keys") }
    }

    /// The folder of the certificates of those who are let in.
    pub(in crate::entry) fn clients(&self) -> PathBuf {
        self.folder.join("clients")
    }

    fn secret_of(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.{SECRET}"))
    }

    /// The server's pair; made where there is none, so that clients can pin it from then on.
    pub(in crate::entry) fn server(&self) -> Result<KeyPair> {
        config::create_folder(&self.clients())
            .with_context(|| format!("cannot create {}", self.clients().display()))?;
        let path = self.folder.join(SERVER);
        if path.exists() {
            return read_pair(&path)
                .with_context(|| format!("the server's key {}", path.display()));
        }
        let pair = KeyPair::new()?;
        private::write(&path, &certificate("", Some(&pair), &pair.public.to_string()))?;
        Ok(pair)
    }

    /// Makes a key for a client: the file that it shows, and the server's public key.
    pub(in crate::entry) fn make(&self, name: &str, uses: &str) -> Result<(PathBuf, KeyPair)> {
        if !is_name(name) || name == "server" {
            bail!(
                "{name:?} cannot be the name of a key: take letters, digits, - and _, at most 32 of \
                 them, and not server"
            );
        }
        let server = self.server()?;
        let (public, secret) = (self.public_of(name), self.secret_of(name));
        if public.exists() {
            bail!("there is a key of {name}; revoke it first, or take another name");
        }
        let pair = KeyPair::new()?;
        let metadata = format!(
            "    name = \"{name}\"\n    good-for = \"{uses}\"\n    server-key = \"{}\"\n",
            server.public
        );
        private::write(&secret, &certificate(&metadata, Some(&pair), &pair.public.to_string()))?;
        // From here on it is let in.
        private::write(&public, &certificate(&metadata, None, &pair.public.to_string()))?;
        Ok((secret, server))
    }

    fn public_of(&self, name: &str) -> PathBuf {
        self.clients().join(format!("{name}.{ENDING}"))
    }

    pub(super) fn list(&self) -> Result<ClientKeys> {
        Ok(ClientKeys::open(&self.clients())?)
    }

    /// Lets a client in no longer. Its own file goes, too, where it is still here.
    pub(super) fn revoke(&self, name: &str) -> Result<()> {
        let path = self.public_of(name);
        if !is_name(name) || !path.exists() {
            bail!("there is no key of {name:?}; aftm key list shows those there are");
        }
        fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
        match fs::remove_file(self.secret_of(name)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error)
                .with_context(|| format!("{name} is revoked, but its file is still there")),
            _ => Ok(()),
        }
    }
}

/// The pair of a certificate that proves who somebody is.
pub(in crate::entry) fn read_pair(path: &Path) -> Result<KeyPair> {
    let text = read_private(path)?;
    let value = |name| field(&text, name).with_context(|| format!("{name} is missing"));
    Ok(KeyPair { public: value("public-key")?.parse()?, secret: value("secret-key")?.parse()? })
}

/// A certificate as the libraries of other languages read it.
fn certificate(metadata: &str, pair: Option<&KeyPair>, public: &str) -> Zeroizing<String> {
    let secret = pair.map(|it| it.secret.to_text()).unwrap_or_default();
    let secret = Zeroizing::new(match pair {
        Some(_) => format!("    secret-key = \"{}\"\n", secret.as_str()),
        None => String::new(),
    });
    let what = if pair.is_some() { "Keep it secret" } else { "Public" };
    Zeroizing::new(format!(
        "# A CURVE certificate of aftm. {what}.\nmetadata\n{metadata}curve\n    public-key = \
         \"{public}\"\n{}",
        secret.as_str()
    ))
}
