//! One append as bytes: the records of a frame in the log, vouched for by the chain before and after.
//!
//! A frame, its numbers with their highest byte first: mark, length of what follows, time, sequence
//! of the first record, chain before it; then each record as the lengths of kind and body, kind,
//! body; at last the chain after them. A frame that is not whole, or not as it was written, is none.

use aftm_domain::Stamp;
use memchr::memmem;

use super::{Chain, Record};

/// How every frame starts; no text of a record has these bytes.
const MARK: [u8; 4] = [0xF5, 0xAF, 0xFA, 0x0A];

/// Mark and length.
const HEAD: usize = 8;

/// Makes the frame of an append over what `bytes` held, and returns the chain after its last record.
/// `None` where it is longer than a frame can say.
pub(super) fn encode(
    bytes: &mut Vec<u8>,
    at: Stamp,
    first: u64,
    before: Chain,
    facts: &[(&'static str, &str)],
) -> Option<Chain> {
    bytes.clear();
    bytes.extend(MARK);
    bytes.extend([0; HEAD - MARK.len()]);
    bytes.extend(at.0.to_be_bytes());
    bytes.extend(first.to_be_bytes());
    bytes.extend(before.bytes());
    let mut chain = before;
    for ((kind, body), sequence) in facts.iter().zip(first..) {
        chain = chain.next(Record { sequence, at, kind, body });
        bytes.extend(u32::try_from(kind.len()).ok()?.to_be_bytes());
        bytes.extend(u32::try_from(body.len()).ok()?.to_be_bytes());
        bytes.extend(kind.as_bytes());
        bytes.extend(body.as_bytes());
    }
    bytes.extend(chain.bytes());
    let length = u32::try_from(bytes.len() - HEAD).ok()?;
    bytes.get_mut(MARK.len()..HEAD)?.copy_from_slice(&length.to_be_bytes());
    Some(chain)
}

/// A record in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kept<'a> {
    pub(super) record: Record<'a>,
    /// The chain before it.
    pub(super) before: Chain,
    /// The chain after it.
    pub(super) after: Chain,
}

/// The records of a sound frame.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame<'a> {
    at: Stamp,
    first: u64,
    before: Chain,
    records: &'a [u8],
    /// Its bytes in the log.
    length: usize,
}

impl<'a> Frame<'a> {
    /// The frame that `bytes` begin with, where it is whole and as it was written.
    fn parse(bytes: &'a [u8]) -> Option<Frame<'a>> {
        let rest = bytes.strip_prefix(&MARK)?;
        let (length, rest) = number(rest)?;
        let inner = rest.get(..length)?;
        let (at, inner) = inner.split_first_chunk()?;
        let (first, inner) = inner.split_first_chunk()?;
        let (before, inner) = inner.split_first_chunk::<32>()?;
        let (records, after) = inner.split_last_chunk::<32>()?;
        let frame = Frame {
            at: Stamp(i64::from_be_bytes(*at)),
            first: u64::from_be_bytes(*first),
            before: Chain::from_bytes(before)?,
            records,
            length: HEAD + length,
        };
        let (mut chain, mut rest, mut sequence) = (frame.before, records, frame.first);
        while !rest.is_empty() {
            let (record, after) = frame.record(rest, sequence)?;
            chain = chain.next(record);
            (rest, sequence) = (after, sequence.checked_add(1)?);
        }
        (chain.bytes() == after).then_some(frame)
    }

    /// The record that `bytes` begin with, and what is after it.
    fn record(&self, bytes: &'a [u8], sequence: u64) -> Option<(Record<'a>, &'a [u8])> {
        let (kind, rest) = number(bytes)?;
        let (body, rest) = number(rest)?;
        let (kind, rest) = rest.split_at_checked(kind)?;
        let (body, rest) = rest.split_at_checked(body)?;
        let (kind, body) = (str::from_utf8(kind).ok()?, str::from_utf8(body).ok()?);
        Some((Record { sequence, at: self.at, kind, body }, rest))
    }

    /// Its records in their order.
    pub(super) fn records(self) -> impl Iterator<Item = Kept<'a>> {
        let (mut before, mut rest, mut sequence) = (self.before, self.records, self.first);
        std::iter::from_fn(move || {
            let (record, left) = self.record(rest, sequence)?;
            let after = before.next(record);
            let kept = Kept { record, before, after };
            (before, rest, sequence) = (after, left, sequence + 1);
            Some(kept)
        })
    }
}

/// A length, and what is after it.
fn number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (number, rest) = bytes.split_first_chunk()?;
    Some((usize::try_from(u32::from_be_bytes(*number)).ok()?, rest))
}

/// The sound frames of a log in their order; what is none is passed over.
pub(super) struct Frames<'a> {
    bytes: &'a [u8],
    at: usize,
    sound: usize,
}

/// Looks for the frames of a log.
pub(super) const fn frames(bytes: &[u8]) -> Frames<'_> {
    Frames { bytes, at: 0, sound: 0 }
}

impl Frames<'_> {
    /// How many bytes after the last frame so far are none.
    pub(super) const fn rest(&self) -> usize {
        self.bytes.len() - self.sound
    }
}

impl<'a> Iterator for Frames<'a> {
    type Item = Frame<'a>;

    fn next(&mut self) -> Option<Frame<'a>> {
        loop {
            let rest = self.bytes.get(self.at..)?;
            if let Some(frame) = Frame::parse(rest) {
                self.at += frame.length;
                self.sound = self.at;
                return Some(frame);
            }
            self.at += 1 + memmem::find(rest.get(1..)?, &MARK)?;
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    const FACTS: [(&str, &str); 2] = [("order", r#"{"note":"停利"}"#), ("fill", "")];

    fn framed() -> (Vec<u8>, Chain) {
        let mut bytes = b"what was there".to_vec();
        let chain = encode(&mut bytes, Stamp(-5), 7, Chain::START, &FACTS).unwrap();
        (bytes, chain)
    }

    #[test]
    fn a_frame_reads_back_as_it_was_made() {
        let (bytes, chain) = framed();
        let found: Vec<_> = frames(&bytes).flat_map(Frame::records).collect();
        assert_eq!(found.len(), 2);
        let (kind, body) = FACTS[0];
        assert_eq!(found[0].record, Record { sequence: 7, at: Stamp(-5), kind, body });
        let (kind, body) = FACTS[1];
        assert_eq!(found[1].record, Record { sequence: 8, at: Stamp(-5), kind, body });
        assert_eq!((found[0].before, found[1].after), (Chain::START, chain));
    }

    #[test]
    fn a_frame_that_is_cut_or_has_one_bit_changed_is_none() {
        let (bytes, _) = framed();
        for end in 0..bytes.len() {
            assert_eq!(frames(&bytes[..end]).count(), 0, "cut at {end}");
        }
        for bit in 0..bytes.len() * 8 {
            let mut bytes = bytes.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(frames(&bytes).count(), 0, "bit {bit}");
        }
    }

    #[test]
    fn frames_are_found_behind_what_is_none() {
        let (bytes, _) = framed();
        let log = [&bytes[..], &MARK, b"??", &bytes[..9], &bytes[..], b"tail"].concat();
        let mut found = frames(&log);
        assert_eq!(found.by_ref().count(), 2);
        assert_eq!(found.rest(), 4);
    }
}
