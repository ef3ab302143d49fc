//! The exchange's names for orders and trades.
//!
//! They are made on the way of every order, so no text is formatted and none allocated for them.

use aftm_domain::{OrderId, Quantity, TradeId, VenueOrderId};
use arrayvec::ArrayString;

/// Room for every name.
type Name = ArrayString<64>;

/// The exchange's name for an order follows from ours, so that it is the same after a restart.
pub(crate) fn venue_id(id: OrderId) -> Option<VenueOrderId> {
    let mut name = Name::from("SIM-").ok()?;
    put::<16>(&mut name, id.0, 8)?;
    name.parse().ok()
}

/// A trade is named for the order and the lots filled with it, so that no count of trades must
/// survive a restart.
pub(crate) fn trade_id(id: OrderId, filled: Quantity) -> Option<TradeId> {
    let mut name = Name::from("T").ok()?;
    put::<10>(&mut name, id.0, 1)?;
    name.try_push('-').ok()?;
    let lot = Quantity::ONE.raw();
    if filled.raw() % lot == 0 {
        put::<10>(&mut name, u64::try_from(filled.raw() / lot).ok()?, 1)?;
    } else {
        name.try_push_str(&filled.to_string()).ok()?;
    }
    name.parse().ok()
}

/// Appends a number in digits of a base up to sixteen, so many of them at least.
fn put<const BASE: u8>(name: &mut Name, number: u64, least: usize) -> Option<()> {
    let mut digits = ['0'; 20];
    let (mut left, mut count) = (number, 0);
    for digit in &mut digits {
        if left == 0 && count >= least {
            break;
        }
        let value = u32::try_from(left % u64::from(BASE)).ok()?;
        *digit = char::from_digit(value, BASE.into())?.to_ascii_uppercase();
        left /= u64::from(BASE);
        count += 1;
    }
    digits.iter().take(count).rev().try_for_each(|it| name.try_push(*it).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_as_the_machine_would_write_the_numbers() {
        for id in [1, 9, 10, 255, 4_096, 0x1234_ABCD, 0x1_0000_0000, u64::MAX] {
            let name = venue_id(OrderId(id)).unwrap();
            assert_eq!(name.as_str(), format!("SIM-{id:08X}"));
            for filled in ["1", "10", "2000000", "0.5", "12.000000001"] {
                let name = trade_id(OrderId(id), filled.parse().unwrap()).unwrap();
                assert_eq!(name.as_str(), format!("T{id}-{filled}"));
            }
        }
    }
}
