#![allow(clippy::unwrap_used)]

use jiff::civil::date;

use super::*;
use crate::Price;

const ON: Date = date(2021, 7, 26);

fn get(code: &str) -> Result<Instrument, CatalogError> {
    Catalog::built_in().unwrap().instrument(&code.parse().unwrap(), ON)
}

fn codes(on: Date, start: &str) -> Vec<String> {
    let listed = Catalog::built_in().unwrap().front_months(on);
    listed.iter().map(|it| it.code.to_string()).filter(|it| it.starts_with(start)).collect()
}

#[test]
fn the_built_in_catalog_can_be_read() {
    let catalog = Catalog::built_in().unwrap();
    let codes: Vec<String> = catalog.products().map(|it| it.code.to_string()).collect();
    assert_eq!(codes.join(" "), "CAF CBF CCF CDF CEF CFF CHF CKF CZF DHF DVF EXF FXF MXF TXF ZEF");
}

#[test]
fn an_instrument_has_the_terms_of_its_product() {
    let txf = get("TXFH1").unwrap();
    assert_eq!((txf.name.as_str(), txf.month.as_str()), ("臺股期貨", "2021-08"));
    assert_eq!(txf.multiplier, "200".parse().unwrap());
    assert_eq!(txf.last_trading_day, date(2021, 8, 18));
    assert_eq!(txf.last_trading_second, 13 * 3600 + 30 * 60);
    assert_eq!(txf.initial_margin(Price::ZERO).unwrap().to_string(), "184000");
    // 17305 × 200 × 2 / 100000 = 69.22
    let price: Price = "17305".parse().unwrap();
    assert_eq!(txf.tax(price, Quantity::ONE).unwrap().to_string(), "69");

    let tsmc = get("CDFH1").unwrap();
    assert_eq!((tsmc.name.as_str(), tsmc.sessions.night), ("台積電", None));
    let price: Price = "580".parse().unwrap();
    assert_eq!(tsmc.initial_margin(price).unwrap().to_string(), "156600");
    let step = |price: &str| tsmc.ticks.step(price.parse().unwrap()).to_string();
    assert_eq!(
        ["9.99", "10", "50", "100", "500", "999", "1000"].map(step),
        ["0.01", "0.05", "0.1", "0.5", "1", "1", "5"]
    );
}

#[test]
fn a_weekly_is_on_the_terms_of_its_monthly() {
    let weekly = get("MX4G1").unwrap();
    assert_eq!((weekly.product.as_str(), weekly.month.as_str()), ("MX4", "2021-07W4"));
    assert_eq!((weekly.name.as_str(), weekly.multiplier), ("小型臺指", "50".parse().unwrap()));
    assert_eq!(weekly.last_trading_day, date(2021, 7, 28));
    assert_eq!(get("TX1H1").unwrap().multiplier, "200".parse().unwrap());
    assert!(matches!(get("MX5G1"), Err(CatalogError::NoSuchWeek { .. })));
}

#[test]
fn an_instrument_that_is_not_there_is_an_error_of_its_own() {
    assert!(matches!(get("ABFH1"), Err(CatalogError::UnknownProduct { .. })));
    assert!(matches!(get("TXFM1"), Err(CatalogError::Contract(_))));
    assert!(matches!(get("TXFG1"), Err(CatalogError::Expired { .. })));
    let early =
        Catalog::built_in().unwrap().instrument(&"ZEFH1".parse().unwrap(), date(2021, 6, 1));
    assert!(matches!(early, Err(CatalogError::TooEarly { .. })));
}

#[test]
fn a_contract_is_known_to_the_end_of_its_last_day() {
    let catalog = Catalog::built_in().unwrap();
    let code = "TXFH1".parse().unwrap();
    assert!(catalog.instrument(&code, date(2021, 8, 18)).is_ok());
    assert!(catalog.instrument(&code, date(2021, 8, 19)).is_err());
}

