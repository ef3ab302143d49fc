//! Messages captured from v1, and what the tests of its formats share.

use std::collections::BTreeMap;

/// Every captured message by name.
#[allow(clippy::unwrap_used)]
pub(super) fn captured() -> BTreeMap<String, Vec<u8>> {
    #[derive(serde::Deserialize)]
    struct Row {
        name: String,
        hex: String,
    }
    let file = include_str!("../../../tests/fixtures/v1.json");
    let rows: Vec<Row> = serde_json::from_str(file).unwrap();
    rows.into_iter().map(|it| (it.name, from_hex(&it.hex))).collect()
}

/// One captured message.
#[allow(clippy::indexing_slicing)]
pub(super) fn message(name: &str) -> Vec<u8> {
    captured()[name].clone()
}

#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
pub(super) fn from_hex(text: &str) -> Vec<u8> {
    let digits = |at| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
    (0..text.len()).step_by(2).map(digits).collect()
}

/// The frame with the first occurrence of `part` replaced; the test's premise is that it is there.
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
pub(super) fn with(frame: &[u8], part: &[u8], other: &[u8]) -> Vec<u8> {
    let at = frame.windows(part.len()).position(|it| it == part).unwrap();
    [&frame[..at], other, &frame[at + part.len()..]].concat()
}

/// A small seeded generator (xorshift).
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// Below `bound`.
    #[allow(clippy::cast_possible_truncation)]
    pub(super) fn below(&mut self, bound: usize) -> usize {
        (self.next() >> 11) as usize % bound
    }

    #[allow(clippy::cast_possible_truncation)]
    pub(super) fn bytes(&mut self, length_max: usize) -> Vec<u8> {
        let length = self.below(length_max + 1);
        (0..length).map(|_| (self.next() >> 32) as u8).collect()
    }

    /// One byte changed, removed, added or doubled, or the end cut off.
    #[allow(clippy::cast_possible_truncation, clippy::indexing_slicing)]
    pub(super) fn mutate(&mut self, frame: &mut Vec<u8>) {
        if frame.is_empty() {
            return;
        }
        let at = self.below(frame.len());
        let byte = (self.next() >> 32) as u8;
        match self.below(5) {
            0 => frame[at] = byte,
            1 => drop(frame.remove(at)),
            2 => frame.insert(at, byte),
            3 => frame.insert(at, frame[at]),
            _ => frame.truncate(at),
        }
    }
}
