//! What children print, as lines of the log.

use aftm_domain::Stamp;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, BufReader};

/// What stands before the sentence in a line of the log that says why a child ends.
const COMPLAINT: &str = " error ";
/// The longest line that is passed on, in bytes; what is beyond it counts as another line.
pub const LINE_MAX: u64 = 4_096;
/// Lines of a second that are passed on: a vendor's library may print thousands.
const LINES_MAX: u32 = 200;

/// Passes on lines within bounds, each once it is whole.
#[derive(Debug)]
pub struct Printed {
    /// Who prints.
    who: String,
    second: Option<Stamp>,
    passed: u32,
    dropped: u64,
}

impl Printed {
    /// Lines of somebody, who is named before each.
    pub const fn new(who: String) -> Printed {
        Printed { who, second: None, passed: 0, dropped: 0 }
    }

    /// A line was printed, or with `None` there will be no more. What was not kept of the second
    /// before is told. Returns the line without anything that a terminal would obey.
    pub fn line(&mut self, bytes: Option<&[u8]>, now: Stamp) -> String {
        let second = *self.second.get_or_insert(now);
        if now.since(second) >= Stamp::SECOND || bytes.is_none() {
            if self.dropped > 0 {
                let (who, dropped) = (&self.who, self.dropped);
                log::warn!("{who}: {dropped} more lines were printed and not kept");
            }
            (self.second, self.passed, self.dropped) = (Some(now), 0, 0);
        }
        let Some(bytes) = bytes else { return String::new() };
        let line = plain(bytes);
        if self.passed < LINES_MAX {
            self.passed += 1;
            log::warn!("{}: {line}", self.who);
        } else {
            self.dropped += 1;
        }
        line
    }
}

/// Passes on what a child prints, line by line, until there is no more. Returns the last complaint
/// among them, which says why it ended.
pub(super) async fn pass_on(
    printed: impl AsyncRead + Unpin,
    who: String,
    clock: fn() -> Stamp,
) -> Option<String> {
    let mut from = BufReader::new(printed);
    let (mut printed, mut bytes, mut complaint) = (Printed::new(who), Vec::new(), None);
    loop {
        bytes.clear();
        let read = (&mut from).take(LINE_MAX).read_until(b'\n', &mut bytes).await;
        if !matches!(read, Ok(1..)) {
            printed.line(None, clock());
            return complaint;
        }
        let line = printed.line(Some(&bytes), clock());
        complaint = line.split_once(COMPLAINT).map(|it| it.1.to_owned()).or(complaint);
    }
}

/// A line without anything that a terminal would obey.
fn plain(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    aftm_domain::text::plain(&text).trim_end().to_owned()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn complaint(printed: &[u8]) -> Option<String> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(pass_on(printed, "venue (7)".to_owned(), || Stamp(0)))
    }

    #[test]
    fn the_last_complaint_says_why_a_child_ended() {
        let printed = b"ready\n10:00 error the first\n10:01 error the second\nbye";
        assert_eq!(complaint(printed).unwrap(), "the second");
        assert_eq!(complaint(b"nothing is wrong\n"), None);
    }

    #[test]
    fn what_is_no_text_and_what_a_terminal_would_obey_is_harmless() {
        assert_eq!(plain(b"a\x1b[2Jb\xff\r\n"), "a [2Jb\u{fffd}");
        let endless = vec![b'x'; 1 << 20];
        assert_eq!(complaint(&endless), None);
    }
}
