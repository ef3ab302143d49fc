//! The exchange behind the counter that is played: three instruments, a market that never moves, and
//! one account that holds two older lots of the first.
//!
//! A limit order that reaches the other side is filled in full at its best price, and what does not
//! rests. The remark of an order says what goes wrong with it:
//!
//! | Remark | What happens |
//! |---|---|
//! | `answer` | refused by the answer to the request alone |
//! | `both` | refused by the answer, by the error callback and by an update |
//! | `minus one` | the request returns -1 |
//! | `confirm` | refused because the settlement is not confirmed |
//! | `quiet` | accepted, and nobody is told until the orders are listed |
//! | `lost` | nothing comes of it, and no list has it |
//! | `trade first` | its trade comes before any update |
//! | `half` | one lot of it trades |
//! | `keep` | its cancel is refused by the answer and by the error callback |
//! | `foreign` | another account's order is told, too |
//! | `same ref` | another session's order of the same reference is refused |
//! | `odd` | an update with a status that is in no list |
//! | `storm` | accepted; then the connection is lost 500 times and comes back |
//! | `again` | accepted; then the connection is lost, and after it is back everything is told again |

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::codes::{offset, position, position_date, status, submit, time_condition};
use crate::counter::{Named, Quoted, Row, Said};
use crate::holding;
use crate::input::{InputAction, InputOrder, SessionKey};
use crate::mailbox::Mailbox;
use crate::rows::{AccountRow, Depth, InstrumentRow, OrderRow, PositionRow, TradeRow};
use crate::session::Question;
use crate::{errors, text};

/// Instrument, exchange, multiplier, tick.
const INSTRUMENTS: [(&str, &str, i32, f64); 3] =
    [("rb2510", "SHFE", 10, 1.0), ("IF2512", "CFFEX", 300, 0.2), ("m2601", "DCE", 10, 1.0)];

const BID: f64 = 3199.0;
const ASK: f64 = 3200.0;
/// Older lots of the first instrument.
const HELD: i32 = 2;

/// Not enough money, as the vendor writes it.
const FUNDS: &[u8] = b"CTP:\xd7\xca\xbd\xf0\xb2\xbb\xd7\xe3";

/// Where a connection listens.
struct Ear {
    mailbox: Arc<Mailbox>,
    generation: u32,
}

/// See the module.
pub(super) struct Exchange {
    trading: Option<Ear>,
    feed: Option<Ear>,
    subscribed: BTreeSet<String>,
    volume: i32,
    session: i32,
    pub(super) is_confirmed: bool,
    orders: Vec<OrderRow>,
    /// References of orders whose cancels are refused.
    kept: BTreeSet<String>,
    trades: Vec<TradeRow>,
}

fn field(bytes: &[u8]) -> String {
    text::read(bytes)
}

impl Exchange {
    pub(super) fn new() -> Exchange {
        Exchange {
            trading: None,
            feed: None,
            subscribed: BTreeSet::new(),
            volume: 100,
            session: 0,
            is_confirmed: false,
            orders: Vec::new(),
            kept: BTreeSet::new(),
            trades: Vec::new(),
        }
    }

    pub(super) fn connected(&mut self, mailbox: &Arc<Mailbox>, generation: u32) {
        self.trading = Some(Ear { mailbox: Arc::clone(mailbox), generation });
    }

    pub(super) fn feeds(&mut self, mailbox: &Arc<Mailbox>, generation: u32) {
        self.feed = Some(Ear { mailbox: Arc::clone(mailbox), generation });
    }

    /// Another trading day: the venue has closed what was working, and knows nothing of it.
    pub(super) fn next_day(&mut self) {
        self.orders.clear();
        self.trades.clear();
    }

    /// Another login has a session of its own.
    pub(super) const fn logged_in(&mut self) -> i32 {
        self.session += 1;
        self.session
    }

    fn says(&self, said: Said) {
        if let Some(Ear { mailbox, generation }) = &self.trading {
            mailbox.said(*generation, said);
        }
    }

