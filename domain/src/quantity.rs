//! Exact quantities.

use crate::decimal::decimal;

decimal! {
    /// An exact quantity in lots: a count of 1e-9, so that a venue with fractional sizes fits too.
    /// Signed only where it is a net position.
    Quantity
}

impl Quantity {
    /// One lot.
    pub const ONE: Quantity = Quantity(crate::decimal::SCALE);

    /// The smaller of both; quantities to close are bounded by what is held.
    #[must_use]
    pub fn at_most(self, bound: Quantity) -> Quantity {
        self.min(bound)
    }

    /// The same size with the other sign.
    #[must_use]
    pub const fn negated(self) -> Quantity {
        Quantity(-self.0)
    }
}
