//! A logout while a login is under way.

use super::*;

#[test]
fn an_answer_to_a_login_that_a_logout_overtook_logs_nobody_in_and_the_next_login_is_sent() {
    let mut rig = Apart::in_session(true);
    rig.line.die();
    rig.hear();
    rig.hello(fed());
    assert!(matches!(rig.line.calls()[..], [VenueCall::Login { .. }]));
    rig.core.serve(&Request::Logout {}, Door::Desk, rig.now).unwrap();
    let login = Request::Login { user: id("demo"), password: None, production: false };
    rig.core.serve(&login, Door::Desk, rig.now).unwrap_err();
    assert!(matches!(rig.line.calls()[..], [VenueCall::Logout {}]), "not before it is taken");
    rig.listed(&[], &[], &[]);
    assert!(rig.core.is_logging_in(), "that was the answer to the login before");
    rig.tell(VenueWord::Taken { calls: 2, due: None });
    assert!(matches!(rig.line.calls()[..], [VenueCall::Login { .. }]));
    rig.listed(&[], &[], &[]);
    assert!(rig.core.take_login().unwrap().is_ok());
    rig.check();
}
