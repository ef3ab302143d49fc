use aftm_domain::order::{Kind, Refusal, Report, Status, Ticket, TimeInForce};
use aftm_domain::{Book, ExchangeTime, Level, OpenClose, Price, Quantity, Side, Tick};

use super::*;
use crate::gateway::fact::Door;
use crate::gateway::listing::Listing;
use crate::gateway::simulated::Simulated;
use crate::gateway::{Core, Rules, Setup};
use crate::journal::Durability;
use crate::wire::Intent;
use crate::wire::request::Request;

fn open(folder: &tempfile::TempDir) -> Journal {
    Journal::open(&folder.path().join(FILE), Durability::Process, VIEWS).unwrap()
}

fn core(journal: Journal) -> Core<Simulated, Facts> {
    let listing =
        Listing::new(aftm_domain::Catalog::built_in().unwrap(), "2021-07-26".parse().unwrap());
    let venue = Simulated::new(aftm_sim::Settings::default());
    let (rules, state) = (Rules::default(), fold(&journal).unwrap());
    let mut core = Core::new(Setup { venue, ledger: Facts::new(journal), listing, rules, state });
    core.start(Stamp(1)).unwrap();
    core
}

fn intent(side: Side, kind: Kind, price: Option<&str>, lots: i64) -> Request {
    let time_in_force = if price.is_some() { TimeInForce::Rod } else { TimeInForce::Ioc };
    Request::Place {
        intent: Box::new(Intent {
            request: None,
            account: None,
            item: "TXFH1".parse().unwrap(),
            side,
            kind,
            price: price.map(|it| it.parse().unwrap()),
            stop_price: None,
            quantity: Quantity::from_units(lots).unwrap(),
            time_in_force,
            open_close: OpenClose::Auto,
            day_trade: false,
            note: "\"by hand\", 手".parse().unwrap(),
            signal: None,
            signal_time: None,
        }),
    }
}

fn tick(sequence: u64, points: i64, lots: i64) -> Tick {
    let at = Stamp(1_627_260_300 * Stamp::SECOND).after(i64::try_from(sequence).unwrap());
    Tick {
        sequence,
        item: "TXFH1".parse().unwrap(),
        price: Price::from_units(points).unwrap(),
        quantity: Quantity::from_units(lots).unwrap(),
        time: ExchangeTime { at, offset: ExchangeTime::TAIPEI },
        received: at,
    }
}

/// Orders by hand of every fate, and a condition of every change.
fn trade(core: &mut Core<Simulated, Facts>) {
    let ask = |core: &mut Core<Simulated, Facts>, request: Request| {
        core.serve(&request, Door::Desk, Stamp(2))
    };
    let user = "demo".parse().unwrap();
    ask(core, Request::Login { user, password: None, production: false }).unwrap();
    ask(core, Request::UseAccount { account: "SIM-1".parse().unwrap() }).unwrap();
    let terms = "[[condition]]\nid = 'a'\nitem = 'TXFH1'\naction = 'buy'\ntrigger = 17300\n";
    let terms = crate::desk::conditions_file::parse(terms, "", &Default::default()).unwrap();
    ask(core, Request::AddCondition { terms: terms[0] }).unwrap();
    let id = terms[0].id;
    ask(core, Request::PauseCondition { id, is_paused: true }).unwrap();
    core.published = 1;
    core.tick(&tick(1, 17_300, 1), None, Stamp(3));
    ask(core, intent(Side::Buy, Kind::Market, None, 2)).unwrap();
    ask(core, intent(Side::Buy, Kind::Limit, Some("17290"), 3)).unwrap();
    ask(core, intent(Side::Sell, Kind::Limit, Some("17400"), 1)).unwrap();
    let order = aftm_domain::OrderId(3);
    ask(core, Request::Cancel { order }).unwrap();
    let order = aftm_domain::OrderId(2);
    ask(core, Request::Amend { order, quantity: Quantity::from_units(2), price: None }).unwrap();
    ask(core, intent(Side::Buy, Kind::Limit, Some("17290.5"), 1)).unwrap_err();
    core.tick(&tick(2, 17_290, 1), None, Stamp(4));
    let mut book = Book::default();
    book.asks[0] = Level { price: Price::from_units(17_301).unwrap(), quantity: Quantity::ONE };
    core.tick(&tick(3, 17_300, 1), Some(&book), Stamp(5));
    ask(core, intent(Side::Buy, Kind::Market, None, 10)).unwrap();
    let alert = Request::Alert { code: "TEST".to_owned(), text: "it's a test".to_owned() };
    ask(core, alert).unwrap();
}

