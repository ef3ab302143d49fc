//! Chance under a seed, in integers alone: the same on every machine and in every version, which a
//! library's generator does not promise.

/// A stream of numbers (splitmix64).
#[derive(Clone, Debug)]
pub(super) struct Chance(u64);

/// The quantiles of the exponential distribution at every 32nd, in thousandths of its mean; the
/// last one is where the tail is cut.
const EXPONENTIAL: [u64; 33] = [
    0, 32, 65, 98, 134, 170, 208, 247, 288, 330, 375, 421, 470, 521, 575, 633, 693, 758, 827, 901,
    981, 1_068, 1_163, 1_269, 1_386, 1_520, 1_674, 1_856, 2_079, 2_367, 2_773, 3_466, 5_600,
];

impl Chance {
    /// A stream of its own for each seed and name.
    pub(super) fn new(seed: u64, name: &str) -> Chance {
        // FNV-1a, so that the name reaches every bit before the first number.
        let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let mut chance = Chance(seed ^ hash);
        chance.0 = chance.bits();
        chance
    }

    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to below `bound`.
    pub(super) fn below(&mut self, bound: u32) -> u32 {
        let high = (u128::from(self.bits()) * u128::from(bound)) >> 64;
        u32::try_from(high).unwrap_or_default()
    }

    /// From `-bound` to `bound`.
    pub(super) fn around(&mut self, bound: u32) -> i64 {
        i64::from(self.below(bound.saturating_mul(2).saturating_add(1))) - i64::from(bound)
    }

    /// A sum of four numbers around zero, near enough to a bell.
    pub(super) fn bell(&mut self, bound: u32) -> i64 {
        (0..4).map(|_| self.around(bound)).sum()
    }

    /// A waiting time of this mean, exponentially distributed.
    pub(super) fn wait(&mut self, mean: i64) -> i64 {
        let place = self.below(32 * 1_024);
        let index = usize::try_from(place / 1_024).unwrap_or_default();
        let quantile = |index: usize| i128::from(EXPONENTIAL.get(index).copied().unwrap_or(5_600));
        let (from, to) = (quantile(index), quantile(index + 1));
        let part = i128::from(place % 1_024);
        let thousandths = from * 1_024 + (to - from) * part;
        i64::try_from(i128::from(mean) * thousandths / 1_024_000).unwrap_or(i64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_times_have_their_mean() {
        let mut chance = Chance::new(7, "wait");
        let sum: i64 = (0..100_000).map(|_| chance.wait(1_000_000)).sum();
        let mean = sum / 100_000;
        assert!((980_000..1_020_000).contains(&mean), "{mean}");
    }

    #[test]
    fn numbers_keep_their_bounds_and_reach_them() {
        let mut chance = Chance::new(7, "bounds");
        let rolls: Vec<i64> = (0..1_000).map(|_| chance.around(3)).collect();
        assert_eq!((rolls.iter().min(), rolls.iter().max()), (Some(&-3), Some(&3)));
    }

    #[test]
    fn the_stream_of_a_seed_never_changes() {
        let mut chance = Chance::new(1, "TXFH1");
        let rolls: Vec<u32> = (0..4).map(|_| chance.below(1_000)).collect();
        assert_eq!(rolls, [681, 924, 449, 616]);
    }
}
