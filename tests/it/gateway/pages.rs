//! Replies that would be too large for a frame come in pages, or are refused by name.

use aftm::gateway::state::Holding;
use aftm::gateway::v1::V1;
use aftm::wire::frame::FRAME_BYTES_MAX;
use aftm::wire::request::Answer;
use aftm::wire::{PositionRow, encode};
use aftm_domain::{AccountId, Position};

use super::*;

/// So many positions under names that could not be longer; every third is flat.
fn rich(count: usize) -> Rig {
    let memory = Memory::default();
    let account: AccountId = id(&"A".repeat(32));
    let mut state = State::default();
    for number in 0..count {
        let mut position = Position::default();
        if number % 3 > 0 {
            let price = Price::from_raw(i64::MAX / 2);
            let open = OpenClose::Open;
            position.book(Side::Sell, open, lots(1 + number as i64), price, lots(200)).unwrap();
        }
        let multiplier = lots(200);
        let key = (account, id(&format!("{number:0>32}")));
        state.holdings.insert(key, Holding { position, multiplier, ..Holding::default() });
    }
    let settings = aftm_sim::Settings { accounts: vec![account], ..Default::default() };
    let core = core_of(&settings, &memory, state, Rules::default());
    Rig { core, memory, settings, rules: Rules::default(), price: Price::ZERO, now: MORNING }
}

#[test]
fn every_position_is_told_flat_ones_too_in_pages_that_fit() {
    let mut rig = rich(500);
    let (mut told, mut page): (Vec<PositionRow>, _) = (Vec::new(), Some(None));
    while let Some(from) = page {
        let reply = rig.desk(&Request::Positions { item: None, from }).unwrap();
        let bytes = encode(&Answer { id: u64::MAX, reply: Ok(reply.clone()) }).len();
        assert!(bytes <= FRAME_BYTES_MAX, "a page of {bytes} bytes");
        let Reply::Positions { rows, next } = reply else { panic!("{reply:?}") };
        told.extend(rows);
        page = next.map(Some);
    }
    assert_eq!(told, rig.core.positions().collect::<Vec<_>>());
    assert_eq!(told.len(), 500);
}

#[test]
fn positions_of_one_item_are_found_on_whichever_page_they_are() {
    let mut rig = rich(500);
    let item = Some(id(&format!("{:0>32}", 499)));
    let reply = rig.desk(&Request::Positions { item, from: None }).unwrap();
    let Reply::Positions { rows, next: None } = reply else { panic!("{reply:?}") };
    assert_eq!(rows.iter().map(|it| it.net).collect::<Vec<_>>(), [lots(-500)]);
}

#[test]
fn v1_positions_are_all_there_or_refused_by_name() {
    for (count, is_told) in [(300, true), (900, false)] {
        let mut rig = rich(count);
        rig.do_it(&Request::Login { user: id("demo"), password: None, production: false });
        let account = "A".repeat(32);
        let mut ask = |more: &str| {
            let parameters = format!(r#"{{"account":"{account}"{more}}}"#);
            let body = format!(r#"{{"operation":"get_positions","parameters":{parameters}}}"#);
            let way = vec![b"x".to_vec(), Vec::new()];
            let reply = V1::default().take(&mut rig.core, body.as_bytes(), way, None, MORNING);
            let reply = reply.unwrap();
            assert!(reply.len() <= FRAME_BYTES_MAX, "a reply of {} bytes", reply.len());
            String::from_utf8(reply).unwrap()
        };
        let all = ask("");
        let rows = all.matches("\"item_code\":").count();
        let (held, code) = (count - count.div_ceil(3), "\"error_code\":\"POSITION_QUERY_ERROR\"");
        assert_eq!((rows == held, all.contains(code)), (is_told, !is_told), "{all}");
        assert!(all.contains("name an item_code") || is_told);
        let one = ask(&format!(r#","item_code":"{:0>32}""#, 1));
        assert_eq!(one.matches("\"item_code\":").count(), 1);
    }
}
