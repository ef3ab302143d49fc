//! The folders: whether they are there, ours and writable.

use std::fs;
use std::path::Path;

use super::{Finding, Verdict};
use crate::config::Folders;

pub(super) fn findings(folders: &Folders) -> Vec<Finding> {
    let named = [
        ("config folder", &folders.config),
        ("data folder", &folders.data),
        ("log folder", &folders.state),
        ("socket folder", &folders.runtime),
    ];
    let note = folders.note().map(|it| Finding::new(Verdict::Warn, "socket folder", it));
    named.into_iter().map(|(name, path)| folder(name, path)).chain(note).collect()
}

fn folder(name: &str, path: &Path) -> Finding {
    let shown = path.display();
    let (verdict, sentence) = match fs::metadata(path) {
        Err(_) => match existing_above(path).map(is_writable) {
            Some(true) => (Verdict::Ok, format!("{shown} is made at the first start")),
            _ => (Verdict::Fail, format!("{shown} does not exist and cannot be made")),
        },
        Ok(it) if !it.is_dir() => (Verdict::Fail, format!("{shown} is not a folder")),
        Ok(_) if !is_writable(path) => (Verdict::Fail, format!("{shown} cannot be written")),
        Ok(it) => match open_mode(&it) {
            Some(mode) => (
                Verdict::Warn,
                format!("{shown} has mode {mode:04o}, so that others can look in; run chmod 700"),
            ),
            None => (Verdict::Ok, format!("{shown} is there and ours alone")),
        },
    };
    Finding::new(verdict, name, sentence)
}

fn existing_above(path: &Path) -> Option<&Path> {
    path.ancestors().find(|it| it.is_dir())
}

/// A file that is made and gone again: permissions alone say nothing of a full or read-only disk.
fn is_writable(folder: &Path) -> bool {
    let probe = folder.join(format!(".aftm-doctor-{}", std::process::id()));
    let made = fs::File::create_new(&probe);
    made.is_ok() && fs::remove_file(&probe).is_ok()
}

/// The mode, where it lets others in.
#[cfg(unix)]
fn open_mode(metadata: &fs::Metadata) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = metadata.permissions().mode() & 0o777;
    (mode & 0o077 != 0).then_some(mode)
}

#[cfg(not(unix))]
fn open_mode(_: &fs::Metadata) -> Option<u32> {
    None
}
