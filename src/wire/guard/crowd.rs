//! How many strangers may be connected at once: those without a key are put off while this process
//! has many descriptors open, so that its own children, files and keyed clients always find one.

use std::fs;

use aftm_domain::Stamp;

/// Descriptors from which on strangers are put off. The machine itself has less than a hundred.
const FILES_MAX: usize = 1_000;
/// How old the count may be.
const LOOK_EVERY: i64 = 100 * Stamp::MILLISECOND;

/// How many there are, as far as it was counted.
#[derive(Debug)]
pub(super) struct Crowd {
    count: fn() -> usize,
    counted: Option<Stamp>,
    files: usize,
}

impl Default for Crowd {
    fn default() -> Crowd {
        Crowd { count: open_files, counted: None, files: 0 }
    }
}

impl Crowd {
    /// Whether there is room for one more stranger; it is counted as let in.
    pub(super) fn has_room(&mut self, now: Stamp) -> bool {
        let is_known = self.counted.is_some_and(|it| (0..LOOK_EVERY).contains(&now.since(it)));
        if !is_known {
            (self.counted, self.files) = (Some(now), (self.count)());
        }
        self.files += 1;
        self.files <= FILES_MAX
    }
}

/// Descriptors of this process; 0 where the system does not tell, and everybody is let in.
fn open_files() -> usize {
    fs::read_dir("/proc/self/fd").or_else(|_| fs::read_dir("/dev/fd")).map_or(0, Iterator::count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_are_put_off_while_many_descriptors_are_open() {
        let mut crowd = Crowd { count: || FILES_MAX - 2, ..Crowd::default() };
        let now = Stamp(1_000 * Stamp::SECOND);
        // The count is old by then; those that were let in since are known.
        assert_eq!([now; 4].map(|it| crowd.has_room(it)), [true, true, false, false]);
        crowd.count = || 60;
        assert!(!crowd.has_room(now.after(LOOK_EVERY - 1)));
        assert!(crowd.has_room(now.after(LOOK_EVERY)));
        // A clock that was set back is no reason to believe an old count.
        crowd.count = || FILES_MAX;
        assert!(!crowd.has_room(Stamp(0)));
    }

    #[test]
    fn this_process_has_descriptors() {
        assert!(open_files() > 2);
    }
}
