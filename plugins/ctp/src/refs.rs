//! Which order of the host went to the venue under which references.
//!
//! A reference is never used twice in a trading day: it rises above all that the login names and
//! above all that this plug-in has used, also before a restart. A line of the file is written before
//! the vendor is called, so that an order is known again whenever the process ends.

use std::collections::HashSet;

use aftm_exchange_abi::{E_BUSY, E_DUPLICATE, E_STATE};

use crate::Refusal;
use crate::ask::Life;
use crate::input::SessionKey;

/// References stay below this, because the vendor's systems count them in 31 bits.
pub const REF_END: u32 = 1 << 31;

/// A leg of an order, under its reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Used {
    /// `TradingDay`: `20251121`.
    pub trading_day: u32,
    /// The login that sent it.
    pub session: SessionKey,
    /// Its reference.
    pub order_ref: u32,
    /// The host's number of the order.
    pub client_order_id: u64,
    /// How many lots the leg has.
    pub lots: i32,
    /// How long it lives.
    pub life: Life,
}

impl Used {
    /// As a line of the file, without its end.
    pub fn line(&self) -> String {
        let Used { trading_day, session, order_ref, client_order_id, lots, life } = self;
        let SessionKey { front, session } = session;
        let life = match life {
            Life::Rod => "rod",
            Life::Ioc => "ioc",
            Life::Fok => "fok",
        };
        format!("{trading_day} {front} {session} {order_ref} {client_order_id} {lots} {life}")
    }

    /// A line of the file; `None` where it is none.
    pub fn parse(line: &str) -> Option<Used> {
        let mut words = line.split(' ');
        let used = Used {
            trading_day: words.next()?.parse().ok()?,
            session: SessionKey {
                front: words.next()?.parse().ok()?,
                session: words.next()?.parse().ok()?,
            },
            order_ref: words.next()?.parse().ok().filter(|it| *it < REF_END)?,
            client_order_id: words.next()?.parse().ok().filter(|it| *it > 0)?,
            lots: words.next()?.parse().ok().filter(|it| *it > 0)?,
            life: match words.next()? {
                "rod" => Life::Rod,
                "ioc" => Life::Ioc,
                "fok" => Life::Fok,
                _ => return None,
            },
        };
        words.next().is_none().then_some(used)
    }
}

/// The references of one trading day.
#[derive(Debug, Default)]
pub struct Refs {
    login: Option<(u32, SessionKey)>,
    last: u32,
    clients: HashSet<u64>,
}

impl Refs {
    /// A login: its trading day, its session, and `MaxOrderRef` as the vendor wrote it. `used` is
    /// what the file holds; orders of other days are no longer of interest.
    ///
    /// # Errors
    ///
    /// Where `MaxOrderRef` is no number, so that the next reference could be one that is used.
    pub fn login(
        &mut self,
        (trading_day, session): (u32, SessionKey),
        max_order_ref: &str,
        used: &[Used],
    ) -> Result<(), Refusal> {
        let max = max_order_ref.trim();
        // A user who has never sent an order has none.
        let max: u64 = if max.is_empty() { Ok(0) } else { max.parse() }.map_err(|_| {
            let text = format!("the login names {max:?} as the last order reference: no number");
            Refusal::new(E_STATE, text)
        })?;
        let max = u32::try_from(max).unwrap_or(REF_END).min(REF_END);
        if self.login.is_none_or(|(day, _)| day != trading_day) {
            *self = Refs::default();
        }
        let today = || used.iter().filter(|it| it.trading_day == trading_day);
        let highest = today().map(|it| it.order_ref).max().unwrap_or_default();
        self.last = self.last.max(max).max(highest);
        self.clients.extend(today().map(|it| it.client_order_id));
        self.login = Some((trading_day, session));
        Ok(())
    }

