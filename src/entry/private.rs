//! Files and folders that only their owner may read.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result};

/// Writes a file of mode 0600, whole or not at all, in the place of one that is there.
pub(super) fn write(path: &Path, text: &str) -> Result<()> {
    let unusable = || format!("cannot write {}", path.display());
    let new = path.with_extension("new");
    // What a killed process left is not taken for ours: its mode may be another.
    match fs::remove_file(&new) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(error).with_context(unusable);
        }
        _ => (),
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&new).with_context(unusable)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).with_context(unusable)?;
    fs::rename(&new, path).with_context(unusable)
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_private_file_is_for_its_owner_whatever_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.key");
        fs::write(&path, "old").unwrap();
        fs::write(path.with_extension("new"), "left behind").unwrap();
        write(&path, "new").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
