//! Contract codes: a product and its delivery month, read from codes and written as codes.
//!
//! Owns the spelling alone: `TXFH1`, and the exchange's `TX 202108` in its daily file. Knows
//! nothing of last trading days or of which products exist. Refuses what it cannot read whole, and
//! a year that one digit cannot tell.

use std::fmt;

use jiff::civil::Date;

use crate::Code;

/// Why a text is not a contract.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContractError {
    /// Not of the form of a code.
    #[error(
        "{text:?} is not a contract code: {reason}; codes are written like TXFH1 (TXF, August)"
    )]
    Code {
        /// What was said.
        text: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// Not a delivery month.
    #[error(
        "{text:?} is not a delivery month: {reason}; months are written like 202108 or 202107W4"
    )]
    Month {
        /// What was said.
        text: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A month whose code would be read as one of another decade.
    #[error("the month {delivery} cannot be told by its last digit on {on}, which reads years {} to {}", on.year() - 1, on.year() + 8)]
    Decade {
        /// The month.
        delivery: Delivery,
        /// The day on which it was to be read.
        on: Date,
    },
}

/// The month letters, January first.
const LETTERS: &[u8; 12] = b"ABCDEFGHIJKL";

/// The exchange's short product names, and the products of their codes.
const PRODUCTS: [(&str, &str); 4] = [("TX", "TXF"), ("MTX", "MXF"), ("TE", "EXF"), ("TF", "FXF")];

/// The exchange's short names of products with weeklies, and what their weekly products start with.
const WEEKLIES: [(&str, &str); 2] = [("TX", "TX"), ("MTX", "MX")];

/// The weeks that weeklies have; the third belongs to the monthly contract.
const WEEKS: [u8; 4] = [1, 2, 4, 5];

/// When a contract delivers: a month, or a week of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Delivery {
    /// The year, all its digits.
    pub year: i16,
    /// The month, from 1.
    pub month: i8,
    /// Which Wednesday of the month a weekly ends on: 1, 2, 4 or 5.
    pub week: Option<u8>,
}

impl Delivery {
    /// From the exchange's text: `202108`, or `202107W4` for a weekly.
    pub fn from_taifex(text: &str) -> Result<Delivery, ContractError> {
        let error = |reason| ContractError::Month { text: text.to_owned(), reason };
        let (month, week) = match text.split_once('W') {
            None => (text, None),
            Some((month, week)) => {
                let week = week.parse().ok().filter(|it| week.len() == 1 && WEEKS.contains(it));
                (month, Some(week.ok_or_else(|| error("weeks are W1, W2, W4 and W5"))?))
            }
        };
        if month.len() != 6 || !month.bytes().all(|it| it.is_ascii_digit()) {
            return Err(error("it is not six digits"));
        }
        let number: u32 = month.parse().map_err(|_| error("it is not six digits"))?;
        let year = i16::try_from(number / 100).map_err(|_| error("the year is out of range"))?;
        let month = i8::try_from(number % 100).map_err(|_| error("the month is out of range"))?;
        if !(1..=12).contains(&month) {
            return Err(error("the month is not 01 to 12"));
        }
        Ok(Delivery { year, month, week })
    }

    /// Whether the last digit of its year tells it on that day: its year lies from the year before
    /// that day's to eight years after.
    pub fn is_told_on(self, on: Date) -> bool {
        (on.year() - 1..=on.year() + 8).contains(&self.year)
    }

    fn suffix(self) -> [u8; 2] {
        let letter = usize::try_from(self.month - 1).ok().and_then(|it| LETTERS.get(it));
        let digit = u8::try_from(self.year.rem_euclid(10)).unwrap_or_default();
        [letter.copied().unwrap_or(b'A'), b'0' + digit]
    }
}

impl fmt::Display for Delivery {
    /// `2021-08`, or `2021-07W4`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:02}", self.year, self.month)?;
        self.week.map_or(Ok(()), |week| write!(f, "W{week}"))
    }
}

/// A product and when it delivers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Contract {
    /// The product as its codes have it: `TXF`, and `MX4` for the weekly of the fourth week.
    pub product: Code,
    /// When it delivers.
    pub delivery: Delivery,
}