fn column(folder: &tempfile::TempDir, sql: &str) -> Vec<String> {
    let reader = crate::journal::reader(&folder.path().join(FILE)).unwrap();
    let mut select = reader.connection().prepare(sql).unwrap();
    let rows = select.query_map([], |row| row.get::<_, String>(0)).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

#[test]
fn what_was_appended_folds_to_what_was_known() {
    let folder = tempfile::tempdir().unwrap();
    let mut core = core(open(&folder));
    trade(&mut core);
    let known = core.state().clone();
    drop(core);
    assert_eq!(fold(&open(&folder)).unwrap(), known);
    assert!(known.fills.len() >= 2 && known.orders.len() == 5, "{known:?}");
}

#[test]
fn the_views_say_what_the_fold_says() {
    let folder = tempfile::tempdir().unwrap();
    let mut core = core(open(&folder));
    trade(&mut core);
    let state = &core.state().clone();
    // The file holds everything once the journal is closed.
    drop(core);
    let rows: Vec<_> = state.orders.values().map(crate::gateway::rows::order).collect();
    let statuses: Vec<_> = rows.iter().map(|it| it.status.to_string()).collect();
    assert_eq!(statuses, ["Filled", "New", "Canceled", "Denied", "Expired"]);
    assert_eq!(column(&folder, "SELECT status FROM orders"), statuses);
    let pick = |sql: &str, of: fn(&crate::wire::OrderRow) -> String| {
        assert_eq!(column(&folder, sql), rows.iter().map(of).collect::<Vec<_>>(), "{sql}");
    };
    pick("SELECT quantity FROM orders", |it| it.quantity.to_string());
    pick("SELECT filled FROM orders", |it| it.filled.to_string());
    pick("SELECT coalesce(price, '-') FROM orders", |it| {
        it.price.map_or("-".to_owned(), |it| it.to_string())
    });
    pick("SELECT code FROM orders", |it| it.refusal.clone().map_or(String::new(), |it| it.code));
    let fills = (0..state.fills.len()).filter_map(|at| state.fill(at));
    let fills: Vec<_> = fills.map(|(placed, it)| crate::gateway::rows::fill(placed, it)).collect();
    let sql = "SELECT concat_ws(' ', \"order\", side, quantity, price, fee, tax, time, trade, \
               condition || kind) FROM fills";
    let line = |it: &crate::wire::FillRow| {
        let (order, side, quantity, price, fee, tax) =
            (it.order, it.side, it.quantity, it.price, it.fee, it.tax);
        let (time, trade) = (it.time, it.trade.unwrap());
        format!("{order} {side} {quantity} {price} {fee} {tax} {time} {trade} ")
    };
    assert_eq!(column(&folder, sql), fills.iter().map(line).collect::<Vec<_>>());
    assert_eq!(
        column(
            &folder,
            "SELECT concat_ws(' ', condition, state, is_paused, is_dropped, take_profit, moved_trigger) FROM conditions"
        ),
        ["a waiting 1 0 90 17300"]
    );
    assert_eq!(column(&folder, "SELECT code || text FROM alerts"), ["TESTit's a test"]);
    assert_eq!(
        column(&folder, "SELECT concat_ws(' ', time, kind, door) FROM audit WHERE sequence = 1"),
        ["1970-01-01T00:00:00.000000001Z started "]
    );
    let doors = "SELECT DISTINCT door FROM audit WHERE kind IN ('order_received', 'order_denied')";
    assert_eq!(column(&folder, doors), ["desk"]);
}

#[test]
fn a_record_that_is_no_fact_is_named() {
    let refusal = |kind: &'static str, body: &str| {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = open(&folder);
        journal.append(Stamp(1), &[("connected", r#"{"fact":"connected"}"#)]).unwrap();
        journal.append(Stamp(1), &[(kind, body)]).unwrap();
        fold(&journal).unwrap_err().to_string()
    };
    let error = refusal("teleported", r#"{"fact":"teleported","to":"Mars"}"#);
    assert!(error.starts_with("record 2 of the journal, \"teleported\", is not"), "{error}");
    let error = refusal("connected", r#"{"fact":"logged_out"}"#);
    assert!(error.contains("its body is a fact \"logged_out\""), "{error}");
    assert!(refusal("connected", "").contains("record 2"));
}

/// Every report an order can hear reads back as it was written.
#[test]
fn every_report_survives_the_journal() {
    let refusal = Refusal { code: "X".to_owned(), text: "why \u{1f4a5}\n".to_owned() };
    let reports = [
        Report::Accepted { venue_id: "SIM-1".parse().unwrap() },
        Report::Rejected(refusal.clone()),
        Report::Canceled,
        Report::Expired,
        Report::CancelSent,
        Report::CancelRejected(refusal.clone()),
        Report::ReplaceSent,
        Report::Replaced { quantity: Quantity::ONE, price: Some(Price::from_raw(1)) },
        Report::ReplaceRejected(refusal),
        Report::NoReply,
    ];
    let id = aftm_domain::OrderId(u64::MAX);
    let facts = reports.map(|report| Fact::OrderReported { id, report });
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = Facts::new(open(&folder));
    ledger.append(Stamp(1), &facts).unwrap();
    ledger.append(Stamp(1), &[]).unwrap();
    let mut read = Vec::new();
    let each = |record: Record<'_>| {
        read.push(fact(record)?);
        Ok::<_, FoldError>(())
    };
    assert_eq!(ledger.journal().read(0, each).unwrap(), 10);
    assert_eq!(read, facts);
}

#[test]
fn a_status_that_a_fill_does_not_end_shows_in_the_view() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = Facts::new(open(&folder));
    let ticket = |lots| Ticket {
        account: "SIM-1".parse().unwrap(),
        item: "TXFH1".parse().unwrap(),
        side: Side::Buy,
        kind: Kind::Market,
        price: None,
        stop_price: None,
        quantity: Quantity::from_units(lots).unwrap(),
        time_in_force: TimeInForce::Ioc,
        open_close: OpenClose::Auto,
        day_trade: false,
        note: Default::default(),
    };
    let reports = [None, Some(Report::NoReply), Some(Report::CancelSent)];
    let mut state = State::default();
    for (number, report) in (1..).zip(reports) {
        let id = aftm_domain::OrderId(number);
        let (request, signal, door) = (None, None, Door::Desk);
        let (ticket, multiplier) = (ticket(2), Quantity::ONE);
        let received =
            Fact::OrderReceived { id, ticket, request, signal, multiplier, door, time: None };
        let reported = report.map(|report| Fact::OrderReported { id, report });
        let facts: Vec<Fact> = [received].into_iter().chain(reported).collect();
        ledger.append(Stamp(1), &facts).unwrap();
        facts.iter().for_each(|it| state.fold(it));
    }
    ledger.close().unwrap();
    let expected: Vec<Status> = state.orders.values().map(|it| it.order.status).collect();
    assert_eq!(expected, [Status::PendingNew, Status::InDoubt, Status::PendingCancel]);
    let expected: Vec<String> = expected.iter().map(Status::to_string).collect();
    assert_eq!(column(&folder, "SELECT status FROM orders"), expected);
}

#[test]
fn an_order_that_was_not_sent_from_here_shows_in_the_views_as_in_the_fold() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = Facts::new(open(&folder));
    let ticket = Ticket {
        account: "SIM-1".parse().unwrap(),
        item: "TXFH1".parse().unwrap(),
        side: Side::Buy,
        kind: Kind::Market,
        price: None,
        stop_price: None,
        quantity: Quantity::from_units(3).unwrap(),
        time_in_force: TimeInForce::Ioc,
        open_close: OpenClose::Auto,
        day_trade: false,
        note: Default::default(),
    };
    let fill = |trade: &str| aftm_domain::Fill {
        trade: trade.parse().unwrap(),
        price: Price::from_raw(1),
        quantity: Quantity::ONE,
        fee: Default::default(),
        tax: Default::default(),
        time: Default::default(),
    };
    let adopted = |number, fills| {
        Fact::OrderAdopted(Box::new(crate::gateway::fact::Adopted {
            id: aftm_domain::OrderId(number),
            ticket,
            venue_id: Some("V-1".parse().unwrap()),
            is_triggered: false,
            is_external: true,
            multiplier: Quantity::ONE,
            fills,
            time: None,
        }))
    };
    let report = |number, report| Fact::OrderReported { id: aftm_domain::OrderId(number), report };
    let facts = [
        adopted(1, vec![fill("T-1"), fill("T-2")]),
        adopted(2, vec![fill("T-3")]),
        adopted(3, vec![]),
        report(1, Report::Filled(fill("T-4"))),
        report(3, Report::Expired),
        Fact::OrderRevived { id: aftm_domain::OrderId(3) },
    ];
    ledger.append(Stamp(1), &facts).unwrap();
    ledger.close().unwrap();
    let mut state = State::default();
    facts.iter().for_each(|it| state.fold(it));
    let expected: Vec<String> = state
        .orders
        .values()
        .map(|it| format!("{} {}", it.order.status, it.order.filled()))
        .collect();
    assert_eq!(expected, ["Filled 3", "New 1", "New 0"]);
    assert_eq!(column(&folder, "SELECT status || ' ' || filled FROM orders"), expected);
    assert_eq!(column(&folder, "SELECT trade FROM fills"), ["T-4"]);
}