    /// References for the legs of an order, each with its lots. What is returned belongs into the
    /// file before the vendor is called; it counts as used even where the vendor then takes nothing.
    ///
    /// # Errors
    ///
    /// Before a login, for an order that was sent before, and where the references of the day have
    /// run out.
    pub fn take(
        &mut self,
        client_order_id: u64,
        life: Life,
        legs: &[i32],
    ) -> Result<Vec<Used>, Refusal> {
        let Some((trading_day, session)) = self.login else {
            return Err(Refusal::new(E_STATE, "no order can be sent before the login"));
        };
        if self.clients.contains(&client_order_id) {
            let text = format!("the order {client_order_id} was sent before and is not sent again");
            return Err(Refusal::new(E_DUPLICATE, text));
        }
        let count = u32::try_from(legs.len()).unwrap_or(REF_END);
        let last = self.last.checked_add(count).filter(|it| *it < REF_END).ok_or_else(|| {
            let last = self.last;
            let text = format!("the order references of this day have run out at {last}");
            Refusal::new(E_BUSY, text)
        })?;
        let refs = self.last.saturating_add(1)..=last;
        let used = |(order_ref, lots): (u32, &i32)| Used {
            trading_day,
            session,
            order_ref,
            client_order_id,
            lots: *lots,
            life,
        };
        let used = refs.zip(legs).map(used).collect();
        self.last = last;
        self.clients.insert(client_order_id);
        Ok(used)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: SessionKey = SessionKey { front: 1, session: -9 };
    const DAY: u32 = 20_251_121;

    fn refs(max_order_ref: &str, used: &[Used]) -> Refs {
        let mut refs = Refs::default();
        refs.login((DAY, HERE), max_order_ref, used).unwrap();
        refs
    }

    fn used(trading_day: u32, order_ref: u32, client_order_id: u64) -> Used {
        let (lots, life) = (1, Life::Rod);
        Used { trading_day, session: HERE, order_ref, client_order_id, lots, life }
    }

    fn take(refs: &mut Refs, client_order_id: u64) -> Result<u32, Refusal> {
        refs.take(client_order_id, Life::Rod, &[1]).map(|it| it[0].order_ref)
    }

    #[test]
    fn references_rise_above_the_logins_and_above_our_own() {
        let mut first = refs("  41", &[]);
        assert_eq!((take(&mut first, 1), take(&mut first, 2)), (Ok(42), Ok(43)));
        // Another login of the day starts its own count again; ours does not.
        first.login((DAY, SessionKey { front: 2, session: 3 }), "1", &[]).unwrap();
        assert_eq!(take(&mut first, 3), Ok(44));
        let mut restarted = refs("1", &[used(DAY, 50, 8), used(DAY - 1, 90, 9)]);
        assert_eq!(take(&mut restarted, 4), Ok(51));
        assert_eq!(take(&mut refs("", &[]), 1), Ok(1));
    }

    #[test]
    fn an_order_is_never_sent_again() {
        let mut refs = refs("0", &[used(DAY, 5, 8)]);
        assert_eq!(take(&mut refs, 8).unwrap_err().code, E_DUPLICATE);
        assert_eq!(take(&mut refs, 1), Ok(6));
        let again = take(&mut refs, 1).unwrap_err();
        assert_eq!(again.text, "the order 1 was sent before and is not sent again");
        refs.login((DAY, HERE), "0", &[]).unwrap();
        assert_eq!(take(&mut refs, 1).unwrap_err().code, E_DUPLICATE, "after a reconnect");
        assert_eq!(take(&mut refs, 2), Ok(7), "a refusal uses none up");
    }

    #[test]
    fn every_leg_has_a_reference_of_its_own() {
        let mut refs = refs("9", &[]);
        let legs = refs.take(3, Life::Ioc, &[2, 5]).unwrap();
        let all: Vec<_> =
            legs.iter().map(|it| (it.order_ref, it.lots, it.client_order_id)).collect();
        assert_eq!(all, [(10, 2, 3), (11, 5, 3)]);
        assert_eq!((legs[0].session, legs[0].trading_day, legs[0].life), (HERE, DAY, Life::Ioc));
    }

    #[test]
    fn a_new_trading_day_starts_afresh() {
        let mut refs = refs("41", &[]);
        take(&mut refs, 1).unwrap();
        refs.login((DAY + 3, HERE), "0", &[]).unwrap();
        assert_eq!(take(&mut refs, 2), Ok(1));
    }

    #[test]
    fn no_reference_is_made_up() {
        let early = take(&mut Refs::default(), 1).unwrap_err();
        assert_eq!(early.code, E_STATE);
        let odd = Refs::default().login((DAY, HERE), "12x", &[]).unwrap_err();
        assert_eq!(odd.text, "the login names \"12x\" as the last order reference: no number");
        let mut full = refs(&(REF_END - 2).to_string(), &[]);
        assert_eq!(full.take(1, Life::Rod, &[1, 1]).unwrap_err().code, E_BUSY);
        assert_eq!(take(&mut full, 1), Ok(REF_END - 1));
        assert_eq!(take(&mut full, 2).unwrap_err().code, E_BUSY);
        assert_eq!(take(&mut refs("99999999999", &[]), 1).unwrap_err().code, E_BUSY);
    }

    #[test]
    fn a_line_is_read_as_it_was_written() {
        for life in [Life::Rod, Life::Ioc, Life::Fok] {
            let used = Used { life, ..used(DAY, 12, u64::MAX) };
            assert_eq!(Used::parse(&used.line()), Some(used));
        }
        assert_eq!(used(DAY, 12, 7).line(), "20251121 1 -9 12 7 1 rod");
        for odd in [
            "",
            "20251121 1 -9 12 7 1",
            "20251121 1 -9 12 7 1 rod x",
            "20251121 1 -9 12 7 1 gtc",
            "20251121 1 -9 12 0 1 rod",
            "20251121 1 -9 12 7 0 rod",
            "20251121 1 -9 2147483648 7 1 rod",
            "20251121  1 -9 12 7 1 rod",
        ] {
            assert_eq!(Used::parse(odd), None, "{odd:?}");
        }
    }
}
