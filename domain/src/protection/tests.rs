use super::*;

fn points(count: i64) -> Price {
    Price::from_units(count).unwrap()
}

fn terms(text: &str) -> Terms {
    let mut terms = Terms::default();
    for word in text.split(' ') {
        let (name, value) = word.split_once('=').unwrap();
        match name {
            "tp" => terms.take_profit = Some(value.parse().unwrap()),
            "sl" => terms.stop_loss = Some(value.parse().unwrap()),
            "trail" => terms.trail = Some(value.parse().unwrap()),
            "even" => terms.breakeven = Some(value.parse().unwrap()),
            other => panic!("{other}?"),
        }
    }
    terms
}

/// Plays prices and says what happened: the stop after each, and what fired.
fn play(text: &str, side: Side, base: i64, prices: &[i64]) -> Vec<String> {
    let terms = terms(text);
    let mut levels = Levels::of(&terms, side, points(base));
    let mut told = Vec::new();
    for price in prices {
        match levels.tick(&terms, side, points(*price)) {
            Reaction::None => told.push("-".to_owned()),
            Reaction::Moves(moved) => {
                levels = moved;
                told.push(moved.stop.unwrap().to_string());
            }
            Reaction::Fires(cause) => {
                told.push(cause.word().to_owned());
                break;
            }
        }
    }
    told
}

#[test]
fn a_bracket_fires_at_its_levels_and_not_before() {
    let long = |prices: &[i64]| play("tp=30 sl=15", Side::Buy, 100, prices);
    assert_eq!(long(&[129, 86, 130]), ["-", "-", "take_profit"]);
    assert_eq!(long(&[129, 85]), ["-", "stop_loss"]);
    let short = |prices: &[i64]| play("tp=30 sl=15", Side::Sell, 100, prices);
    assert_eq!(short(&[71, 114, 70]), ["-", "-", "take_profit"]);
    assert_eq!(short(&[115]), ["stop_loss"]);
    assert_eq!(play("tp=@120 sl=@90", Side::Buy, 100, &[119, 90]), ["-", "stop_loss"]);
}

#[test]
fn a_trailing_stop_follows_and_never_goes_back() {
    let long = play("trail=10", Side::Buy, 100, &[101, 99, 105, 104, 95]);
    assert_eq!(long, ["91", "-", "95", "-", "trailing_stop"]);
    let short = play("trail=10", Side::Sell, 100, &[99, 101, 95, 105]);
    assert_eq!(short, ["109", "-", "105", "trailing_stop"]);
    // With a stop of its own it begins at the tighter one.
    assert_eq!(
        play("sl=5 trail=10", Side::Buy, 100, &[104, 106, 96]),
        ["-", "96", "trailing_stop"]
    );
}

#[test]
fn the_stop_goes_to_breakeven_once() {
    let told = play("sl=15 even=12+2", Side::Buy, 100, &[111, 112, 120, 102]);
    assert_eq!(told, ["-", "102", "-", "breakeven"]);
    let told = play("sl=15 even=12", Side::Sell, 100, &[88, 100]);
    assert_eq!(told, ["100", "breakeven"]);
}

#[test]
fn more_fills_move_the_levels_but_no_stop_that_has_moved() {
    let terms = terms("sl=10 trail=10");
    let levels = Levels::of(&terms, Side::Buy, points(100));
    assert_eq!(levels.rebased(&terms, Side::Buy, points(96)).stop, Some(points(86)));
    let Reaction::Moves(moved) = levels.tick(&terms, Side::Buy, points(120)) else { panic!() };
    assert_eq!(moved.rebased(&terms, Side::Buy, points(96)).stop, Some(points(110)));
}

#[test]
fn what_cannot_protect_is_refused_in_words() {
    let step = points(1);
    for (text, says) in [
        ("even=12", "name at least one"),
        ("sl=0", "stop loss: 0 is not above 0"),
        ("tp=-3", "take profit: -3 is not above 0"),
        ("trail=0.5", "trail: 0.5 is not a multiple of the tick 1"),
        ("sl=5 even=3+3", "the offset 3 is not"),
        ("sl=@110 tp=@100", "the stop loss 110 is not on the losing side"),
        ("tp=9000000000", "take profit"),
    ] {
        let error = terms(text).check(Side::Buy, step).unwrap_err().to_string();
        assert!(error.contains(says), "{text}: {error}");
    }
    assert!(terms("sl=@110 tp=@100").check(Side::Sell, step).is_ok());
    assert!(Terms::default().check(Side::Buy, step).is_err());
}

#[test]
fn terms_are_said_as_the_command_language_says_them() {
    let text = "--take-profit 30 --stop-loss @17200 --trail 10 --breakeven 12+2";
    assert_eq!(terms("tp=30 sl=@17200 trail=10 even=12+2").to_string(), text);
    for garbage in ["", "@", "x", "@NaN"] {
        assert!(garbage.parse::<Aim>().is_err(), "{garbage}");
    }
    assert!("12+".parse::<Breakeven>().is_err());
}

/// Seeded: whatever the prices, a stop never goes back, nothing happens outside of what `reach`
/// says, and something happens at every price within.
#[test]
fn the_index_sees_every_reaction_and_a_stop_is_monotone() {
    let mut state = 7_u64;
    let mut roll = |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        i64::try_from(state % below).unwrap()
    };
    for _ in 0..2_000 {
        let side = if roll(2) == 0 { Side::Buy } else { Side::Sell };
        let mut pick = |present: u64| (roll(present) > 0).then(|| points(1 + roll(12)));
        let terms = Terms {
            take_profit: pick(2).map(Aim::Points),
            stop_loss: pick(2).map(Aim::Points),
            trail: pick(2),
            breakeven: pick(2).map(|after| Breakeven { after, offset: Price::ZERO }),
        };
        if terms.check(side, points(1)).is_err() {
            continue;
        }
        let mut levels = Levels::of(&terms, side, points(100));
        let mut price = 100;
        for _ in 0..60 {
            price += roll(7) - 3;
            let reach = levels.reach(&terms, side, true);
            let at = points(price);
            let is_reached =
                reach.down.is_some_and(|it| at <= it) || reach.up.is_some_and(|it| at >= it);
            match levels.tick(&terms, side, at) {
                Reaction::None => assert!(!is_reached, "{terms} {side} {price} {levels:?}"),
                Reaction::Fires(_) => {
                    assert!(is_reached);
                    break;
                }
                Reaction::Moves(moved) => {
                    assert!(is_reached, "{terms} {side} {price} {levels:?}");
                    let (before, after) = (levels.stop, moved.stop.unwrap());
                    assert!(before.is_none_or(|it| it == after || is_better(side, after, it)));
                    levels = moved;
                }
            }
        }
    }
}
