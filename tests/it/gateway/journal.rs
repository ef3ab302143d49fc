//! A journal that cannot be written.

use super::*;

#[test]
fn an_order_that_may_open_is_refused_and_nothing_is_sent() {
    let mut rig = Rig::new();
    rig.memory.fill_disk(true);
    let refused = rig.place(named("r-1", market(Side::Buy, 1))).unwrap_err();
    assert_eq!(refused.code, "JOURNAL_UNAVAILABLE");
    assert_eq!((rig.orders(), rig.net(), rig.core.unsaved()), (0, lots(0), 0));
    rig.memory.fill_disk(false);
    // It was never asked, so the client's retry is the first.
    rig.placed(named("r-1", market(Side::Buy, 1)));
    assert_eq!(rig.net(), lots(1));
    rig.check_fold();
}

#[test]
fn an_entry_is_kept_by_its_strategy_until_it_can_be_journaled() {
    let mut rig = Rig::new();
    let entry = rig.entered(terms("a", Side::Buy, 1));
    rig.memory.fill_disk(true);
    let request = Request::Place { intent: Box::new(Intent::of_signal(&entry)) };
    let refused = rig.core.serve(&request, Door::Executor, rig.now).unwrap_err();
    assert_eq!(refused.code, "JOURNAL_UNAVAILABLE");
    assert!(rig.core.state().outcome(entry.id).is_none());
    rig.memory.fill_disk(false);
    assert!(matches!(rig.act(&entry), Outcome::Ordered { .. }));
}

#[test]
fn cancels_closes_and_exits_go_through_and_are_kept_later_in_order() {
    let mut rig = Rig::new();
    let entry = rig.entered(terms("a", Side::Buy, 2));
    rig.act(&entry);
    let order = rig.placed(limit(Side::Buy, 17_000, 1));
    rig.placed(market(Side::Buy, 1));
    rig.alerts();
    let kept = rig.memory.kinds().len();
    rig.memory.fill_disk(true);
    rig.do_it(&Request::Cancel { order });
    assert_eq!(rig.status(order), Status::Canceled);
    assert!(matches!(rig.exit("a"), Outcome::Ordered { .. }));
    rig.do_it(&Request::Flatten { item: None });
    assert_eq!(rig.net(), lots(0));
    assert_eq!(rig.alerts(), ["JOURNAL_UNAVAILABLE"], "told once, not with each fact");
    assert_eq!(rig.memory.kinds().len(), kept);
    let waiting = rig.core.unsaved();
    rig.memory.fill_disk(false);
    rig.tick(17_300);
    rig.tick(17_300);
    assert_eq!((rig.core.unsaved(), rig.memory.kinds().len()), (0, kept + waiting));
    assert!(rig.alerts().contains(&"JOURNAL_BACK".to_owned()));
    rig.check_fold();
    assert_eq!(rig.core.state().misfits, 0);
}

#[test]
fn an_order_waits_for_the_facts_before_it() {
    let mut rig = Rig::new();
    let order = rig.placed(limit(Side::Buy, 17_000, 1));
    rig.memory.fill_disk(true);
    rig.do_it(&Request::Cancel { order });
    rig.memory.fill_disk(false);
    rig.placed(market(Side::Buy, 1));
    assert_eq!(rig.core.unsaved(), 0);
    rig.check_fold();
}

#[test]
fn a_machine_does_not_start_on_a_journal_that_it_cannot_write() {
    let memory = Memory::default();
    memory.fill_disk(true);
    let catalog = Catalog::built_in().unwrap();
    let mut core = Core::new(Setup {
        venue: Simulated::new(Default::default()),
        ledger: memory,
        listing: Listing::new(catalog, "2021-07-26".parse().unwrap()),
        rules: Rules::default(),
        state: Default::default(),
    });
    assert!(core.start(MORNING).is_err());
}

#[test]
fn what_waits_is_kept_in_bounded_steps_by_the_next_opening_order() {
    let mut rig = Rig::new();
    rig.memory.fill_disk(true);
    for round in 0..700 {
        rig.do_it(&Request::Alert { code: "NOTE".to_owned(), text: round.to_string() });
    }
    assert_eq!(rig.place(market(Side::Buy, 1)).unwrap_err().code, "JOURNAL_UNAVAILABLE");
    rig.alerts();
    rig.memory.fill_disk(false);
    rig.placed(market(Side::Buy, 1));
    assert_eq!((rig.core.unsaved(), rig.memory.largest()), (0, 256));
    assert!(rig.alerts().contains(&"JOURNAL_BACK".to_owned()));
    rig.check_fold();
}

#[test]
fn a_failed_checkpoint_is_told_once() {
    let mut rig = Rig::new();
    rig.alerts();
    rig.memory.fail_checkpoint();
    rig.tick(17_300);
    rig.tick(17_300);
    assert_eq!(rig.alerts(), ["CHECKPOINT_FAILED"]);
}
