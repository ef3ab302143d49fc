//! What a condition has where its author does not say.

use aftm_domain::condition::{STOP_LOSS_DEFAULT, TAKE_PROFIT_DEFAULT, TURNING_DEFAULT};
use aftm_domain::{Price, Quantity};

/// The defaults of conditions; the caller takes them from the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Defaults {
    /// Points to turn back before the entry.
    pub turning: Price,
    /// Points of profit; `None` for none.
    pub take_profit: Option<Price>,
    /// Points of loss; `None` for none.
    pub stop_loss: Option<Price>,
    /// Lots.
    pub quantity: Quantity,
}

impl Default for Defaults {
    /// Those of the built-in settings.
    fn default() -> Defaults {
        Defaults {
            turning: TURNING_DEFAULT,
            take_profit: Some(TAKE_PROFIT_DEFAULT),
            stop_loss: Some(STOP_LOSS_DEFAULT),
            quantity: Quantity::ONE,
        }
    }
}
