//! Where settings, data, state and sockets live.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use directories::ProjectDirs;

/// The longest runtime folder, in bytes: a socket's whole path must stay below 100 on every system,
/// and our sockets' names need up to 24.
const RUNTIME_BYTES_MAX: usize = 75;

/// The folders of the machine. Naming them creates nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folders {
    /// Settings and other files that the trader writes.
    pub config: PathBuf,
    /// The journal.
    pub data: PathBuf,
    /// Logs.
    pub state: PathBuf,
    /// Sockets.
    pub runtime: PathBuf,
    /// Where the sockets should have been, where that path is too long for a socket.
    pub runtime_too_long: Option<PathBuf>,
}

/// Why there are no folders.
#[derive(Debug, thiserror::Error)]
pub enum FoldersError {
    /// The system knows no home of the user.
    #[error("no home folder is known for this user; set AFTM_HOME to a folder for aftm")]
    NoHome,
    /// A folder cannot be made or is not ours.
    #[error("folder {} cannot be used: {reason}", .path.display())]
    Unusable {
        /// Which folder.
        path: PathBuf,
        /// Why.
        reason: io::Error,
    },
    /// No folder is short enough for sockets.
    #[error("{} is too long for sockets; set AFTM_HOME or TMPDIR to a shorter path", .0.display())]
    TooLong(PathBuf),
}

impl Folders {
    /// The folders below `home` (the value of `AFTM_HOME`), or those of the system for this user.
    pub fn locate(home: Option<&Path>) -> Result<Folders, FoldersError> {
        let folders = match home {
            Some(home) => {
                let unusable = |reason| FoldersError::Unusable { path: home.to_owned(), reason };
                Folders::below(&std::path::absolute(home).map_err(unusable)?)
            }
            None => {
                Folders::of_system(&ProjectDirs::from("", "", "aftm").ok_or(FoldersError::NoHome)?)
            }
        };
        folders.with_short_runtime(&std::env::temp_dir())
    }

    fn below(home: &Path) -> Folders {
        Folders {
            config: home.join("config"),
            data: home.join("data"),
            state: home.join("log"),
            runtime: home.join("run"),
            runtime_too_long: None,
        }
    }

    fn of_system(system: &ProjectDirs) -> Folders {
        let data = system.data_local_dir();
        let state = system.state_dir().map_or_else(|| data.join("log"), Path::to_owned);
        Folders {
            config: system.config_dir().to_owned(),
            data: data.to_owned(),
            runtime: system.runtime_dir().map_or_else(|| state.join("run"), Path::to_owned),
            state,
            runtime_too_long: None,
        }
    }

    fn with_short_runtime(mut self, temporary: &Path) -> Result<Folders, FoldersError> {
        if self.runtime.as_os_str().len() > RUNTIME_BYTES_MAX {
            let short = temporary.join(format!("aftm-{:016x}", hash(&self.runtime)));
            if short.as_os_str().len() > RUNTIME_BYTES_MAX {
                return Err(FoldersError::TooLong(short));
            }
            self.runtime_too_long = Some(std::mem::replace(&mut self.runtime, short));
        }
        Ok(self)
    }

    /// The settings file that is read where no other is named.
    pub fn settings_file(&self) -> PathBuf {
        self.config.join("config.toml")
    }

    /// A sentence for the person, where the sockets are not where they are looked for.
    pub fn note(&self) -> Option<String> {
        let long = self.runtime_too_long.as_ref()?;
        let (long, short) = (long.display(), self.runtime.display());
        Some(format!("sockets are in {short}, because {long} is too long for a socket"))
    }

    /// Creates what is missing with mode 0700, closes journal and logs to others, and makes sure that
    /// the runtime folder is ours alone: it may be in a folder that everybody can write.
    pub fn create(&self) -> Result<(), FoldersError> {
        for path in [&self.config, &self.data, &self.state, &self.runtime] {
            let unusable = |reason| FoldersError::Unusable { path: path.clone(), reason };
            create(path).map_err(unusable)?;
        }
        for path in [&self.data, &self.state] {
            let unusable = |reason| FoldersError::Unusable { path: path.clone(), reason };
            close(path).map_err(unusable)?;
        }
        let unusable = |reason| FoldersError::Unusable { path: self.runtime.clone(), reason };
        claim(&self.runtime).map_err(unusable)
    }
}

/// Creates a folder and what is missing above it, with mode 0700.
pub(crate) fn create(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Takes a folder from others who can look into it.
#[cfg(unix)]
fn close(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(path)?.permissions().mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    fs::set_permissions(path, fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn close(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Only the owner of a folder can set its mode: one that somebody else put there fails here.
#[cfg(unix)]
fn claim(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    if !fs::symlink_metadata(path)?.is_dir() {
        return Err(io::Error::new(io::ErrorKind::NotADirectory, "it is a link or a file"));
    }
    fs::set_permissions(path, fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn claim(_: &Path) -> io::Result<()> {
    Ok(())
}

/// FNV-1a: the same name in every version, so that `ctl` of another build finds the machine.
fn hash(path: &Path) -> u64 {
    path.as_os_str().as_encoded_bytes().iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn aftm_home_moves_every_folder() {
        let folders = Folders::locate(Some(Path::new("/srv/a"))).unwrap();
        for path in [&folders.config, &folders.data, &folders.state, &folders.runtime] {
            assert!(path.starts_with("/srv/a"), "{}", path.display());
        }
        assert_eq!(folders.note(), None);
    }

    #[test]
    fn sockets_move_where_their_folder_is_too_long() {
        let home = PathBuf::from("/srv").join("x".repeat(80));
        let folders = Folders::below(&home).with_short_runtime(Path::new("/tmp")).unwrap();
        assert!(folders.runtime.starts_with("/tmp"));
        assert!(folders.note().unwrap().contains("too long"));
        let again = Folders::below(&home).with_short_runtime(Path::new("/tmp")).unwrap();
        let other = Folders::below(&home.join("y")).with_short_runtime(Path::new("/tmp")).unwrap();
        assert_eq!(folders.runtime, again.runtime);
        assert_ne!(folders.runtime, other.runtime);
        assert!(Folders::below(&home).with_short_runtime(&home).is_err());
    }

    #[test]
    fn folders_are_for_their_owner_alone() {
        let home = tempfile::tempdir().unwrap();
        let folders = Folders::below(home.path());
        for path in [&folders.runtime, &folders.data] {
            fs::create_dir(path).unwrap();
            fs::set_permissions(path, fs::Permissions::from_mode(0o777)).unwrap();
        }
        folders.create().unwrap();
        for path in [&folders.config, &folders.data, &folders.state, &folders.runtime] {
            let mode = fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, 0o700, "{}", path.display());
        }
    }

    #[test]
    fn a_link_is_not_taken_for_the_runtime_folder() {
        let home = tempfile::tempdir().unwrap();
        let folders = Folders::below(home.path());
        std::os::unix::fs::symlink(home.path(), &folders.runtime).unwrap();
        assert!(folders.create().is_err());
    }
}