#[test]
fn the_exchange_lists_near_months_quarters_and_the_next_weekly() {
    assert_eq!(codes(ON, "TXF"), ["TXFH1", "TXFI1", "TXFJ1", "TXFL1", "TXFC2", "TXFF2"]);
    assert_eq!(codes(ON, "CDF"), ["CDFH1", "CDFI1", "CDFL1", "CDFC2", "CDFF2"]);
    assert_eq!(codes(ON, "MX4"), ["MX4G1"]);
    assert_eq!(codes(ON, "TX4"), [""; 0]);
    // The last day itself, the days after, and the week of the monthly, which has no weekly.
    let near = |day| codes(date(2021, 7, day), "TXF").first().cloned().unwrap();
    assert_eq!([near(21), near(22)], ["TXFG1", "TXFH1"]);
    assert_eq!(
        codes(date(2021, 7, 20), "MX"),
        ["MXFG1", "MXFH1", "MXFI1", "MXFL1", "MXFC2", "MXFF2"]
    );
    assert_eq!(codes(date(2021, 7, 29), "MX1"), ["MX1H1"]);
    assert_eq!(codes(date(2021, 6, 1), "ZEF"), [""; 0]);
}

#[test]
fn everything_listed_is_found_by_its_code() {
    let catalog = Catalog::built_in().unwrap();
    let days = std::iter::successors(Some(date(2021, 1, 4)), |it| it.tomorrow().ok());
    for on in days.take(400) {
        for listed in catalog.front_months(on) {
            assert_eq!(catalog.instrument(&listed.code, on), Ok(listed), "{on}");
        }
    }
}

fn terms(valid_from: &str, change: (&str, &str)) -> String {
    let built_in = include_str!("../../data/taifex.toml");
    let block = built_in.split("[[terms]]").find(|it| it.contains("TXF =")).unwrap();
    let block = block.replace("2017-05-15", valid_from);
    assert!(block.contains(change.0), "{change:?}");
    format!("[[terms]]{}", block.replace(change.0, change.1))
}

#[test]
fn terms_hold_from_their_day_until_later_ones() {
    let mut catalog = Catalog::built_in().unwrap();
    catalog.extend(&terms("2021-08-02", ("initial = 184000", "initial = 190000"))).unwrap();
    let margin = |on: Date, catalog: &Catalog| {
        let it = catalog.instrument(&"TXFH1".parse().unwrap(), on).unwrap();
        it.initial_margin(Price::ZERO).unwrap().to_string()
    };
    assert_eq!(margin(date(2021, 7, 30), &catalog), "184000");
    assert_eq!(margin(date(2021, 8, 2), &catalog), "190000");
    catalog.extend(&terms("2021-08-02", ("initial = 184000", "initial = 191000"))).unwrap();
    assert_eq!(margin(date(2021, 8, 2), &catalog), "191000");
    assert_eq!(margin(date(2021, 7, 30), &catalog), "184000");
    let later = catalog.front_months(date(2021, 8, 2));
    assert_eq!(later.iter().filter(|it| it.code.as_str() == "TXFH1").count(), 1);
}

#[test]
fn an_error_in_a_product_file_names_product_line_field_and_value() {
    for (change, line, reason) in [
        (("multiplier = 200", "multiplier = \"many\""), 5, "decimal"),
        (("multiplier = 200", "multiplier = 0"), 5, "above 0"),
        (("ticks = 1", "ticks = 0"), 6, "step"),
        (("ticks = 1", "ticks = []"), 6, "rise"),
        (("ticks = 1", "ticks = [{ from = 5, step = 1 }]"), 6, "rise"),
        (("maintenance = 141000", "maintenance = 999999"), 7, "initial"),
        (("initial = 184000, ", ""), 7, "initial"),
        (("fee = 40", "fee = -1"), 8, "below 0"),
        (("\"0.00002\"", "\"2\""), 9, "part"),
        (("08:45-13:45", "8:45-13:45"), 10, "session"),
        (("last_trading_time = \"13:30\"", "last_trading_time = \"25:30\""), 12, "time of day"),
        (("lot_step = 1", "lots = 1"), 15, "unknown field"),
        (("price_limit = \"0.1\"", "price_limit = \"0.00000001\""), 16, "six"),
        (("fee = 40\n", ""), 1, "missing field"),
        (("valid_from = 2021-01-01", "valid_from = \"now\""), 3, ""),
        (("currency = \"TWD\"", "currency = TWD"), 4, ""),
    ] {
        let text = terms("2021-01-01", change);
        let mut catalog = Catalog::built_in().unwrap();
        let error = catalog.extend(&text).unwrap_err();
        let CatalogError::File { line: said, products, text, reason: why } = &error else {
            panic!("{error}");
        };
        assert_eq!(*said, line, "{error}");
        assert!(products.contains("TXF"), "{error}");
        assert!(change.1.is_empty() || text.contains(change.1.trim_end()), "{error}");
        assert!(why.contains(reason), "{error}");
        assert_eq!(catalog, Catalog::built_in().unwrap());
    }
}
