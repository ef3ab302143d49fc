//! What the ladder shows and what its keys ask for.

// A method's path is of one lifetime only, which these calls are not.
#![allow(clippy::redundant_closure_for_method_calls)]

use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::*;
use crate::keys::Keymap;
use crate::look::{Language, Look};
use crate::theme::Theme;
use crate::view::{OrderKind, OrderState, fixture, whole};

fn screen(language: Language) -> Screen {
    let look = Look { theme: Theme::built_in("classic-dark").unwrap(), language };
    let mut screen = Screen::new(look, Keymap::default(), (120, 40));
    screen.item = Some("TXFH1".into());
    screen.focus = Pane::Ladder;
    screen
}

fn shown(screen: &Screen, view: &View, (width, height): (u16, u16)) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| draw(frame, frame.area(), screen, view)).unwrap();
    terminal.backend().to_string()
}

fn watched(language: Language, view: &View) -> Screen {
    let mut screen = screen(language);
    watch(&mut screen, view);
    screen
}

#[test]
fn it_shows_prices_depth_own_orders_levels_and_position() {
    let mut view = fixture::view();
    let stop = crate::view::Order {
        id: "A20".into(),
        kind: OrderKind::Stop,
        stop: Some(whole(17_318)),
        price: None,
        ..view.orders[5].clone()
    };
    view.orders.push(crate::view::Order { side: Side::Buy, ..stop });
    let screen = watched(Language::English, &view);
    insta::assert_snapshot!(shown(&screen, &view, (34, 25)));
    insta::assert_snapshot!(shown(&screen, &view, (33, 12)));
    insta::assert_snapshot!(shown(&screen, &view, (20, 5)));
    insta::assert_snapshot!(shown(&screen, &view, (1, 1)), @r#""┏""#);
}

#[test]
fn it_speaks_chinese_in_the_same_columns() {
    let view = fixture::view();
    let screen = watched(Language::TraditionalChinese, &view);
    insta::assert_snapshot!(shown(&screen, &view, (34, 25)));
    insta::assert_snapshot!(shown(&screen, &view, (20, 5)));
}

#[test]
fn a_feed_of_trades_has_a_ladder_too_and_what_is_stale_or_unknown_is_said() {
    let mut view = fixture::view();
    view.quotes[0].book = None;
    view.quotes[0].is_stale = true;
    view.quotes[0].ticks.clear();
    view.positions.clear();
    let screen = watched(Language::English, &view);
    insta::assert_snapshot!(shown(&screen, &view, (34, 25)));
}

#[test]
fn without_a_price_it_says_what_is_missing() {
    let mut view = fixture::view();
    let mut screen = watched(Language::English, &view);
    screen.item = Some("TXFZ9".into());
    assert!(shown(&screen, &view, (40, 9)).contains("TXFZ9 is not registered"));
    screen.item = None;
    view.quotes.clear();
    assert!(shown(&screen, &view, (40, 9)).contains("no item: 3 registers one"));
}

#[test]
fn limits_of_the_day_are_marked_and_nothing_is_asked_beyond_them() {
    let mut view = fixture::view();
    view.quotes[0].limit_up = Some(whole(17_314));
    let mut screen = watched(Language::English, &view);
    insta::assert_snapshot!(shown(&screen, &view, (34, 14)));
    for price in [17_315, 17_400] {
        let quote = &view.quotes[0];
        screen.ladder.point(whole(price));
        let refused = desk(&screen, &view, quote).limit(Side::Buy, whole(price)).unwrap_err();
        assert!(refused.contains("above the limit up 17,314"), "{refused}");
    }
}

#[test]
fn every_size_in_every_language_is_drawn() {
    let view = fixture::view();
    for language in Language::ALL {
        let mut screen = watched(language, &view);
        update(&mut screen, &view, Act::LadderMarket);
        for item in ["TXFH1", "EXFH1", "CDFH1", "none"] {
            screen.item = Some(item.into());
            for width in (1..=45).step_by(3) {
                for height in [1, 2, 3, 4, 5, 9, 18, 25] {
                    shown(&screen, &view, (width, height));
                }
            }
        }
    }
}

type Ask<'test> = &'test dyn Fn(&Desk<'_>) -> Asked;

fn asked(view: &View, ask: impl Fn(&Desk<'_>) -> Asked) -> (String, String) {
    let mut screen = watched(Language::English, view);
    screen.ladder.add_lots(1);
    let desk = desk(&screen, view, &view.quotes[0]);
    match ask(&desk) {
        Ok(staged) => {
            assert_eq!(staged.item, "TXFH1");
            (staged.line, staged.text)
        }
        Err(text) => (String::new(), text),
    }
}

#[test]
fn every_order_key_asks_for_exactly_what_its_sentence_says() {
    let mut view = fixture::view();
    let cases: [(Ask<'_>, &str, &str); 6] = [
        (
            &|it| it.limit(Side::Buy, whole(17_305)),
            "order buy TXFH1 2 --limit 17305 --tif rod",
            "buy 2 TXFH1 limit 17,305, rest of day",
        ),
        (
            &|it| it.limit(Side::Sell, whole(17_305) + 7),
            "order sell TXFH1 2 --limit 17305 --tif rod",
            "sell 2 TXFH1 limit 17,305, rest of day",
        ),
        (
            &|it| it.far(Side::Buy),
            "order buy TXFH1 2 --limit 17312 --tif rod",
            "buy 2 TXFH1 limit 17,312, rest of day",
        ),
        (
            &|it| it.far(Side::Sell),
            "order sell TXFH1 2 --limit 17311 --tif rod",
            "sell 2 TXFH1 limit 17,311, rest of day",
        ),
        (
            &|it| it.market(Side::Sell),
            "order sell TXFH1 2 --tif ioc",
            "sell 2 TXFH1 at the market (last 17,312), the rest cancelled",
        ),
        (
            &|it| it.stop(Side::Sell, whole(17_300)),
            "order sell TXFH1 2 --stop 17300 --tif rod",
            "sell 2 TXFH1 at the market once 17,300 trades, rest of day",
        ),
    ];
    for (ask, line, text) in cases {
        assert_eq!(asked(&view, ask), (line.to_owned(), text.to_owned()));
    }
    view.quotes[0].book = None;
    let (line, _) = asked(&view, |it| it.far(Side::Buy));
    assert_eq!(line, "order buy TXFH1 2 --limit 17313 --tif rod");
    let (line, _) = asked(&view, |it| it.far(Side::Sell));
    assert_eq!(line, "order sell TXFH1 2 --limit 17311 --tif rod");
}

#[test]
fn flatten_and_reverse_say_what_they_close_and_what_they_leave() {
    let mut view = fixture::view();
    let (line, text) = asked(&view, |it| it.flatten());
    assert_eq!(line, "flatten TXFH1");
    assert_eq!(
        text,
        "flatten TXFH1 in every account: cancel its 3 working orders, close at the market (last \
         17,312): long 1 at 17,300 (SIM-1)"
    );
    let (line, text) = asked(&view, |it| it.reverse());
    assert_eq!(line, "order sell TXFH1 2 --tif ioc --open-close auto");
    assert_eq!(
        text,
        "reverse TXFH1: sell 2 at the market (last 17,312), closes long 1 and opens short 1; 3 \
         working orders stay; conditions keep watching the lots that they opened: c1"
    );
    view.positions[0].long = 0;
    view.positions[0].short = whole(3);
    view.positions[0].short_average = Some(whole(17_309));
    let (line, text) = asked(&view, |it| it.reverse());
    assert_eq!(line, "order buy TXFH1 6 --tif ioc --open-close auto");
    assert!(text.contains("closes short 3 and opens long 3"), "{text}");
    view.positions[0].long = whole(1);
    assert!(asked(&view, |it| it.reverse()).1.contains("flatten first"));
    view.positions.clear();
    assert!(asked(&view, |it| it.reverse()).1.contains("no position"));
    view.orders.clear();
    assert!(asked(&view, |it| it.flatten()).1.contains("no position"));
}

#[test]
fn what_cannot_be_traded_is_refused_in_words() {
    let mut view = fixture::view();
    let refused = |view: &View, ask: Ask<'_>| {
        let (line, text) = asked(view, ask);
        assert_eq!(line, "");
        text
    };
    let text = refused(&view, &|it| it.stop(Side::Buy, whole(17_312)));
    assert!(text.contains("would trade at once"), "{text}");
    let text = refused(&view, &|it| it.stop(Side::Sell, whole(17_311)));
    assert!(text.contains("would trade at once"), "{text}");
    let text = refused(&view, &|it| it.limit(Side::Sell, whole(1)));
    assert!(text.contains("below the limit down"), "{text}");
    view.quotes[0].ticks.clear();
    let all: [Ask<'_>; 5] = [
        &|it| it.limit(Side::Buy, whole(17_300)),
        &|it| it.far(Side::Buy),
        &|it| it.market(Side::Buy),
        &|it| it.stop(Side::Sell, whole(17_300)),
        &|it| it.reverse(),
    ];
    for ask in all {
        assert!(refused(&view, ask).contains("product unknown"));
    }
}

#[test]
fn cancels_name_own_orders_at_the_cursor_or_on_its_side() {
    let mut view = fixture::view();
    let other =
        crate::view::Order { id: "A30".into(), account: "SIM-2".into(), ..view.orders[5].clone() };
    view.orders.push(other);
    let screen = watched(Language::English, &view);
    let desk = desk(&screen, &view, &view.quotes[0]);
    assert_eq!(desk.cancel_at(whole(17_317)).unwrap(), ["cancel A16"]);
    assert_eq!(desk.cancel_at(whole(17_330)).unwrap(), ["cancel A15"]);
    assert!(desk.cancel_at(whole(17_290)).unwrap_err().contains("no own order at 17,290"));
    assert_eq!(desk.cancel_side(whole(17_320)).unwrap(), ["cancel A15", "cancel A16"]);
    assert_eq!(desk.cancel_side(whole(17_300)).unwrap(), ["cancel A17"]);
    view.quotes[0].book = None;
    let desk = super::desk(&screen, &view, &view.quotes[0]);
    assert!(desk.cancel_side(whole(17_312)).unwrap_err().contains("at the market"));
}

#[test]
fn any_other_key_drops_the_market_key() {
    let view = fixture::view();
    for act in [Act::Up, Act::LadderMore, Act::LadderCenter, Act::LadderBuyAsk, Act::LadderBuy] {
        let mut screen = watched(Language::English, &view);
        update(&mut screen, &view, Act::LadderMarket);
        assert!(screen.ladder.is_market_pending(screen.now));
        assert!(shown(&screen, &view, (34, 25)).contains("MARKET 1: b buys, s sells"));
        update(&mut screen, &view, act);
        assert!(!screen.ladder.is_market_pending(screen.now), "{act:?}");
    }
}

#[test]
fn without_a_cursor_no_key_prices_an_order() {
    let mut view = fixture::view();
    let mut screen = watched(Language::English, &view);
    view.quotes[0].last = Some(whole(17_900));
    view.quotes[0].book = None;
    for act in [Act::LadderBuy, Act::LadderSell, Act::LadderCancelHere, Act::LadderCancelSide] {
        assert_eq!(update(&mut screen, &view, act), []);
        assert_eq!(screen.ladder.cursor("TXFH1"), None);
    }
    update(&mut screen, &view, Act::LadderCenter);
    assert_eq!(screen.ladder.cursor("TXFH1"), Some(whole(17_900)));
}

#[test]
fn a_click_while_disarmed_only_moves_the_cursor() {
    let view = fixture::view();
    let mut screen = watched(Language::English, &view);
    let plan = layout(screen.area, &screen);
    let area = plan.panes.iter().find(|it| it.0 == Pane::Ladder).unwrap().1;
    for button in [MouseButton::Left, MouseButton::Right] {
        for (column, price) in [(area.x + 8, 1), (area.right() - 8, 3)] {
            let row = area.y + 2 + price;
            let actions = click(&mut screen, &view, area, (column, row), button);
            assert_eq!((actions, screen.overlays.len()), (Vec::new(), 0));
            let window = screen.ladder.window(&view.quotes[0], 40);
            assert!(window.contains(&screen.ladder.cursor("TXFH1").unwrap()));
        }
    }
    let before = screen.ladder.clone();
    for place in [(0, 0), (area.x, area.y), (u16::MAX, u16::MAX), (area.x, area.bottom())] {
        assert_eq!(click(&mut screen, &view, area, place, MouseButton::Left), []);
    }
    assert_eq!(screen.ladder, before, "beside the rows nothing happens");
}

#[test]
fn armed_keys_and_clicks_leave_as_staged_orders_only() {
    let view = fixture::view();
    let armed = || {
        let mut screen = watched(Language::English, &view);
        safety::arm(&mut screen, &view);
        assert_eq!(screen.safety.level(), Level::Preview);
        screen
    };
    let staged = |screen: &Screen| match screen.overlays.last() {
        Some(crate::overlays::Overlay::Preview(it)) => format!("{it:?}"),
        other => panic!("{other:?}"),
    };
    for (keys, line) in [
        (&[Act::LadderBuy][..], "order buy TXFH1 1 --limit 17312 --tif rod"),
        (&[Act::Down, Act::LadderSell], "order sell TXFH1 1 --limit 17311 --tif rod"),
        (&[Act::LadderMore, Act::LadderSellBid], "order sell TXFH1 2 --limit 17311 --tif rod"),
        (&[Act::LadderMarket, Act::LadderBuy], "order buy TXFH1 1 --tif ioc"),
        (&[Act::LadderMarket, Act::Up, Act::LadderBuy], "order buy TXFH1 1 --limit 17313"),
        (&[Act::LadderFlatten], "flatten TXFH1"),
        (&[Act::LadderReverse], "order sell TXFH1 2 --tif ioc --open-close auto"),
    ] {
        let mut screen = armed();
        for act in keys {
            assert_eq!(update(&mut screen, &view, *act), [], "{act:?}");
        }
        assert!(staged(&screen).contains(line), "{line}: {}", staged(&screen));
    }
    let area = layout(armed().area, &armed()).panes;
    let area = area.iter().find(|it| it.0 == Pane::Ladder).unwrap().1;
    let window = armed().ladder.window(&view.quotes[0], rows(&armed(), &view));
    let at = |price: i64| window.iter().position(|it| *it == whole(price)).unwrap();
    let row = |price| area.y + 2 + u16::try_from(at(price)).unwrap();
    for (column, price, button, line) in [
        (area.x + 9, 17_309, MouseButton::Left, "order buy TXFH1 1 --limit 17309"),
        (area.right() - 10, 17_314, MouseButton::Left, "order sell TXFH1 1 --limit 17314"),
        (area.x + 9, 17_314, MouseButton::Right, "order buy TXFH1 1 --stop 17314"),
        (area.right() - 10, 17_309, MouseButton::Right, "order sell TXFH1 1 --stop 17309"),
    ] {
        let mut screen = armed();
        click(&mut screen, &view, area, (column, row(price)), button);
        assert!(staged(&screen).contains(line), "{line}");
        assert_eq!(screen.ladder.cursor("TXFH1"), Some(whole(price)));
    }
    let mut screen = armed();
    click(&mut screen, &view, area, (area.x + 16, row(17_309)), MouseButton::Left);
    assert!(screen.overlays.is_empty(), "the column of prices only moves the cursor");
}

#[test]
fn cancels_need_no_arming() {
    let view = fixture::view();
    let mut screen = watched(Language::English, &view);
    for _ in 0..5 {
        update(&mut screen, &view, Act::Up);
    }
    let actions = update(&mut screen, &view, Act::LadderCancelHere);
    let asks = screen.overlays.len() == 1;
    let cancels =
        |it: &Action| matches!(it, Action::Perform { lines, .. } if lines == &["cancel A16"]);
    assert!(asks || actions.iter().any(cancels), "{actions:?}");
    let mut screen = watched(Language::English, &view);
    update(&mut screen, &view, Act::Up);
    assert_eq!(update(&mut screen, &view, Act::LadderCancelSide), [], "two: it asks first");
    assert_eq!(screen.overlays.len(), 1);
}

#[test]
fn orders_that_wait_for_an_answer_are_marked() {
    let mut view = fixture::view();
    view.orders[5].state = OrderState::PendingCancel;
    view.quotes[0].last = Some(whole(17_320));
    view.quotes[0].book = None;
    let screen = watched(Language::English, &view);
    let text = shown(&screen, &view, (34, 40));
    let waits = format!("S1{}", screen.look.glyph(crate::theme::Glyph::Wait));
    assert!(text.contains(&waits) && text.contains("S1?"), "{text}");
}