impl Contract {
    /// Reads `TXFH1` on a day. The product is all but the last two characters; of the years that
    /// end in the last digit, the one from the year before that day's to eight years after. So an
    /// old contract is known for at least the rest of the year after its own, and the longest
    /// listed ones years ahead.
    pub fn parse(code: &Code, on: Date) -> Result<Contract, ContractError> {
        let text = code.as_str();
        let error = |reason| ContractError::Code { text: text.to_owned(), reason };
        let Some((product, &[letter, digit])) = text.as_bytes().split_last_chunk::<2>() else {
            return Err(error("it is too short"));
        };
        let month = LETTERS.iter().position(|it| *it == letter);
        let month = month.ok_or_else(|| error("its last letter is not a month, A to L"))?;
        if !digit.is_ascii_digit() {
            return Err(error("its last character is not the last digit of a year"));
        }
        let product = str::from_utf8(product).map_err(|_| error("its product is not ASCII"))?;
        let product = read_product(product).ok_or_else(|| {
            error("its product is not two to ten capital letters and digits, a letter first")
        })?;
        let first = on.year() - 1;
        let ahead = (i16::from(digit - b'0') - first).rem_euclid(10);
        let month = i8::try_from(month + 1).map_err(|_| error("its month is out of range"))?;
        let week = weekly(product.as_str()).map(|(_, week)| week);
        Ok(Contract { product, delivery: Delivery { year: first + ahead, month, week } })
    }

    /// From the product and month of the exchange's daily file, without padding: `TX` and `202108`
    /// are TXFH1, `MTX` and `202107W4` are MX4G1, a product without a short name is itself.
    pub fn from_taifex(product: &str, month: &str) -> Result<Contract, ContractError> {
        let delivery = Delivery::from_taifex(month)?;
        let known = match delivery.week {
            None => {
                let long = PRODUCTS.iter().find(|(short, _)| *short == product);
                read_product(long.map_or(product, |(_, long)| long))
            }
            Some(week) => {
                let Some((_, root)) = WEEKLIES.iter().find(|(short, _)| *short == product) else {
                    let reason = "its product has no weeklies";
                    return Err(ContractError::Month { text: month.to_owned(), reason });
                };
                read_product(&format!("{root}{week}"))
            }
        };
        let reason = "its product is not two to ten capital letters and digits, a letter first";
        let product =
            known.ok_or_else(|| ContractError::Code { text: product.to_owned(), reason })?;
        Ok(Contract { product, delivery })
    }

    /// Its code, to be read on that day; an error where the last digit would tell another year.
    pub fn code(&self, on: Date) -> Result<Code, ContractError> {
        if !self.delivery.is_told_on(on) {
            return Err(ContractError::Decade { delivery: self.delivery, on });
        }
        let [letter, digit] = self.delivery.suffix().map(char::from);
        let text = format!("{}{letter}{digit}", self.product);
        Code::try_from(text.as_str())
            .map_err(|_| ContractError::Code { text, reason: "it is too long" })
    }
}

fn read_product(text: &str) -> Option<Code> {
    let is_sound = text.bytes().all(|it| it.is_ascii_uppercase() || it.is_ascii_digit())
        && text.starts_with(|first: char| first.is_ascii_uppercase())
        && (2..=10).contains(&text.len());
    Code::try_from(text).ok().filter(|_| is_sound)
}

