use super::*;
use crate::plugin::tests::demo_instrument;

const ONE: i64 = 1_000_000_000;

fn example() -> abi::Instrument {
    told(&demo_instrument()).unwrap()
}

#[test]
fn an_instrument_of_ours_comes_back_as_it_was() {
    assert_eq!(read(&example()), Ok(demo_instrument()));
    let rate = Margin::Rate { initial: 135_000, maintenance: 103_500 };
    let bands = vec![
        Band { from: Price::ZERO, step: Price::from_raw(10_000_000) },
        Band { from: Price::from_units(10).unwrap(), step: Price::from_raw(50_000_000) },
    ];
    let share = Instrument {
        margin: rate,
        ticks: TickTable::new(bands).unwrap(),
        sessions: Sessions { night: None, ..demo_instrument().sessions },
        price_limit: None,
        market_order_max: Quantity::from_raw(i64::MAX),
        last_trading_day: NEVER,
        last_trading_second: DAY_END,
        ..demo_instrument()
    };
    let crossed = told(&share).unwrap();
    assert_eq!((crossed.ticks_n, crossed.tick_e9[1], crossed.tick_e9[2]), (2, 50_000_000, ABSENT));
    assert_eq!((crossed.market_order_max_e9, crossed.last_trading_day), (ABSENT, 0));
    assert_eq!(read(&crossed), Ok(share));
}

#[test]
fn every_field_crosses_in_its_unit() {
    let told = example();
    assert_eq!((told.kind, told.multiplier_e9, told.fee_e9), (1, 50 * ONE, 20 * ONE));
    assert_eq!(
        (told.margin_initial_e9, told.margin_maintenance_e9),
        (184_000 * ONE, 141_000 * ONE)
    );
    assert_eq!((told.margin_initial_ppm, told.tax_ppb, told.price_limit_ppm), (0, 20_000, 100_000));
    assert_eq!((told.last_trading_day, told.last_trading_second), (20_210_818, 48_600));
    assert_eq!(
        (told.day_opens_s, told.night_closes_s, told.utc_offset_s),
        (31_500, 18_000, 28_800)
    );
    assert_eq!((told.limit_order_max_e9, told.lot_step_e9), (100 * ONE, ONE));
    assert_eq!((told.reference_e9, told.upper_e9, told.lower_e9), (ABSENT, ABSENT, ABSENT));
    let texts = [names::text(&told.symbol), names::text(&told.month), names::text(&told.currency)];
    assert_eq!(texts, ["DEMO", "2021-08", "TWD"]);
}

#[test]
fn what_a_venue_does_not_say_refuses_nothing() {
    let told = abi::Instrument {
        margin_initial_e9: ABSENT,
        margin_maintenance_e9: ABSENT,
        fee_e9: ABSENT,
        limit_order_max_e9: ABSENT,
        price_limit_ppm: 0,
        last_trading_day: 0,
        last_trading_second: 0,
        day_opens_s: NO_TIME,
        night_opens_s: NO_TIME,
        product: [0; 40],
        name: [0; 96],
        month: [0; 16],
        ..example()
    };
    let expected = Instrument {
        margin: Margin::Rate { initial: 0, maintenance: 0 },
        fee: Money::ZERO,
        limit_order_max: Quantity::from_raw(i64::MAX),
        price_limit: None,
        last_trading_day: NEVER,
        last_trading_second: DAY_END,
        sessions: Sessions { day: WHOLE_DAY, night: None },
        name: "DEMO".to_owned(),
        month: String::new(),
        ..demo_instrument()
    };
    assert_eq!(read(&told), Ok(expected));
}

#[test]
fn a_margin_is_an_amount_or_a_rate() {
    let with = |initial: i64, maintenance: i64, ppm: (u32, u32)| {
        let (margin_initial_ppm, margin_maintenance_ppm) = ppm;
        let told = abi::Instrument {
            margin_initial_e9: initial,
            margin_maintenance_e9: maintenance,
            margin_initial_ppm,
            margin_maintenance_ppm,
            ..example()
        };
        read(&told).unwrap().margin
    };
    let fixed = |initial: i64, maintenance: i64| Margin::Fixed {
        initial: Money::from_units(initial),
        maintenance: Money::from_units(maintenance),
    };
    assert_eq!(with(5 * ONE, 3 * ONE, (0, 0)), fixed(5, 3));
    assert_eq!(with(5 * ONE, ABSENT, (0, 7)), fixed(5, 5));
    assert_eq!(with(0, 0, (0, 0)), fixed(0, 0));
    let rate = |initial, maintenance| Margin::Rate { initial, maintenance };
    assert_eq!(with(ABSENT, ABSENT, (9, 7)), rate(9, 7));
    assert_eq!(with(ABSENT, 3 * ONE, (9, 0)), rate(9, 9));
}

#[test]
fn an_end_without_a_time_of_day_is_the_end_of_that_day() {
    for (second, ends) in [(0, DAY_END), (1, 1), (86_399, 86_399), (86_400, DAY_END)] {
        let told = abi::Instrument { last_trading_second: second, ..example() };
        assert_eq!(read(&told).unwrap().last_trading_second, ends);
    }
}

#[test]
fn an_instrument_that_no_order_can_be_checked_by_is_refused_with_the_value() {
    let ticks_n = |ticks_n| abi::Instrument { ticks_n, ..example() };
    let mut falling = ticks_n(2);
    (falling.tick_from_e9[1], falling.tick_e9[1]) = (-ONE, ONE);
    let mut long = example();
    abi::put_name(&mut long.symbol, &"X".repeat(40)).unwrap();
    for (told, why) in [
        (long, "is longer than 32 bytes"),
        (ticks_n(0), "its tick table of 0 bands must rise from 0 or below"),
        (ticks_n(2), "its tick table of 2 bands"),
        (ticks_n(9), "its tick table of 9 bands"),
        (falling, "its tick table of 2 bands"),
        (abi::Instrument { multiplier_e9: ABSENT, ..example() }, "its multiplier is missing"),
        (abi::Instrument { multiplier_e9: 0, ..example() }, "its multiplier 0 is not above 0"),
        (abi::Instrument { lot_step_e9: -ONE, ..example() }, "its lot step -1 is not above 0"),
        (abi::Instrument { limit_order_max_e9: 0, ..example() }, "its largest limit order 0"),
        (
            abi::Instrument { last_trading_day: 20_211_301, ..example() },
            "its last trading day 20211301 is no date",
        ),
    ] {
        let said = read(&told).unwrap_err();
        assert!(said.contains(why), "{said}");
    }
}

#[test]
fn what_does_not_fit_is_not_listed() {
    let long = Instrument { month: "x".repeat(16), ..demo_instrument() };
    assert!(told(&long).unwrap_err().contains("is longer than the 15 bytes that fit"));
    let dear = Instrument { fee: "9300000000".parse().unwrap(), ..demo_instrument() };
    assert_eq!(told(&dear).unwrap_err(), "the fee 9300000000 is beyond 9.2e9");
    let bands = (0..9).map(|it| Band { from: Price::from_raw(it), step: Price::from_raw(1) });
    let many = Instrument { ticks: TickTable::new(bands.collect()).unwrap(), ..demo_instrument() };
    assert_eq!(told(&many).unwrap_err(), "the tick table of DEMO has 9 bands, and 8 fit");
}