    pub(super) fn subscribed(&mut self, symbols: &[String], is_on: bool) {
        for symbol in symbols {
            if is_on {
                self.subscribed.insert(symbol.clone());
            } else {
                self.subscribed.remove(symbol);
            }
        }
        symbols.iter().for_each(|it| self.show(it));
    }

    /// A snapshot of an instrument that somebody wants.
    fn show(&self, symbol: &str) {
        let Some(ear) = self.feed.as_ref().filter(|_| self.subscribed.contains(symbol)) else {
            return;
        };
        ear.mailbox.quoted(ear.generation, Quoted::Depth(Box::new(self.snapshot(symbol))));
    }

    fn snapshot(&self, symbol: &str) -> Depth {
        let steps = [0.0, 1.0, 2.0, 3.0, 4.0];
        Depth {
            symbol: symbol.to_owned(),
            date: "20251121".to_owned(),
            time: "10:00:00".to_owned(),
            millisecond: 500,
            last: ASK,
            open: f64::MAX,
            prev_settle: 3_190.0,
            upper: 3_500.0,
            lower: 2_900.0,
            volume: self.volume,
            open_interest: 1_000.0,
            bids: steps.map(|it| (BID - it, 10)),
            asks: steps.map(|it| (ASK + it, 10)),
            ..Depth::default()
        }
    }

    /// An order comes in; what the request returns.
    pub(super) fn insert(&mut self, input: &InputOrder, request: i32) -> i32 {
        let memo = field(&input.order_memo);
        let row = self.row_of(input);
        let named = Named {
            session: None,
            order_ref: row.order_ref.clone(),
            exchange: row.exchange.clone(),
            order_sys_id: String::new(),
            action_ref: 0,
            symbol: row.symbol.clone(),
            direction: row.direction,
        };
        let funds = || errors::refusal(31, FUNDS);
        match memo.as_str() {
            "minus one" => return -1,
            "lost" => (),
            "answer" => self.says(Said::OrderRefused(named, funds())),
            "both" => {
                self.says(Said::OrderRefused(named.clone(), funds()));
                self.says(Said::OrderRefused(named, funds()));
                let rejected = (status::CANCELED, submit::INSERT_REJECTED);
                let text = field(FUNDS);
                self.says(Said::Order(Box::new(OrderRow {
                    status: rejected.0,
                    submit: rejected.1,
                    text,
                    ..row
                })));
            }
            "confirm" => {
                self.is_confirmed = false;
                self.says(Said::OrderRefused(named, errors::refusal(42, b"CTP:no confirm")));
            }
            "failed" => self.says(Said::Failed { request, refusal: funds() }),
            "same ref" => {
                // Before ours is accepted, of another instrument; and after, of the same.
                let other = Named { symbol: "m2601".to_owned(), ..named.clone() };
                self.says(Said::OrderRefused(other, funds()));
                self.take(row, &memo);
                self.says(Said::OrderRefused(named, funds()));
            }
            _ => self.take(row, &memo),
        }
        0
    }

    fn row_of(&self, input: &InputOrder) -> OrderRow {
        OrderRow {
            investor: field(&input.investor_id),
            front: 1,
            session: self.session,
            order_ref: format!("{:>12}", field(&input.order_ref)),
            exchange: field(&input.exchange_id),
            order_sys_id: String::new(),
            symbol: field(&input.instrument_id),
            direction: input.direction,
            offset: input.comb_offset_flag[0],
            hedge: input.comb_hedge_flag[0],
            price_type: input.order_price_type,
            limit_price: input.limit_price,
            stop_price: input.stop_price,
            contingent: input.contingent_condition,
            lots: input.volume_total_original,
            time_condition: input.time_condition,
            volume_condition: input.volume_condition,
            status: status::UNKNOWN,
            submit: submit::INSERT_SUBMITTED,
            traded: 0,
            text: String::new(),
            date: "20251121".to_owned(),
            time: "10:00:00".to_owned(),
        }
    }

