//! `send_order`: ten keys, each read strictly, none guessed.

use std::fmt::Display;
use std::str::FromStr;

use aftm_domain::order::{Kind, Ticket, TimeInForce};
use aftm_domain::{DecimalError, Price, Quantity, RequestId};

use super::json::{Object, Value};
use super::{Failure, code, words};

const REQUIRED: [&str; 10] = [
    "order_account",
    "item_code",
    "side",
    "order_type",
    "price",
    "quantity",
    "open_close",
    "note",
    "day_trade",
    "time_in_force",
];

/// Reads the parameters of an order. Every missing key is named at once; a bad value is refused by
/// its field. Further keys are ignored.
pub(super) fn read(fields: &Object<'_>) -> Result<(Ticket, Option<RequestId>), Failure> {
    let missing: Vec<&str> = REQUIRED.into_iter().filter(|key| fields.raw(key).is_none()).collect();
    if !missing.is_empty() {
        let message = format!("missing required fields: {}", missing.join(", "));
        return Err(Failure::new(code::INVALID_ORDER, message));
    }
    let kind = field(fields, "order_type", |it| word(&words::KINDS, it))?;
    let ticket = Ticket {
        account: field(fields, "order_account", text)?,
        item: field(fields, "item_code", text)?,
        side: field(fields, "side", text)?,
        kind,
        price: limit_price(fields, kind)?,
        stop_price: stop_price(fields, kind)?,
        quantity: field(fields, "quantity", quantity)?,
        time_in_force: field(fields, "time_in_force", time_in_force)?,
        open_close: field(fields, "open_close", |it| word(&words::OPEN_CLOSE, it))?,
        day_trade: field(fields, "day_trade", day_trade)?,
        note: field(fields, "note", text)?,
    };
    let request_id = match fields.raw("request_id") {
        None => None,
        Some(_) => Some(field(fields, "request_id", text)?),
    };
    Ok((ticket, request_id))
}

/// Reads one field; an error names it.
pub(super) fn field<T>(
    fields: &Object<'_>,
    key: &str,
    read: impl FnOnce(&Value<'_>) -> Result<T, String>,
) -> Result<T, Failure> {
    let value = fields.value(key).unwrap_or(Value::Null);
    read(&value).map_err(|reason| Failure::new(code::INVALID_ORDER, format!("{key}: {reason}")))
}

/// A value that is written as text: an id, a side, a note.
pub(super) fn text<T: FromStr<Err: Display>>(value: &Value<'_>) -> Result<T, String> {
    match value {
        Value::Text(text) => text.parse().map_err(|err: T::Err| err.to_string()),
        other => Err(format!("{other} is not text")),
    }
}

fn word<T: Copy>(table: &[(&str, T)], value: &Value<'_>) -> Result<T, String> {
    let meaning = match value {
        Value::Text(text) => words::meaning(table, text),
        _ => None,
    };
    meaning.ok_or_else(|| format!("{value} is not {}", words::known(table)))
}

fn day_trade(value: &Value<'_>) -> Result<bool, String> {
    match value {
        Value::Bool(is_day_trade) => Ok(*is_day_trade),
        other => word(&words::DAY_TRADE, other),
    }
}

fn time_in_force(value: &Value<'_>) -> Result<TimeInForce, String> {
    match value {
        Value::Text(text) if text.eq_ignore_ascii_case("GTC") => {
            Err("GTC is not offered: no order outlives its trading day; use ROD".to_owned())
        }
        other => word(&words::TIME_IN_FORCE, other),
    }
}

/// Lots: a whole number above zero, as a number or as decimal text.
fn quantity(value: &Value<'_>) -> Result<Quantity, String> {
    let quantity: Quantity = decimal(value)?.map_err(|err| err.to_string())?;
    if quantity.is_positive() && quantity.is_on(Quantity::ONE) {
        Ok(quantity)
    } else {
        Err(format!("{quantity} is not a whole number of lots above 0"))
    }
}

/// The limit price where the kind has one. A market order's price means nothing, so it is not read.
fn limit_price(fields: &Object<'_>, kind: Kind) -> Result<Option<Price>, Failure> {
    if kind.has_price() { field(fields, "price", price).map(Some) } else { Ok(None) }
}

/// The stop price where the kind has one. On any other kind it must be absent, null or 0: whoever
/// names a stop does not want an order that acts at once.
fn stop_price(fields: &Object<'_>, kind: Kind) -> Result<Option<Price>, Failure> {
    if kind.has_stop() {
        return field(fields, "stop_price", price).map(Some);
    }
    match fields.some("stop_price") {
        None => Ok(None),
        Some(_) => field(fields, "stop_price", |value| match price(value)? {
            Price::ZERO => Ok(None),
            price => Err(format!("{price} is given, but a {kind} order has none")),
        }),
    }
}

/// A price, exact to nine places. A number that is finer is a float with its noise and is rounded,
/// unless nothing would be left of it; text that is finer is refused.
fn price(value: &Value<'_>) -> Result<Price, String> {
    let price = match (decimal(value)?, value) {
        (Err(DecimalError::TooFine(text)), Value::Number(_)) => text
            .parse()
            .ok()
            .and_then(|float| Price::from_f64(float).ok())
            .filter(|it| !it.is_zero())
            .ok_or(DecimalError::TooFine(text)),
        (read, _) => read,
    };
    price.map_err(|err| err.to_string())
}

/// A decimal as a JSON number or as text; the text of a number is never a float.
fn decimal<T>(value: &Value<'_>) -> Result<Result<T, DecimalError>, String>
where
    T: FromStr<Err = DecimalError>,
{
    match value {
        Value::Text(text) => Ok(text.parse()),
        Value::Number(number) => match plain(number) {
            Some(text) => Ok(text.parse()),
            None => Err(format!("{value} is out of range")),
        },
        other => Err(format!("{other} is neither a number nor decimal text")),
    }
}

/// A JSON number without its exponent: Python writes `1e-05`. `None` for an exponent beyond ±30,
/// which no price or quantity has.
fn plain(number: &str) -> Option<String> {
    let Some((digits, exponent)) = number.split_once(['e', 'E']) else {
        return Some(number.to_owned());
    };
    let exponent: i32 = exponent.parse().ok().filter(|it: &i32| it.abs() <= 30)?;
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let zeros = "0".repeat(usize::try_from(exponent.unsigned_abs()).ok()?);
    if exponent < 0 {
        let padded = format!("{zeros}{whole}");
        let (whole, moved) = padded.split_at_checked(whole.len())?;
        Some(format!("{sign}{whole}.{moved}{fraction}"))
    } else {
        let padded = format!("{fraction}{zeros}");
        let (moved, fraction) = padded.split_at_checked(zeros.len())?;
        Some(format!("{sign}{whole}{moved}.{fraction}0"))
    }
}
