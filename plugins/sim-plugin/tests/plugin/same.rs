//! The loaded exchange and the one that is called directly tell the same, call by call.

use aftm_domain::order::Status;
use aftm_domain::{AccountId, Book, OrderId, Price, Quantity, Tick};
use aftm_plugin_host::abi::*;
use aftm_plugin_host::{Opening, What};
use aftm_sim::{Settings, Sim};

use crate::direct::{books, heard, heard_books, known, refused, refused_call, said};
use crate::loaded::{Loaded, cancel, request, told_instrument};
use crate::script::{Act, Trader, instrument, walk};

/// Both of them, with the same settings, side by side.
struct Both {
    direct: Sim,
    loaded: Loaded,
    told: u64,
    _folder: tempfile::TempDir,
}

impl Both {
    fn new(settings: Settings, options: &[(&str, &str)]) -> Both {
        let folder = tempfile::tempdir().unwrap();
        let pair = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        let opening = Opening {
            options: options.iter().map(pair).collect(),
            // A host that counts fills hears the same of every day, so every other one is its.
            counts_fills: settings.seed.is_multiple_of(2),
            ..Opening::new(folder.path().to_owned())
        };
        let (mut direct, mut loaded) = (Sim::new(settings), Loaded::opened(&opening).unwrap());
        direct.list(instrument());
        loaded.session.list_instrument(&told_instrument(&instrument())).unwrap();
        direct.login(&"demo".parse().unwrap(), None).unwrap();
        loaded.log_in(None);
        Both { direct, loaded, told: 0, _folder: folder }
    }

    #[track_caller]
    fn compare(&mut self, direct: &[String], loaded: &[String], what: &dyn std::fmt::Debug) {
        self.told += u64::try_from(direct.len()).unwrap();
        assert_eq!(direct, loaded, "\nafter {what:?}");
        let due = self.direct.due().map(|it| it.0).filter(|it| *it != ABSENT);
        assert_eq!(due, self.loaded.session.due().unwrap(), "due after {what:?}");
    }

    fn heard(&mut self) -> Vec<String> {
        self.loaded.take().iter().flat_map(heard).collect()
    }

    fn feed(&mut self, tick: &Tick, book: Option<&Book>) {
        let mut news = Vec::new();
        self.direct.tick(tick, book, &mut news);
        let loaded: Vec<_> = self.loaded.feed(tick, book).iter().flat_map(heard).collect();
        self.compare(&news.iter().map(said).collect::<Vec<_>>(), &loaded, tick);
    }

    fn act(&mut self, act: &Act, trader: &mut Trader) {
        let mut news = Vec::new();
        let (direct, loaded) = match act {
            Act::Place(id, ticket) => {
                let direct = self.direct.place(OrderId(*id), ticket, &mut news);
                if direct.is_ok() {
                    trader.sent.push(*id);
                }
                (direct, self.loaded.session.send(&request(*id, ticket)))
            }
            Act::Cancel(id) => (
                self.direct.cancel(OrderId(*id), &mut news),
                self.loaded.session.cancel(&cancel(*id)),
            ),
            Act::Amend(id, quantity, price) => {
                let amend = AmendRequest {
                    client_order_id: *id,
                    qty_e9: quantity.map_or(ABSENT, Quantity::raw),
                    price_e9: price.map_or(ABSENT, Price::raw),
                    ..AmendRequest::blank()
                };
                let direct = self.direct.amend(OrderId(*id), *quantity, *price, &mut news);
                (direct, self.loaded.session.amend(&amend))
            }
            Act::Inquire(id) => return self.inquire(*id),
        };
        let mut direct: Vec<_> = direct.err().iter().map(refused).collect();
        let mut loaded: Vec<_> = loaded.err().iter().map(refused_call).collect();
        direct.extend(news.iter().map(said));
        loaded.extend(self.heard());
        self.compare(&direct, &loaded, act);
    }