    /// Takes an order into the book.
    fn take(&mut self, mut row: OrderRow, memo: &str) {
        if memo == "foreign" {
            let theirs = OrderRow { investor: "other".to_owned(), session: 999, ..row.clone() };
            let (order_sys_id, status) = ("  888".to_owned(), status::QUEUEING);
            self.says(Said::Order(Box::new(OrderRow { order_sys_id, status, ..theirs })));
        }
        if memo == "odd" {
            self.says(Said::Order(Box::new(OrderRow { status: b'?', ..row.clone() })));
        }
        if memo != "trade first" && memo != "quiet" {
            self.says(Said::Order(Box::new(row.clone())));
        }
        row.order_sys_id = format!("{:>12}", self.orders.len() + 1);
        row.submit = submit::ACCEPTED;
        row.status = status::QUEUEING;
        if memo == "keep" {
            self.kept.insert(row.order_ref.clone());
        }
        let is_at_market = row.limit_price == 0.0 && row.contingent == b'1';
        let reaches = match row.direction {
            b'0' => is_at_market || row.limit_price >= ASK,
            _ => is_at_market || row.limit_price <= BID,
        } && row.contingent == b'1';
        let traded = match memo {
            "half" => 1,
            _ if reaches => row.lots,
            _ => 0,
        };
        if memo != "quiet" && memo != "trade first" {
            self.says(Said::Order(Box::new(row.clone())));
        }
        let at = self.orders.len();
        self.orders.push(row);
        if traded > 0 {
            self.trade(at, traded, memo == "trade first");
        } else if let Some(row) = self.orders.get_mut(at)
            && row.time_condition == time_condition::IOC
            && memo != "stays"
        {
            row.status = status::CANCELED;
            let row = row.clone();
            self.says(Said::Order(Box::new(row)));
        }
        match memo {
            "storm" => {
                (0..500).for_each(|_| self.says(Said::Lost(0x1001)));
                self.says(Said::Connected);
            }
            "again" => {
                self.says(Said::Lost(0x2001));
                self.says(Said::Connected);
                self.tell_again();
            }
            _ => (),
        }
    }

    fn trade(&mut self, at: usize, lots: i32, is_first: bool) {
        let Some(row) = self.orders.get_mut(at) else { return };
        row.traded = lots;
        row.status = if lots == row.lots { status::ALL_TRADED } else { status::PART_QUEUEING };
        let row = row.clone();
        let trade = TradeRow {
            investor: row.investor.clone(),
            exchange: row.exchange.clone(),
            order_sys_id: row.order_sys_id.clone(),
            trade_id: format!("{:>12}", self.trades.len() + 1),
            symbol: row.symbol.clone(),
            direction: row.direction,
            offset: row.offset,
            hedge: row.hedge,
            price: if row.direction == b'0' { ASK } else { BID },
            lots,
            date: "20251121".to_owned(),
            time: "10:00:00".to_owned(),
        };
        self.trades.push(trade.clone());
        self.volume += lots;
        let symbol = row.symbol.clone();
        if is_first {
            self.says(Said::Trade(trade));
            self.says(Said::Order(Box::new(row)));
        } else {
            self.says(Said::Order(Box::new(row)));
            self.says(Said::Trade(trade));
        }
        self.show(&symbol);
    }

    /// The day from its beginning, as the vendor tells it after a reconnect.
    fn tell_again(&self) {
        self.orders.iter().for_each(|it| self.says(Said::Order(Box::new(it.clone()))));
        self.trades.iter().for_each(|it| self.says(Said::Trade(it.clone())));
    }

