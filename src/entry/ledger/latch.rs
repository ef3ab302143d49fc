//! The file that says that trading is halted. It is made while there is room and only given its name
//! later, so that a halt needs no room on the disk.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// How many bytes it always has: written over, it grows by none.
const SIZE: usize = 1_024;
/// The line that says that every position is to be closed, too.
const FLATTEN: &str = "every position is to be closed";

/// The file of a halt, and the one that waits to become it.
pub(super) struct Latch {
    file: PathBuf,
    spare: PathBuf,
}

impl Latch {
    /// Makes sure that a halt will find its file.
    pub(super) fn prepare(file: PathBuf) -> Latch {
        let spare = file.with_extension("spare");
        let latch = Latch { file, spare };
        let is_there = [&latch.file, &latch.spare].iter().any(|it| has_room(it));
        if !is_there && let Err(error) = write(&latch.spare, "trading is not halted\n") {
            let path = latch.spare.display();
            log::error!("{path} cannot be made, so a halt on a full disk may not last: {error}");
        }
        latch
    }

    /// Trading is halted. That the reason cannot be written changes nothing.
    pub(super) fn set(&self, reason: &str, flatten: bool) {
        let named = if self.file.exists() { Ok(()) } else { fs::rename(&self.spare, &self.file) };
        let further = if flatten { format!("{FLATTEN}\n") } else { String::new() };
        let written = write(&self.file, &format!("trading is halted: {reason}\n{further}"));
        let path = self.file.display();
        match (named.and_then(|()| flush_folder(&self.file)), written) {
            (Ok(()), Ok(())) => (),
            (_, Ok(())) | (Ok(()), Err(_)) => {
                log::warn!("{path} is there, but not as it should be");
            }
            (Err(_), Err(error)) => log::error!("{path} cannot be written: {error}"),
        }
    }

    /// Trading is halted no more; the file waits for the next halt.
    pub(super) fn clear(&self) {
        let cleared = match fs::rename(&self.file, &self.spare) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(_) => fs::remove_file(&self.file),
            Ok(()) => flush_folder(&self.file),
        };
        if let Err(error) = cleared {
            let path = self.file.display();
            log::error!("{path} cannot be removed, the next start is halted: {error}");
        }
    }
}

/// Whether the file of a halt asks for every position to be closed.
pub fn wants_flat(file: &Path) -> bool {
    fs::read_to_string(file).is_ok_and(|it| it.lines().any(|line| line == FLATTEN))
}

fn has_room(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|it| it.len() >= SIZE as u64)
}

/// Writes a text over what is there, and blanks after it.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut bytes = text.as_bytes().to_vec();
    bytes.resize(SIZE.max(bytes.len()), b'\n');
    let options = &mut OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(false).mode(0o600).open(path)?;
    file.write_all(&bytes)?;
    file.sync_all()
}

/// A name lasts over a loss of power once its folder was flushed.
fn flush_folder(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), |it| File::open(it)?.sync_all())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<String> =
            entries.map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_halt_takes_the_file_that_waits_and_gives_it_back() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("halted");
        let latch = Latch::prepare(file.clone());
        assert_eq!(names(folder.path()), ["halted.spare"]);
        latch.set("too much was lost", true);
        assert_eq!(names(folder.path()), ["halted"]);
        assert!(wants_flat(&file));
        assert!(fs::read_to_string(&file).unwrap().contains("too much was lost"));
        // Again, with another reason; a start in between finds it as it is.
        Latch::prepare(file.clone()).set("once more", false);
        assert!(!wants_flat(&file));
        assert!(!fs::read_to_string(&file).unwrap().contains("too much"));
        latch.clear();
        assert_eq!(names(folder.path()), ["halted.spare"]);
        latch.clear();
        assert!(!wants_flat(&file));
    }

    #[test]
    fn a_halt_without_a_file_that_waits_makes_one() {
        let folder = tempfile::tempdir().unwrap();
        let latch = Latch::prepare(folder.path().join("halted"));
        fs::remove_file(folder.path().join("halted.spare")).unwrap();
        latch.set("a reason", false);
        assert_eq!(names(folder.path()), ["halted"]);
    }
}
