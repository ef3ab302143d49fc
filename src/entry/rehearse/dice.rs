//! Chance under a seed.

/// A xorshift generator.
pub(super) struct Dice(u64);

impl Dice {
    /// The same numbers for the same seed.
    pub(super) fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below `sides`.
    pub(super) fn below(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % sides.max(1)
    }

    /// Fewer bytes than `most`, whatever they are.
    pub(super) fn bytes(&mut self, most: u64) -> Vec<u8> {
        let count = self.below(most);
        (0..count).map(|_| u8::try_from(self.below(256)).unwrap_or(0)).collect()
    }
}
