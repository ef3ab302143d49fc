//! The conformance check of the host.

use std::time::Duration;

use aftm_plugin_host::{Credentials, Outcome, Plan, Secret, check};

use crate::desk::library;

#[test]
fn the_plug_in_keeps_every_rule_of_the_interface() {
    let folder = tempfile::tempdir().unwrap();
    let secret = |it: &str| Secret::new(it.to_owned());
    let option = |(key, value): (&str, &str)| (key.to_owned(), value.to_owned());
    let options = [
        ("front", "rehearsal:plain"),
        ("quote_front", "rehearsal:plain"),
        ("broker", "9999"),
        ("environment", "simulated"),
    ];
    let plan = Plan {
        options: options.map(option).to_vec(),
        credentials: Credentials::new()
            .with("user", secret("demo"))
            .with("password", secret("demo")),
        may_trade: true,
        burst: 400,
        reopen: 20,
        answer_wait: Duration::from_secs(30),
        silence: Duration::from_millis(20),
        ..Plan::new(folder.path().to_owned())
    };
    let report = check(&library(), &plan, |_| ());
    assert!(report.is_green(), "\n{report}");
    let skipped = report.steps.iter().filter(|it| it.outcome == Outcome::Skipped);
    let skipped: Vec<_> = skipped.map(|it| &*it.name).collect();
    // CTP changes nothing in place, has no mass cancel, and a market of its own.
    let lacks = ["a trade of the market", "an order is changed", "all orders are canceled"];
    assert_eq!(skipped, lacks, "\n{report}");
}