    /// An order is taken back; what the request returns.
    pub(super) fn cancel(&mut self, action: &InputAction) -> i32 {
        let (order_ref, order_sys_id) = (field(&action.order_ref), field(&action.order_sys_id));
        let is_it = |row: &OrderRow| {
            let is_by_ref = row.order_ref.trim() == order_ref
                && (row.front, row.session) == (action.front_id, action.session_id);
            is_by_ref || (!order_sys_id.is_empty() && row.order_sys_id == order_sys_id)
        };
        let is_working =
            |row: &OrderRow| matches!(row.status, status::QUEUEING | status::PART_QUEUEING);
        let row = self.orders.iter_mut().find(|row| is_it(row));
        match row {
            Some(row) if is_working(row) && !self.kept.contains(&row.order_ref) => {
                row.status = status::CANCELED;
                row.submit = submit::CANCEL_SUBMITTED;
                let row = row.clone();
                self.says(Said::Order(Box::new(row)));
            }
            _ => {
                let session = SessionKey { front: action.front_id, session: action.session_id };
                let named = Named {
                    session: Some(session).filter(|_| !order_ref.is_empty()),
                    order_ref,
                    exchange: field(&action.exchange_id),
                    order_sys_id,
                    action_ref: action.order_action_ref,
                    symbol: String::new(),
                    direction: 0,
                };
                let words = b"CTP:\xb1\xa8\xb5\xa5\xd7\xb4\xcc\xac\xb2\xbb\xc4\xdc\xb3\xb7\xb5\xa5";
                let refusal = errors::refusal(26, words);
                self.says(Said::CancelRefused(named.clone(), refusal.clone()));
                self.says(Said::CancelRefused(named, refusal));
            }
        }
        0
    }

    pub(super) fn rows(&self, question: Question) -> Vec<Row> {
        match question {
            Question::Instruments => INSTRUMENTS.iter().map(instrument).collect(),
            Question::Market => {
                INSTRUMENTS.iter().map(|it| Row::Market(Box::new(self.snapshot(it.0)))).collect()
            }
            Question::Account => vec![Row::Account(AccountRow {
                balance: 1_000_000.0,
                available: 900_000.0,
                ..AccountRow::default()
            })],
            Question::Positions => self.positions(),
            Question::Orders => {
                self.orders.iter().map(|it| Row::Order(Box::new(it.clone()))).collect()
            }
            Question::Trades => self.trades.iter().cloned().map(Row::Trade).collect(),
        }
    }

    /// The older lots, and what the day's trades made.
    fn positions(&self) -> Vec<Row> {
        let sum = |direction: u8, is_open: bool, offset: u8| {
            let of = |it: &&TradeRow| {
                it.symbol == "rb2510"
                    && it.direction == direction
                    && is_open == (it.offset == b'0')
                    && (is_open || it.offset == offset)
            };
            self.trades.iter().filter(of).map(|it| it.lots).sum::<i32>()
        };
        let long_today = sum(b'0', true, b'0') - sum(b'1', false, offset::CLOSE_TODAY);
        let long_before = HELD - sum(b'1', false, offset::CLOSE_YESTERDAY);
        let short_today = sum(b'1', true, b'0') - sum(b'0', false, offset::CLOSE_TODAY);
        let row = |direction, date, lots| {
            Row::Position(PositionRow {
                symbol: "rb2510".to_owned(),
                exchange: "SHFE".to_owned(),
                hedge: b'1',
                lots: holding::Row {
                    direction,
                    date,
                    lots,
                    today: if date == position_date::TODAY { lots } else { 0 },
                    long_frozen: 0,
                    short_frozen: 0,
                },
                open_cost: 32_000.0 * f64::from(lots),
                profit: 0.0,
                margin: 0.0,
            })
        };
        vec![
            row(position::LONG, position_date::TODAY, long_today),
            row(position::LONG, position_date::HISTORY, long_before),
            row(position::SHORT, position_date::TODAY, short_today),
        ]
    }
}

fn instrument((symbol, exchange, multiple, tick): &(&str, &str, i32, f64)) -> Row {
    Row::Instrument(InstrumentRow {
        symbol: (*symbol).to_owned(),
        exchange: (*exchange).to_owned(),
        name: field(b"\xc2\xdd\xce\xc6\xb8\xd6"),
        product: symbol.trim_end_matches(|it: char| it.is_ascii_digit()).to_owned(),
        class: b'1',
        year: 2025,
        month: 10,
        max_limit: 500,
        max_market: 50,
        multiple: *multiple,
        tick: *tick,
        expires: "20251015".to_owned(),
        long_margin: 0.07,
        short_margin: 0.07,
    })
}
