//! One life of a condition after the other: none takes what is another's, and none is lost.

use aftm::wire::request::Leave;

use super::*;

fn late() -> aftm_sim::Settings {
    aftm_sim::Settings { latency: 4 * Stamp::SECOND, ..Default::default() }
}

#[test]
fn conditions_of_one_item_close_no_more_than_is_held_between_them() {
    let mut rig = Rig::new();
    for name in ["a", "b"] {
        let entry = rig.entered(terms(name, Side::Buy, 2));
        rig.act(&entry);
    }
    rig.placed(market(Side::Sell, 2));
    assert_eq!(rig.desk(&Request::CloseConditions {}), Ok(Reply::Count { orders: 1 }));
    rig.tick(17_300);
    assert_eq!((rig.net(), rig.orders()), (lots(0), 4));
    assert!(rig.core.state().exits.is_empty());
    rig.check_fold();
}

#[test]
fn an_order_leads_its_condition_on_though_the_report_was_lost() {
    let mut rig = Rig::new();
    rig.do_it(&Request::AddCondition { terms: terms("a", Side::Buy, 1) });
    let entry = rig.signal("a", SignalKind::Entry);
    rig.act(&entry);
    let stands = |rig: &Rig| rig.core.state().held(id("a")).unwrap().1.condition.progress.state;
    assert_eq!(stands(&rig), Standing::Entered);
    rig.report(&[entry], Standing::Armed);
    assert_eq!(stands(&rig), Standing::Entered, "a late report led it back");
    assert_eq!(rig.desk(&Request::CloseConditions {}), Ok(Reply::Count { orders: 1 }));
    rig.report(&[entry], Standing::Entered);
    assert_eq!((stands(&rig), rig.net()), (Standing::Done, lots(0)));
    rig.check_fold();
}

/// The stop loss hangs on it, and whoever takes over after a crash must watch the right one.
#[test]
fn an_entry_brings_the_trigger_that_followed_the_market_unreported() {
    let mut rig = Rig::new();
    let terms = Terms { following: true, ..terms("a", Side::Buy, 1) };
    rig.do_it(&Request::AddCondition { terms });
    let entry = Signal { trigger: points(17_250), ..rig.signal("a", SignalKind::Entry) };
    rig.act(&entry);
    rig.restart();
    let progress = rig.core.state().held(id("a")).unwrap().1.condition.progress;
    assert_eq!((progress.state, progress.trigger), (Standing::Entered, points(17_250)));
}

#[test]
fn an_entry_that_crosses_a_pause_spends_no_condition() {
    let mut rig = Rig::new();
    let entry = rig.entered(terms("a", Side::Buy, 1));
    rig.do_it(&Request::PauseCondition { id: id("a"), is_paused: true });
    assert!(matches!(rig.act(&entry), Outcome::Refused { code, .. } if code == "PAUSED"));
    let condition = rig.core.state().held(id("a")).unwrap().1.condition;
    assert_eq!((condition.progress.generation, condition.is_paused), (2, true));
    assert_eq!(condition.progress.state, Standing::Waiting);
    rig.do_it(&Request::PauseCondition { id: id("a"), is_paused: false });
    let entry = rig.signal("a", SignalKind::Entry);
    assert!(matches!(rig.act(&entry), Outcome::Ordered { .. }));
    assert_eq!(rig.net(), lots(1));
}

#[test]
fn a_name_begins_no_life_while_an_order_of_the_last_one_works() {
    let mut rig = Rig::with(late());
    let entry = rig.entered(terms("a", Side::Buy, 1));
    rig.act(&entry);
    let add = Request::AddCondition { terms: terms("a", Side::Buy, 2) };
    let edit = Request::EditCondition { terms: terms("a", Side::Buy, 2) };
    let drop = Request::DropCondition { id: id("a"), position: Leave::Flatten };
    let code = |rig: &mut Rig, request: &Request| rig.desk(request).map_err(|it| it.code);
    for _ in 0..2 {
        assert_eq!(code(&mut rig, &add), Err("CONDITION_EXISTS".to_owned()));
        assert_eq!(code(&mut rig, &edit), Err("CONDITION_ENTERED".to_owned()));
        (0..6).for_each(|_| rig.tick(17_300));
        if rig.orders() == 1 {
            assert!(matches!(rig.exit("a"), Outcome::Ordered { .. }));
            assert_eq!(code(&mut rig, &drop), Err("ORDER_WORKING".to_owned()));
        }
    }
    (0..6).for_each(|_| rig.tick(17_300));
    assert_eq!((rig.net(), rig.orders()), (lots(0), 2));
    rig.do_it(&add);
    rig.check_fold();
}

#[test]
fn a_call_that_is_refused_is_not_waited_for() {
    let mut rig = Rig::with(aftm_sim::Settings { reject_one_in: 1, ..Default::default() });
    rig.placed(market(Side::Buy, 1));
    assert!(!rig.core.has_unanswered());
}
