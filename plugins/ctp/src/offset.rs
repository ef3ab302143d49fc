//! What an order opens and closes: one order of the host may be several at the venue.

use abi::{E_POSITION, E_UNSUPPORTED};
use aftm_exchange_abi as abi;

use crate::Refusal;
use crate::ask::{Ask, Life, OpenClose, Side};
use crate::codes::offset;
use crate::holding::{Lots, keeps_days_apart};

/// One order at the venue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leg {
    /// `CombOffsetFlag[0]`.
    pub offset: u8,
    /// From 1 up.
    pub lots: i32,
}

/// How an exchange takes what closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Today's lots and older ones are closed by offsets of their own.
    pub keeps_days_apart: bool,
    /// It accepts the offset for today's lots, although it does not keep the days apart.
    pub takes_close_today: bool,
}

impl Rules {
    /// Of an exchange; `close_today` names those besides SHFE and INE that accept its offset.
    pub fn of(exchange: &str, close_today: &[&str]) -> Rules {
        let keeps_days_apart = keeps_days_apart(exchange);
        let takes_close_today = keeps_days_apart || close_today.contains(&exchange);
        Rules { keeps_days_apart, takes_close_today }
    }
}

/// The orders that an order becomes at the venue, in the order in which they are to be sent.
///
/// `held` is what it could close. Older lots are closed before today's, as exchanges do that do not
/// keep the days apart, and what opens comes last.
///
/// # Errors
///
/// Where less is held than is to be closed, or where a fill-or-kill order would have to be split,
/// which no exchange can fill or kill as one.
pub fn legs(ask: &Ask, rules: Rules, held: Lots) -> Result<Vec<Leg>, Refusal> {
    let legs = match ask.open_close {
        OpenClose::Open => vec![Leg { offset: offset::OPEN, lots: ask.lots }],
        OpenClose::CloseToday => {
            vec![close(ask, today(rules), held.today, "opened today are held")?]
        }
        OpenClose::CloseYesterday => {
            vec![close(ask, yesterday(rules), held.yesterday, "opened before today are held")?]
        }
        OpenClose::Close if !rules.keeps_days_apart => {
            vec![close(ask, offset::CLOSE, held.all(), "are held")?]
        }
        OpenClose::Close => {
            close(ask, offset::CLOSE, held.all(), "are held")?;
            closing(rules, held, ask.lots)
        }
        OpenClose::Auto => {
            let closed = ask.lots.min(held.all()).max(0);
            let opened = Leg { offset: offset::OPEN, lots: ask.lots.saturating_sub(closed) };
            let closing = closing(rules, held, closed);
            closing.into_iter().chain([opened]).filter(|it| it.lots > 0).collect()
        }
    };
    if ask.life == Life::Fok && legs.len() > 1 {
        return Err(undividable(ask, &legs));
    }
    Ok(legs)
}

fn undividable(ask: &Ask, legs: &[Leg]) -> Refusal {
    let parts: Vec<String> =
        legs.iter().map(|it| format!("{} {}", word(it.offset), it.lots)).collect();
    let text = format!(
        "a fill-or-kill order cannot be split, but {} lots of {} would be {}; send each part as an \
         order of its own",
        ask.lots,
        ask.symbol,
        parts.join(" and "),
    );
    Refusal::new(E_UNSUPPORTED, text)
}

/// The offset that closes today's lots.
const fn today(rules: Rules) -> u8 {
    if rules.takes_close_today { offset::CLOSE_TODAY } else { offset::CLOSE }
}

/// The offset that closes older lots.
const fn yesterday(rules: Rules) -> u8 {
    if rules.keeps_days_apart { offset::CLOSE_YESTERDAY } else { offset::CLOSE }
}

fn close(ask: &Ask, offset: u8, held: i32, which: &str) -> Result<Leg, Refusal> {
    if ask.lots > held {
        let (lots, symbol) = (ask.lots, &ask.symbol);
        let side = match ask.side {
            Side::Buy => "short",
            Side::Sell => "long",
        };
        let text = format!(
            "{lots} lots of {symbol} to close, but {held} {side} lots {which} and not claimed by \
             working orders"
        );
        return Err(Refusal::new(E_POSITION, text));
    }
    Ok(Leg { offset, lots: ask.lots })
}

/// Closes so many lots, of which so many are held; nothing where there are none.
fn closing(rules: Rules, held: Lots, lots: i32) -> Vec<Leg> {
    if !rules.keeps_days_apart {
        let leg = Leg { offset: offset::CLOSE, lots };
        return [leg].into_iter().filter(|it| it.lots > 0).collect();
    }
    let older = lots.min(held.yesterday);
    let parts = [(yesterday(rules), older), (today(rules), lots.saturating_sub(older))];
    let legs = parts.map(|(offset, lots)| Leg { offset, lots });
    legs.into_iter().filter(|it| it.lots > 0).collect()
}

const fn word(offset: u8) -> &'static str {
    match offset {
        offset::OPEN => "open",
        offset::CLOSE_TODAY => "close today",
        offset::CLOSE_YESTERDAY => "close yesterday",
        _ => "close",
    }
}

