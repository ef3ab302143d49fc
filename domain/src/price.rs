//! Exact prices.

use crate::decimal::decimal;

decimal! {
    /// An exact price or a distance between prices: a count of 1e-9 of a point, within ±9.2e9.
    Price
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_exactly_what_it_holds() {
        for text in ["17850", "99.9", "-0.05", "0", "0.000000001", "-9223372036.854775808"] {
            assert_eq!(text.parse::<Price>().unwrap().to_string(), text);
        }
        assert_eq!("-.01".parse::<Price>().unwrap().to_string(), "-0.01");
        assert_eq!(
            format!("{:>8}|{:<8}|", Price::from_raw(5), Price::ZERO),
            "0.000000005|0       |"
        );
    }

    #[test]
    fn garbage_is_refused_and_never_zero() {
        let garbage =
            ["", "-", ".", "1.", "abc", "1e5", "0x10", " 1", "1 ", "NaN", "inf", "1.2.3", "--1"];
        for text in garbage {
            assert!(text.parse::<Price>().is_err(), "{text:?} was taken");
        }
        assert!(matches!("0.0000000001".parse::<Price>(), Err(crate::DecimalError::TooFine(_))));
        assert!(matches!("9223372037".parse::<Price>(), Err(crate::DecimalError::TooLarge(_))));
        assert!("99999999999999999999999999999999999999999".parse::<Price>().is_err());
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300] {
            assert!(Price::from_f64(value).is_err(), "{value} was taken");
        }
    }

    #[test]
    fn a_float_becomes_the_decimal_that_was_meant() {
        for (value, text) in [(17_850.0, "17850"), (1023.05, "1023.05"), (0.1 + 0.2, "0.3")] {
            assert_eq!(Price::from_f64(value).unwrap().to_string(), text);
        }
    }

    #[test]
    fn people_read_text_and_machines_read_counts() {
        let price: Price = "17305.5".parse().unwrap();
        assert_eq!(serde_json::to_string(&price).unwrap(), r#""17305.5""#);
        for text in [r#""17305.5""#, "17305.5"] {
            assert_eq!(serde_json::from_str::<Price>(text).unwrap(), price);
        }
        assert!(serde_json::from_str::<Price>("true").is_err());
        assert!(serde_json::from_str::<Price>("1e40").is_err());
    }
}