    fn inquire(&mut self, id: u64) {
        let mut news = Vec::new();
        let Ok(direct) = self.direct.inquire(OrderId(id), &mut news) else {
            let query = Query { what: QUERY_ORDERS, client_order_id: id, ..Query::blank() };
            return assert!(self.loaded.session.query(&query).is_err());
        };
        let direct: Vec<_> = news.iter().map(said).chain([known(direct)]).collect();
        let query = Query { what: QUERY_ORDERS, client_order_id: id, ..Query::blank() };
        let (rows, before) = self.loaded.list(&query);
        let row = rows.first().map_or("unknown".to_owned(), |it| match &it.what {
            What::Order(it) => format!("state {} with {} filled", it.state, it.filled_e9),
            other => panic!("{other:?}"),
        });
        let loaded: Vec<_> = before.iter().flat_map(heard).chain([row]).collect();
        self.compare(&direct, &loaded, &("inquire", id));
    }

    /// Everything is told that is under way, and the money is the same.
    fn end(&mut self) {
        let mut news = Vec::new();
        self.direct.settle(&mut news);
        self.loaded.session.settle().unwrap();
        let loaded = self.heard();
        self.compare(&news.iter().map(said).collect::<Vec<_>>(), &loaded, &"settle");
        let accounts: Vec<AccountId> = self.direct.accounts().to_vec();
        for id in accounts {
            let mut query = Query { what: QUERY_ACCOUNTS, ..Query::blank() };
            put_name(&mut query.account, id.as_str()).unwrap();
            let (account, _) = self.loaded.list(&query);
            let (positions, _) = self.loaded.list(&Query { what: QUERY_POSITIONS, ..query });
            assert_eq!(books(&self.direct, &id), heard_books(&account[0], &positions));
        }
    }
}

/// Trades a market with both, and holds that they agree; how much was told.
pub(crate) fn check<'market>(
    settings: Settings,
    options: &[(&str, &str)],
    market: impl IntoIterator<Item = &'market (Tick, Option<Book>)>,
    one_in: i64,
) -> u64 {
    let seed = settings.seed;
    let (mut both, mut trader) = (Both::new(settings, options), Trader::new(seed));
    for (tick, book) in market {
        both.feed(tick, book.as_ref());
        while let Some(act) = trader.act(tick.price, one_in) {
            both.act(&act, &mut trader);
        }
    }
    both.end();
    let orders = both.loaded.orders(0);
    assert_eq!(orders.len(), trader.sent.len());
    for order in orders {
        let direct = both.direct.inquire(OrderId(order.client_order_id), &mut Vec::new());
        let status = direct.unwrap().unwrap().status;
        assert_ne!(status, Status::PendingNew, "all has been settled");
    }
    both.told
}

#[test]
fn a_calm_day_is_the_same() {
    let settings = Settings { seed: 3, ..Settings::default() };
    let told = check(settings, &[("seed", "3")], &walk(3, 3_000, false), 3);
    assert!(told > 1_500, "{told}");
}

#[test]
fn a_day_with_books_is_the_same() {
    let settings = Settings { seed: 4, ..Settings::default() };
    check(settings, &[("seed", "4")], &walk(4, 3_000, true), 3);
}

#[test]
fn a_day_with_every_rehearsal_is_the_same() {
    for seed in 5..9 {
        let text = seed.to_string();
        let settings = Settings {
            seed,
            slippage: 2,
            latency: 700_000_000,
            reject_one_in: 9,
            slow_one_in: 7,
            slow: 5_000_000_000,
            disconnect_after: 60_000_000_000,
            disconnect_for: 9_000_000_000,
            sessions: true,
            balance: aftm_domain::Money::from_units(900_000),
            ..Settings::default()
        };
        let options = [
            ("seed", &*text),
            ("slippage", "2"),
            ("latency_ms", "700"),
            ("reject_one_in", "9"),
            ("slow_one_in", "7"),
            ("slow_ms", "5000"),
            ("disconnect_after_ms", "60000"),
            ("disconnect_for_ms", "9000"),
            ("sessions", "true"),
            ("balance", "900000"),
        ];
        let told = check(settings.clone(), &options, &walk(seed, 2_000, seed % 2 == 0), 3);
        assert!(told > 1_000, "{told}");
        // A ledger changes nothing of what is told.
        let kept = [options.as_slice(), &[("ledger", "true")]].concat();
        assert_eq!(check(settings, &kept, &walk(seed, 2_000, seed % 2 == 0), 3), told);
    }
}
