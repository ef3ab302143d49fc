//! How much each client of the order port may send that cannot be read. What it sends beyond that is
//! thrown away unread and unanswered, so that a flood of it costs next to nothing.

use aftm_domain::Stamp;
use rustc_hash::FxHashMap;

/// Bad messages that a client may send at once.
const AT_ONCE: i64 = 20_000;
/// The time after which it may send another one.
const EACH: i64 = Stamp::MILLISECOND;
/// Clients that are remembered. There are never so many connections; each that ended is forgotten
/// when its time is over, or when there are too many.
const REMEMBERED_MAX: usize = 1_024;

/// Clients that sent something bad, by the name of their connection: when each of them may send as
/// many at once again.
#[derive(Default)]
pub(super) struct Peers(FxHashMap<Vec<u8>, Stamp>);

impl Peers {
    /// Whether what a client sends is read at all.
    pub(super) fn is_read(&mut self, name: &[u8], now: Stamp) -> bool {
        // Mostly nobody has sent anything bad.
        if self.0.is_empty() {
            return true;
        }
        let Some(full) = self.0.get_mut(name) else { return true };
        // A clock that was set back leaves nobody out for longer than a flood would.
        *full = (*full).min(now.after(AT_ONCE * EACH));
        full.since(now) <= (AT_ONCE - 1) * EACH
    }

    /// A client sent something bad.
    pub(super) fn note(&mut self, name: &[u8], now: Stamp) {
        if let Some(full) = self.0.get_mut(name) {
            *full = (*full).max(now).after(EACH);
            return;
        }
        if self.0.len() >= REMEMBERED_MAX {
            self.0.retain(|_, full| *full > now);
        }
        if self.0.len() >= REMEMBERED_MAX {
            self.0.clear();
        }
        self.0.insert(name.to_vec(), now.after(EACH));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Stamp = Stamp(1_627_260_300 * Stamp::SECOND);

    /// How many of so many bad messages at one time are read.
    fn read(peers: &mut Peers, name: &[u8], count: i64, now: Stamp) -> i64 {
        let mut read = 0;
        for _ in 0..count {
            if peers.is_read(name, now) {
                peers.note(name, now);
                read += 1;
            }
        }
        read
    }

    #[test]
    fn who_sends_too_much_that_is_bad_is_not_read_for_a_while_and_nobody_else() {
        let mut peers = Peers::default();
        assert_eq!(read(&mut peers, b"bad", AT_ONCE + 5_000, NOW), AT_ONCE);
        assert!(!peers.is_read(b"bad", NOW));
        assert!(peers.is_read(b"good", NOW), "another client is read");
        let later = NOW.after(100 * EACH);
        assert_eq!(read(&mut peers, b"bad", 1_000, later), 100, "one more in each millisecond");
        let much_later = later.after(AT_ONCE * EACH);
        assert_eq!(read(&mut peers, b"bad", AT_ONCE + 1, much_later), AT_ONCE);
    }

    #[test]
    fn a_clock_that_is_set_back_leaves_nobody_out_for_good() {
        let mut peers = Peers::default();
        peers.note(b"bad", NOW);
        let before = Stamp(NOW.0 - 3_600 * Stamp::SECOND);
        // What it did then counts as a flood of now, not as one in an hour.
        assert!(!peers.is_read(b"bad", before));
        assert!(peers.is_read(b"bad", before.after(EACH)));
    }

    #[test]
    fn many_clients_that_come_and_go_are_not_remembered_forever() {
        let mut peers = Peers::default();
        for number in 0..10_000_u32 {
            peers.note(&number.to_be_bytes(), NOW);
        }
        assert!(peers.0.len() <= REMEMBERED_MAX);
    }
}
