//! Reading the files that state settings, and writing the first one.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use super::BUILT_IN;
use super::problem::{Origin, Problem};

/// More than any settings file needs; a larger one was named by mistake.
const BYTES_MAX: u64 = 1 << 20;

/// The text of a file; `None` where a file that need not exist does not, or where it is a problem.
pub(crate) fn read(path: &Path, must_exist: bool, problems: &mut Vec<Problem>) -> Option<String> {
    let err = match read_bounded(path) {
        Ok(text) => return Some(text),
        Err(err) if !must_exist && err.kind() == io::ErrorKind::NotFound => return None,
        Err(err) => err,
    };
    let origin = Origin::File { path: path.to_owned(), line: 0 };
    problems.push(Problem::new(origin, format!("the file cannot be read: {err}")));
    None
}

fn read_bounded(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    fs::File::open(path)?.take(BYTES_MAX + 1).read_to_string(&mut text)?;
    if text.len() as u64 > BYTES_MAX {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "it is larger than 1 MiB"));
    }
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// Why no settings file was written.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// There is one.
    #[error("{} exists already and is kept; edit it, or move it away first", .0.display())]
    Exists(PathBuf),
    /// The folder or the file cannot be written.
    #[error("{} cannot be written: {reason}", .path.display())]
    Write {
        /// Which file.
        path: PathBuf,
        /// Why.
        reason: io::Error,
    },
}

/// Writes the commented defaults to a file that does not exist yet.
pub fn init(path: &Path) -> Result<(), InitError> {
    let failed = |reason: io::Error| match reason.kind() {
        io::ErrorKind::AlreadyExists => InitError::Exists(path.to_owned()),
        _ => InitError::Write { path: path.to_owned(), reason },
    };
    if let Some(folder) = path.parent().filter(|it| !it.as_os_str().is_empty()) {
        super::folders::create(folder).map_err(failed)?;
    }
    let mut file = fs::File::create_new(path).map_err(failed)?;
    file.write_all(BUILT_IN.as_bytes()).map_err(failed)
}
