//! Plug-ins that are not what they say, or tell what they must not: each is named, and harms nobody.

use super::SHORT;
use super::compiler::hostile;

#[test]
fn a_table_that_is_too_small_is_refused() {
    let said = "aftm_exchange_api has 88 bytes, but never had fewer than 136";
    hostile("table.c", "SHORT").fails("load", said);
}

#[test]
fn a_table_of_another_version_is_refused() {
    let said = "its table is of version 2.0, but version 1 was asked for";
    hostile("table.c", "NEWER").fails("load", said);
    hostile("table.c", "SERVES_NONE").fails("load", "does not serve version 1");
    hostile("table.c", "SERVES_ALL").fails("another major version", "serves major version 99");
}

#[test]
fn a_function_that_is_missing_is_named_before_it_is_needed() {
    hostile("table.c", "LACKS").fails("load", "its table has no query");
    let vendor = "undefined symbol: a_function_of_a_vendor_that_is_not_there";
    hostile("table.c", "UNDEFINED").fails("load", vendor);
    let said = "CAP_QUOTES is true and subscribe is there: false";
    hostile("table.c", "ODD_CAPS").fails("capabilities and functions agree", said);
}

#[test]
fn a_library_that_is_no_plug_in_is_refused() {
    hostile("table.c", "NO_ENTRY").fails("load", "does not export aftm_exchange_entry_v1");
}

#[test]
fn an_info_that_cannot_be_trusted_is_refused() {
    hostile("table.c", "WRITES_BEYOND").fails("load", "wrote beyond the struct");
    hostile("table.c", "BAD_NAME").fails("load", "info gives no readable name");
}

#[test]
fn a_reason_that_is_written_too_far_ends_the_session() {
    hostile("overrun.c", "NOTHING").fails("a request before login", "send_order wrote beyond");
}

const FIRST_ORDER: &str = "an order rests and is canceled";

#[test]
fn an_order_that_cannot_be_read_ends_the_session() {
    let said = "told an order that cannot be read: aftm_order_update has 100 bytes";
    hostile("events.c", "SHORT_PAYLOAD").fails(FIRST_ORDER, said);
    let said = "aftm_order_update is missing: its address is NULL";
    hostile("events.c", "NO_PAYLOAD").fails(FIRST_ORDER, said);
    hostile("events.c", "SHORT_EVENT").fails(FIRST_ORDER, "aftm_event has 8 bytes");
    hostile("events.c", "NO_EVENT").fails(FIRST_ORDER, "aftm_event is missing");
}

#[test]
fn a_name_that_is_no_utf_8_is_never_guessed_at() {
    let said = "its account \"EXA\u{FFFD}PLE-1\" is not terminated or no UTF-8";
    hostile("events.c", "BAD_NAME").fails(FIRST_ORDER, said);
    hostile("events.c", "ENDLESS_NAME").fails(FIRST_ORDER, "its symbol \"XXXX");
}

#[test]
fn a_sentence_that_is_no_utf_8_is_repaired_and_named() {
    hostile("events.c", "BAD_TEXT").fails("what is told adds up", "an answer is no UTF-8");
}

#[test]
fn an_event_that_is_told_twice_or_left_out_ends_the_session() {
    hostile("events.c", "REPEATED").fails(FIRST_ORDER, "is lost or told twice");
    hostile("events.c", "LEFT_OUT").fails("a market order", "is lost or told twice");
}

#[test]
fn a_plug_in_that_leaves_the_fills_out_where_the_host_counts_them_is_found_out() {
    let built = hostile("events.c", "LEFT_OUT_TOO_MUCH");
    built.fails("a session that counts fills", "the fill of an order that is filled did not come");
}

#[test]
fn a_fill_may_answer_its_order_where_the_host_counts_them_under_no_other_name() {
    hostile("events.c", "ANSWERED_BY_FILL").holds(&["--orders", "500"]);
    let built = hostile("events.c", "ANSWERED_BY_MISNAMED_FILL");
    built.fails("a session that counts fills", "was answered as \"T1\" and is listed as");
}

#[test]
fn an_answer_that_comes_twice_is_named_and_heard_once() {
    let built = hostile("events.c", "ANSWERED_TWICE");
    built.fails("every request is answered once", "answers came to requests that had theirs");
}

#[test]
fn a_fill_that_is_told_twice_is_named() {
    hostile("events.c", "FILLED_TWICE").fails("what is told adds up", "is told twice");
    hostile("events.c", "OVERFILLED").fails("what is told adds up", "above qty_e9");
}

#[test]
fn a_password_that_is_repeated_is_named() {
    let built = hostile("events.c", "REPEATS_PASSWORD");
    built.fails("login with a wrong password", "the refusal repeats the password");
}

#[test]
fn a_flood_of_what_must_not_be_lost_ends_the_session() {
    let said = "told more than 65536 events that nobody had taken";
    hostile("events.c", "FLOODS").fails("login", said);
}

#[test]
fn floods_of_everything_else_are_borne() {
    hostile("events.c", "FLOODS_TICKS").holds(&SHORT);
    hostile("events.c", "FLOODS_THE_LOG").holds(&SHORT);
    let checked = hostile("events.c", "PRINTS").holds(&SHORT);
    assert_eq!(checked.printed.len(), 20);
    assert_eq!(checked.printed.last().unwrap(), "vendor: reconnecting 99999");
}

#[test]
fn what_a_later_version_adds_is_ignored() {
    hostile("events.c", "NEWER").holds(&SHORT);
}
