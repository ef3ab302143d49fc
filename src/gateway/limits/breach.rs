//! A denial: a stable code, and a sentence that names the limit, the value and the bound.

use std::fmt::Display;

use crate::wire::Refused;

/// The code of a limit: `RISK_` and its name in capitals.
pub(super) fn code(limit: &str) -> String {
    format!("RISK_{}", limit.to_uppercase())
}

/// A value above its bound.
pub(super) fn above(
    limit: &str,
    what: impl Display,
    value: impl Display,
    bound: impl Display,
) -> Refused {
    let text = format!("{what} would be {value}, which is above {limit} = {bound}");
    Refused { code: code(limit), text }
}

/// Something that is refused whatever its value.
pub(super) fn refused(limit: &str, text: &str) -> Refused {
    Refused { code: code(limit), text: format!("{text} ({limit})") }
}
