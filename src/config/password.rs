//! The ways in for a password that are not a prompt.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::wire::Secret;

/// Longer than any password or credentials, shorter than a file named by mistake.
const BYTES_MAX: usize = 16 << 10;

/// Why there is no password.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// The file cannot be read.
    #[error("file {}: {reason}", .path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        reason: io::Error,
    },
    /// The file is not for its owner alone.
    #[error("file {} has mode {mode:04o}, but must have 0600; run chmod 600", .path.display())]
    Mode {
        /// Which file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// There is nothing in it.
    #[error("{0} is empty")]
    Empty(String),
}

/// The password from a file, or else from the value of `AFTM_PASSWORD`; `None` where neither is
/// named, so that a person is to be asked. A file must have mode 0600 or 0400; its first line
/// is the password.
pub fn password(
    file: Option<&Path>,
    variable: Option<String>,
) -> Result<Option<Secret>, PasswordError> {
    let (password, source) = match (file, variable) {
        (Some(path), _) => (read(path)?, format!("password file {}", path.display())),
        (None, Some(text)) => (Secret::new(text), "AFTM_PASSWORD".to_owned()),
        (None, None) => return Ok(None),
    };
    let is_empty = password.reveal().is_empty();
    if is_empty { Err(PasswordError::Empty(source)) } else { Ok(Some(password)) }
}

fn read(path: &Path) -> Result<Secret, PasswordError> {
    let text = read_whole(path)?;
    Ok(Secret::new(text.lines().next().unwrap_or_default().to_owned()))
}

/// The text of a file with secrets, which only its owner can read.
pub(crate) fn read_whole(path: &Path) -> Result<Zeroizing<String>, PasswordError> {
    let failed = |reason| PasswordError::Read { path: path.to_owned(), reason };
    let file = fs::File::open(path).map_err(failed)?;
    // The mode of what was opened, not of what the name points to a moment later.
    let metadata = file.metadata().map_err(failed)?;
    check_mode(path, &metadata)?;
    // With room for the longest, so that no copy is left behind where it grew.
    let mut text = Zeroizing::new(String::with_capacity(BYTES_MAX + 1));
    file.take(BYTES_MAX as u64 + 1).read_to_string(&mut text).map_err(failed)?;
    if text.len() > BYTES_MAX {
        return Err(failed(io::Error::new(io::ErrorKind::FileTooLarge, "longer than 16 KiB")));
    }
    Ok(text)
}

#[cfg(unix)]
fn check_mode(path: &Path, metadata: &fs::Metadata) -> Result<(), PasswordError> {
    use std::os::unix::fs::PermissionsExt as _;
    match metadata.permissions().mode() & 0o7777 {
        0o600 | 0o400 => Ok(()),
        mode => Err(PasswordError::Mode { path: path.to_owned(), mode }),
    }
}

#[cfg(not(unix))]
fn check_mode(_: &Path, _: &fs::Metadata) -> Result<(), PasswordError> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_password_file_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("password");
        fs::write(&path, "S3NT1NEL\nsecond line\n").unwrap();
        for mode in [0o644, 0o640, 0o604, 0o700, 0o4600] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let error = password(Some(&path), None).unwrap_err();
            assert!(matches!(error, PasswordError::Mode { .. }), "mode {mode:o}: {error}");
            assert!(!error.to_string().contains("S3NT1NEL"));
        }
        for mode in [0o600, 0o400] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let password = password(Some(&path), Some("other".into())).unwrap().unwrap();
            assert_eq!(password.reveal(), "S3NT1NEL");
            assert!(!format!("{password:?}").contains("S3NT1NEL"));
        }
    }

    #[test]
    fn an_empty_password_is_not_a_password() {
        assert!(matches!(password(None, Some(String::new())), Err(PasswordError::Empty(_))));
        assert!(password(None, None).unwrap().is_none());
        assert!(password(Some(Path::new("/nowhere/at/all")), None).is_err());
    }
}