/// What a weekly product starts with, and its week: `MX4` is `MX` and 4. `None` for other products,
/// such as KB1 and T5F, which have digits of their own.
pub fn weekly(product: &str) -> Option<(&'static str, u8)> {
    WEEKLIES.iter().find_map(|(_, root)| {
        let week = product.strip_prefix(root)?;
        let week = WEEKS.into_iter().find(|it| week.len() == 1 && week.parse() == Ok(*it))?;
        Some((*root, week))
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[allow(clippy::unwrap_used)]
    fn read(code: &str, on: Date) -> (String, String) {
        let contract = Contract::parse(&code.parse().unwrap(), on).unwrap();
        assert_eq!(contract.code(on).unwrap().as_str(), code);
        (contract.product.to_string(), contract.delivery.to_string())
    }

    #[test]
    fn a_code_is_a_product_a_month_and_a_digit() {
        let on = date(2021, 7, 26);
        for (code, product, month) in [
            ("TXFH1", "TXF", "2021-08"),
            ("TXFA2", "TXF", "2022-01"),
            ("TXFL1", "TXF", "2021-12"),
            ("KB1H1", "KB1", "2021-08"),
            ("T5FI1", "T5F", "2021-09"),
            ("MX4G1", "MX4", "2021-07W4"),
            ("TX1G1", "TX1", "2021-07W1"),
            ("MX3G1", "MX3", "2021-07"),
        ] {
            assert_eq!(read(code, on), (product.into(), month.into()));
        }
    }

    #[test]
    fn the_year_is_the_one_from_last_year_to_eight_years_on() {
        for (code, on, month) in [
            ("TXFA0", date(2029, 12, 31), "2030-01"),
            ("TXFL9", date(2029, 12, 31), "2029-12"),
            ("TXFL9", date(2030, 1, 2), "2029-12"),
            ("TXFL9", date(2021, 7, 26), "2029-12"),
            ("TXFL0", date(2021, 1, 4), "2020-12"),
            ("TXFF5", date(2025, 6, 17), "2025-06"),
            ("TXFA8", date(2029, 1, 2), "2028-01"),
            ("TXFA7", date(2029, 1, 2), "2037-01"),
        ] {
            assert_eq!(read(code, on).1, month, "{code} on {on}");
        }
    }

    #[test]
    fn every_month_of_the_window_comes_back_from_its_code() {
        for year in 2019..=2041_i16 {
            let on = date(year, 7, 1);
            for (ahead, month) in (-1..=8_i16).flat_map(|it| (1..=12_i8).map(move |m| (it, m))) {
                let delivery = Delivery { year: year + ahead, month, week: None };
                let contract = Contract { product: "TXF".parse().unwrap(), delivery };
                let code = contract.code(on).unwrap();
                assert_eq!(Contract::parse(&code, on), Ok(contract), "{code} on {on}");
            }
        }
    }

    #[test]
    fn the_exchange_s_short_names_become_codes() {
        let on = date(2021, 7, 26);
        for (product, month, code) in [
            ("TX", "202108", "TXFH1"),
            ("MTX", "202108", "MXFH1"),
            ("TE", "202112", "EXFL1"),
            ("TF", "202203", "FXFC2"),
            ("ZEF", "202108", "ZEFH1"),
            ("KB1", "202108", "KB1H1"),
            ("MTX", "202107W4", "MX4G1"),
            ("TX", "202107W1", "TX1G1"),
        ] {
            let contract = Contract::from_taifex(product, month).unwrap();
            assert_eq!(contract.code(on).unwrap().as_str(), code);
        }
    }

    #[test]
    fn garbage_is_an_error_that_names_the_value() {
        let on = date(2021, 7, 26);
        for text in ["H1", "TXFM1", "TXFHA", "txfh1", "TXFh1", "XH1", "1XFH1", "T.FH1", "TXF-H1"] {
            let error = Contract::parse(&text.parse().unwrap(), on).unwrap_err();
            assert!(error.to_string().contains(text), "{error}");
        }
        for month in [
            "",
            "2021",
            "202113",
            "202100",
            "2021-8",
            "202107W3",
            "202107W6",
            "202107W",
            "202107W44",
        ] {
            let error = Contract::from_taifex("MTX", month).unwrap_err();
            assert!(error.to_string().contains(&format!("{month:?}")), "{error}");
        }
        assert!(Contract::from_taifex("CDF", "202107W4").is_err());
        assert!(Contract::from_taifex("", "202107").is_err());
        assert!(Contract::from_taifex("TX 2", "202107").is_err());
        let stale = Contract::from_taifex("TX", "201908").unwrap();
        assert!(stale.code(on).unwrap_err().to_string().contains("2019-08"));
    }
}
