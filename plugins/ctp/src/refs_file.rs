//! The file that keeps the references across restarts: a line for each leg, appended.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::refs::Used;

/// Its name in the state folder.
pub const NAME: &str = "order_refs";

/// Why the file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The system says no.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A line is none of ours. Without it an order could be sent twice, so nothing is guessed.
    #[error(
        "{}, line {line}: {text:?} is no order reference; once the venue's list of orders is \
         checked by hand, move the file away",
        path.display()
    )]
    Line {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What stands there.
        text: String,
    },
}

/// The open file.
#[derive(Debug)]
pub struct RefsFile {
    path: PathBuf,
    file: File,
    /// Where the next line begins.
    end: u64,
}

impl RefsFile {
    /// Opens the file of a state folder, or makes it, with what it holds.
    ///
    /// A last line without its end was being written when the process ended, before the vendor was
    /// called: it is cut off.
    ///
    /// # Errors
    ///
    /// Where the system says no, or a line is none of ours.
    pub fn open(state_dir: &Path) -> Result<(RefsFile, Vec<Used>), Error> {
        let path = state_dir.join(NAME);
        let io = |source| Error::Io { path: path.clone(), source };
        let mut options = OpenOptions::new();
        let mut file =
            options.read(true).write(true).create(true).truncate(false).open(&path).map_err(io)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(io)?;
        let whole = bytes.iter().rposition(|it| *it == b'\n').map_or(0, |at| at + 1);
        let text = String::from_utf8_lossy(bytes.get(..whole).unwrap_or_default()).into_owned();
        let used = text.lines().enumerate().map(|(index, line)| {
            let odd = || Error::Line { path: path.clone(), line: index + 1, text: line.to_owned() };
            Used::parse(line).ok_or_else(odd)
        });
        let used = used.collect::<Result<Vec<_>, _>>()?;
        let end = u64::try_from(whole).unwrap_or(u64::MAX);
        let mut refs = RefsFile { path, file, end };
        refs.cut()?;
        Ok((refs, used))
    }

    /// Appends the legs of an order. Once it returns, the end of this process loses nothing; only
    /// the end of the whole machine may, for it is not worth waiting for the disk on every order.
    ///
    /// # Errors
    ///
    /// Where the system says no: then the order must not be sent. What was written of it is cut off
    /// again.
    pub fn append(&mut self, used: &[Used]) -> Result<(), Error> {
        let lines: String = used.iter().map(|it| it.line() + "\n").collect();
        let written = self.file.write_all(lines.as_bytes());
        if let Err(source) = written {
            self.cut()?;
            return Err(Error::Io { path: self.path.clone(), source });
        }
        self.end = self.end.saturating_add(u64::try_from(lines.len()).unwrap_or(u64::MAX));
        Ok(())
    }

    /// Leaves nothing in the file but the orders of a trading day; the others are of no use once the
    /// venue has closed them.
    ///
    /// # Errors
    ///
    /// Where the system says no: then the file is as it was.
    pub fn keep_day(&mut self, trading_day: u32, used: &[Used]) -> Result<(), Error> {
        let today = used.iter().filter(|it| it.trading_day == trading_day);
        let lines: String = today.map(|it| it.line() + "\n").collect();
        let fresh = self.path.with_extension("new");
        let replaced = std::fs::write(&fresh, &lines)
            .and_then(|()| OpenOptions::new().read(true).write(true).open(&fresh))
            .and_then(|file| {
                file.sync_all()?;
                std::fs::rename(&fresh, &self.path)?;
                Ok(file)
            });
        self.file = replaced.map_err(|source| Error::Io { path: self.path.clone(), source })?;
        self.end = u64::try_from(lines.len()).unwrap_or(u64::MAX);
        self.cut()
    }

    /// Cuts off what lies beyond the last whole line, and goes there.
    fn cut(&mut self) -> Result<(), Error> {
        let (file, end) = (&mut self.file, self.end);
        let cut = file.set_len(end).and_then(|()| file.seek(SeekFrom::Start(end)));
        cut.map(drop).map_err(|source| Error::Io { path: self.path.clone(), source })
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::ask::Life;
    use crate::input::SessionKey;

    fn used(trading_day: u32, order_ref: u32) -> Used {
        let session = SessionKey { front: 1, session: 2 };
        Used { trading_day, session, order_ref, client_order_id: 7, lots: 1, life: Life::Rod }
    }

    #[test]
    fn what_was_appended_is_there_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let (mut file, found) = RefsFile::open(folder.path()).unwrap();
        assert_eq!(found, []);
        file.append(&[used(1, 1), used(1, 2)]).unwrap();
        file.append(&[used(1, 3)]).unwrap();
        drop(file);
        let (mut file, found) = RefsFile::open(folder.path()).unwrap();
        assert_eq!(found, [used(1, 1), used(1, 2), used(1, 3)]);
        file.append(&[used(1, 4)]).unwrap();
        assert_eq!(RefsFile::open(folder.path()).unwrap().1.len(), 4);
    }

    #[test]
    fn a_line_that_was_not_finished_is_cut_off() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(NAME);
        for rest in ["2025112", "20251121 1 2 3 7 1 rod", "\u{fffd}"] {
            fs::write(&path, format!("{}\n{rest}", used(1, 1).line())).unwrap();
            let (mut file, found) = RefsFile::open(folder.path()).unwrap();
            assert_eq!(found, [used(1, 1)], "{rest:?}");
            file.append(&[used(1, 2)]).unwrap();
            assert_eq!(RefsFile::open(folder.path()).unwrap().1, [used(1, 1), used(1, 2)]);
        }
    }

    #[test]
    fn a_line_of_something_else_is_named_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(NAME);
        let text = format!("{}\nhello\n", used(1, 1).line());
        fs::write(&path, &text).unwrap();
        let said = RefsFile::open(folder.path()).unwrap_err().to_string();
        assert!(said.contains("order_refs, line 2: \"hello\" is no order reference"), "{said}");
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
        let missing = RefsFile::open(&folder.path().join("missing")).unwrap_err();
        assert!(matches!(missing, Error::Io { .. }));
    }

    #[test]
    fn only_the_trading_day_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let (mut file, _) = RefsFile::open(folder.path()).unwrap();
        let all = [used(1, 9), used(2, 1), used(2, 2)];
        file.append(&all).unwrap();
        file.keep_day(2, &all).unwrap();
        file.append(&[used(2, 3)]).unwrap();
        drop(file);
        let (_, found) = RefsFile::open(folder.path()).unwrap();
        assert_eq!(found, [used(2, 1), used(2, 2), used(2, 3)]);
    }
}