/// `AFTM_OC_…` of an offset that the vendor reports; 0 where it is another. One that the broker or
/// the exchange forced closes like any.
pub const fn open_close(offset: u8) -> u8 {
    match offset {
        offset::OPEN => abi::OC_OPEN,
        offset::CLOSE | offset::FORCE_CLOSE => abi::OC_CLOSE,
        offset::CLOSE_TODAY => abi::OC_CLOSE_TODAY,
        offset::CLOSE_YESTERDAY => abi::OC_CLOSE_YESTERDAY,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ask::tests::request;

    const APART: [&str; 2] = ["SHFE", "INE"];
    const OTHERS: [&str; 4] = ["DCE", "CZCE", "CFFEX", "GFEX"];

    fn ask(open_close: OpenClose, lots: i32) -> Ask {
        Ask { open_close, lots, ..Ask::read(&request()).unwrap() }
    }

    /// The legs as pairs of offset and lots.
    fn split(exchange: &str, ask: &Ask, held: (i32, i32)) -> Result<Vec<(char, i32)>, Refusal> {
        let held = Lots { today: held.0, yesterday: held.1 };
        let legs = legs(ask, Rules::of(exchange, &[]), held)?;
        Ok(legs.iter().map(|it| (char::from(it.offset), it.lots)).collect())
    }

    #[track_caller]
    fn check(
        exchanges: &[&str],
        (order, lots): (OpenClose, i32),
        held: (i32, i32),
        want: &[(char, i32)],
    ) {
        for exchange in exchanges {
            let got = split(exchange, &ask(order, lots), held);
            assert_eq!(got.as_deref(), Ok(want), "{order:?} {lots} of {held:?} on {exchange}");
        }
    }

    #[test]
    fn each_offset_is_what_its_exchange_takes() {
        check(&APART, (OpenClose::Open, 2), (0, 0), &[('0', 2)]);
        check(&OTHERS, (OpenClose::Open, 2), (0, 0), &[('0', 2)]);
        check(&APART, (OpenClose::CloseToday, 2), (2, 0), &[('3', 2)]);
        check(&OTHERS, (OpenClose::CloseToday, 2), (2, 0), &[('1', 2)]);
        check(&APART, (OpenClose::CloseYesterday, 2), (0, 2), &[('4', 2)]);
        check(&OTHERS, (OpenClose::CloseYesterday, 2), (0, 2), &[('1', 2)]);
        check(&OTHERS, (OpenClose::Close, 3), (1, 2), &[('1', 3)]);
        let rules = Rules::of("CFFEX", &["CFFEX"]);
        let leg = legs(&ask(OpenClose::CloseToday, 1), rules, Lots { today: 1, yesterday: 0 });
        assert_eq!(leg, Ok(vec![Leg { offset: b'3', lots: 1 }]), "where it is accepted");
    }

    #[test]
    fn a_close_is_split_where_days_are_kept_apart() {
        check(&APART, (OpenClose::Close, 2), (5, 3), &[('4', 2)]);
        check(&APART, (OpenClose::Close, 3), (5, 3), &[('4', 3)]);
        check(&APART, (OpenClose::Close, 4), (5, 3), &[('4', 3), ('3', 1)]);
        check(&APART, (OpenClose::Close, 8), (5, 3), &[('4', 3), ('3', 5)]);
        check(&APART, (OpenClose::Close, 2), (5, 0), &[('3', 2)]);
    }

    #[test]
    fn auto_closes_what_is_held_and_opens_with_the_rest() {
        for (lots, held, apart, others) in [
            (4, (0, 0), &[('0', 4)][..], &[('0', 4)][..]),
            (4, (9, 0), &[('3', 4)], &[('1', 4)]),
            (4, (0, 4), &[('4', 4)], &[('1', 4)]),
            (4, (1, 3), &[('4', 3), ('3', 1)], &[('1', 4)]),
            (4, (0, 3), &[('4', 3), ('0', 1)], &[('1', 3), ('0', 1)]),
            (4, (1, 1), &[('4', 1), ('3', 1), ('0', 2)], &[('1', 2), ('0', 2)]),
        ] {
            check(&APART, (OpenClose::Auto, lots), held, apart);
            check(&OTHERS, (OpenClose::Auto, lots), held, others);
        }
    }

    #[test]
    fn nothing_is_closed_that_is_not_held() {
        for (order, held) in [
            (OpenClose::Close, (1, 1)),
            (OpenClose::CloseToday, (2, 9)),
            (OpenClose::CloseYesterday, (9, 2)),
        ] {
            for exchange in APART.iter().chain(&OTHERS) {
                let refused = split(exchange, &ask(order, 3), held).unwrap_err();
                assert_eq!(refused.code, E_POSITION, "{order:?} on {exchange}");
            }
        }
        let refused = split("SHFE", &ask(OpenClose::CloseToday, 3), (2, 9)).unwrap_err();
        assert_eq!(
            refused.text,
            "3 lots of rb2510 to close, but 2 short lots opened today are held and not claimed by \
             working orders"
        );
    }

    #[test]
    fn a_fill_or_kill_order_is_never_split() {
        let fok = |lots| Ask { life: Life::Fok, ..ask(OpenClose::Auto, lots) };
        assert_eq!(split("SHFE", &fok(2), (0, 3)), Ok(vec![('4', 2)]));
        let refused = split("SHFE", &fok(4), (0, 3)).unwrap_err();
        assert_eq!(refused.code, E_UNSUPPORTED);
        assert_eq!(
            refused.text,
            "a fill-or-kill order cannot be split, but 4 lots of rb2510 would be close yesterday 3 and \
             open 1; send each part as an order of its own"
        );
    }

    #[test]
    fn an_offset_is_told_in_the_words_of_the_interface() {
        let rows = [(b'0', 1), (b'1', 2), (b'2', 2), (b'3', 3), (b'4', 4), (b'5', 0), (0, 0)];
        for (offset, code) in rows {
            assert_eq!(open_close(offset), code, "{offset}");
        }
    }
}
