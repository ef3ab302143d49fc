//! Market data.

use aftm_plugin_host::Market;
use aftm_plugin_host::abi::{ABSENT, CHANNEL_QUOTE, CONN_UP, E_INSTRUMENT, Symbol, name, put_name};

use crate::desk::{Desk, ONE, refused, trading};

fn symbol(text: &str) -> Symbol {
    let mut symbol = Symbol { exchange: [0; 16], symbol: [0; 64] };
    put_name(&mut symbol.symbol, text).unwrap();
    symbol
}

impl Desk {
    /// Asks for an instrument, and waits for its first book.
    #[track_caller]
    pub(crate) fn subscribed(&mut self, text: &str) {
        let request = self.session.subscribe(&[symbol(text)], true).unwrap();
        self.answered(request).unwrap();
        self.until("a book", |it| {
            it.market.iter().any(|it| matches!(it, Market::Book(_))).then_some(())
        });
    }
}

#[test]
fn a_snapshot_is_a_tick_and_a_book_of_five_levels() {
    let folder = tempfile::tempdir().unwrap();
    let mut desk = Desk::ready(&folder);
    desk.subscribed("rb2510");
    let [Market::Tick(tick), Market::Book(book)] = &desk.market[..] else {
        panic!("{:?}", desk.market)
    };
    assert_eq!((name(&tick.exchange), name(&tick.symbol)), (Some("SHFE"), Some("rb2510")));
    assert_eq!((tick.price_e9, tick.qty_e9), (3_200 * ONE, ABSENT), "nobody knows how much");
    assert_eq!((tick.bid_e9, tick.ask_e9, tick.ask_qty_e9), (3_199 * ONE, 3_200 * ONE, 10 * ONE));
    assert_eq!((tick.open_e9, tick.upper_e9), (ABSENT, 3_500 * ONE));
    assert_eq!(book.bid_e9, [3_199, 3_198, 3_197, 3_196, 3_195].map(|it| it * ONE));
    assert_eq!(book.ask_e9[4], 3_204 * ONE);
    assert_eq!(book.bid_qty_e9, [10 * ONE; 5]);
    desk.market.clear();
    desk.sent(&trading(1, ""));
    let tick = desk.until("a trade", |it| {
        it.market.iter().find_map(|it| match it {
            Market::Tick(tick) => Some(*tick),
            Market::Book(_) => None,
        })
    });
    assert_eq!((tick.qty_e9, tick.volume_e9), (2 * ONE, 102 * ONE));
    desk.close();
}

#[test]
fn only_what_the_venue_lists_can_be_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let mut desk = Desk::ready(&folder);
    desk.until("market data", |it| {
        it.connections(CHANNEL_QUOTE).iter().any(|it| it.0 == CONN_UP).then_some(())
    });
    let (code, said) = refused(desk.session.subscribe(&[symbol("zz9999")], true));
    assert_eq!(code, E_INSTRUMENT);
    assert!(said.starts_with("the venue lists no instrument zz9999"), "{said}");
    let request = desk.session.subscribe(&[], true).unwrap();
    desk.answered(request).unwrap();
    let request = desk.session.subscribe(&[symbol("rb2510")], false).unwrap();
    desk.answered(request).unwrap();
    desk.close();
}
