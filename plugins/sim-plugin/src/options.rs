//! The options that a session is opened with: the settings of the simulator, by their names.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use aftm_domain::{Money, Stamp};
use aftm_exchange_abi::E_ARG;
use aftm_sim::Settings;

use crate::fault::{Done, Fault};

const KNOWN: &str = "seed, slippage, latency_ms, reject_one_in, slow_one_in, slow_ms, \
                     disconnect_after_ms, disconnect_for_ms, sessions, holidays, balance, ledger";

/// The longest that a setting in milliseconds of a day may be.
const DAY_MS: u64 = 86_400_000;

/// What a session is opened with.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    pub(crate) settings: Settings,
    /// Whether everything is kept in a file, and remembered by it.
    pub(crate) has_ledger: bool,
    /// Whether the host counts fills by their own events, which no option says.
    pub(crate) counts_fills: bool,
}

impl Options {
    /// Reads the options; one that is given twice, unknown or out of its range is an error.
    pub(crate) fn read<'lent>(
        pairs: impl IntoIterator<Item = (&'lent str, &'lent str)>,
    ) -> Done<Options> {
        let (mut options, mut seen) = (Options::default(), BTreeSet::new());
        for (key, value) in pairs {
            if !seen.insert(key) {
                return Err(Fault::new(E_ARG, format!("the option {key} is given twice")));
            }
            options.set(key, value)?;
        }
        Ok(options)
    }

    fn set(&mut self, key: &str, value: &str) -> Done {
        let it = &mut self.settings;
        let whole = |range| number(key, value, range);
        let small = |range| whole(range).map(|it| u32::try_from(it).unwrap_or(u32::MAX));
        let time = |range| {
            let signed = |it| i64::try_from(it).unwrap_or(i64::MAX);
            whole(range).map(|it| signed(it).saturating_mul(Stamp::MILLISECOND))
        };
        match key {
            "seed" => it.seed = whole(0..=i64::MAX.unsigned_abs())?,
            "slippage" => it.slippage = small(0..=1_000)?,
            "latency_ms" => it.latency = time(0..=600_000)?,
            "reject_one_in" => it.reject_one_in = small(0..=1_000_000)?,
            "slow_one_in" => it.slow_one_in = small(0..=1_000_000)?,
            "slow_ms" => it.slow = time(0..=600_000)?,
            "disconnect_after_ms" => it.disconnect_after = time(0..=DAY_MS)?,
            "disconnect_for_ms" => it.disconnect_for = time(1..=DAY_MS)?,
            "sessions" => it.sessions = truth(key, value)?,
            "holidays" => it.holidays = dates(key, value)?,
            "balance" => it.balance = balance(key, value)?,
            "ledger" => self.has_ledger = truth(key, value)?,
            _ => {
                let text = format!("the option {key} is unknown; there are: {KNOWN}");
                return Err(Fault::new(E_ARG, text));
            }
        }
        Ok(())
    }
}

fn wrong(key: &str, value: &str, wanted: &str) -> Fault {
    Fault::new(E_ARG, format!("the option {key} is {value:?}; it must be {wanted}"))
}

fn number(key: &str, value: &str, range: RangeInclusive<u64>) -> Done<u64> {
    let is_plain = value.bytes().all(|it| it.is_ascii_digit());
    let number = value.parse().ok().filter(|it| is_plain && range.contains(it));
    let (low, high) = range.into_inner();
    number.ok_or_else(|| wrong(key, value, &format!("a whole number from {low} to {high}")))
}

fn truth(key: &str, value: &str) -> Done<bool> {
    value.parse().map_err(|_| wrong(key, value, "true or false"))
}

/// Dates with commas between them; nothing is none.
fn dates(key: &str, value: &str) -> Done<BTreeSet<jiff::civil::Date>> {
    let parts = value.split(',').map(str::trim).filter(|it| !it.is_empty());
    let dates: Result<_, _> = parts.map(str::parse).collect();
    dates.map_err(|_| wrong(key, value, "dates like 2021-07-26 with commas between them"))
}

fn balance(key: &str, value: &str) -> Done<Money> {
    let max = Money::from_units(1_000_000_000_000);
    let money: Option<Money> = value.parse().ok();
    let money = money.filter(|it| *it >= Money::ZERO && *it <= max);
    money.ok_or_else(|| wrong(key, value, "an amount from 0 to 1000000000000"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(key: &str, value: &str) -> String {
        let fault = Options::read([(key, value)]).unwrap_err();
        assert_eq!(fault.code, E_ARG);
        fault.text
    }

    #[test]
    fn every_setting_of_the_simulator_has_an_option() {
        let options = Options::read([
            ("seed", "7"),
            ("slippage", "2"),
            ("latency_ms", "40"),
            ("reject_one_in", "11"),
            ("slow_one_in", "12"),
            ("slow_ms", "13"),
            ("disconnect_after_ms", "14"),
            ("disconnect_for_ms", "15"),
            ("sessions", "true"),
            ("holidays", "2021-07-27, 2021-07-28"),
            ("balance", "1000.5"),
            ("ledger", "true"),
        ]);
        let Options { settings, has_ledger, .. } = options.unwrap();
        let holiday = |text: &str| text.parse().unwrap();
        let wanted = Settings {
            seed: 7,
            slippage: 2,
            latency: 40_000_000,
            reject_one_in: 11,
            slow_one_in: 12,
            slow: 13_000_000,
            disconnect_after: 14_000_000,
            disconnect_for: 15_000_000,
            sessions: true,
            holidays: BTreeSet::from([holiday("2021-07-27"), holiday("2021-07-28")]),
            balance: "1000.5".parse().unwrap(),
            ..Settings::default()
        };
        assert_eq!((settings, has_ledger), (wanted, true));
        assert_eq!(Options::read([]).unwrap().settings, Settings::default());
    }

    #[test]
    fn what_is_wrong_is_named_with_its_value() {
        assert!(refused("speed", "1").starts_with("the option speed is unknown; there are: seed"));
        let said = r#"the option slippage is "1001"; it must be a whole number from 0 to 1000"#;
        assert_eq!(refused("slippage", "1001"), said);
        for (key, value) in [
            ("seed", "-1"),
            ("seed", "+1"),
            ("seed", ""),
            ("seed", "18446744073709551616"),
            ("latency_ms", "1.5"),
            ("disconnect_for_ms", "0"),
            ("sessions", "yes"),
            ("ledger", "TRUE"),
            ("holidays", "26 July"),
            ("balance", "-1"),
            ("balance", "much"),
            ("balance", "1000000000000.1"),
        ] {
            assert!(refused(key, value).contains(&format!("{value:?}")), "{key} = {value}");
        }
        let twice = Options::read([("seed", "1"), ("seed", "1")]).unwrap_err();
        assert_eq!(twice.text, "the option seed is given twice");
    }
}
