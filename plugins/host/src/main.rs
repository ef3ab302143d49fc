//! Checks an exchange plug-in in this process, for whoever started it to watch:
//! `aftm-plugin-check PATH FOLDER [KEY=VALUE ...]`, with the credentials in its environment, so that
//! they are on no command line. An empty `AFTM_CHECK_USER` means that nobody logs in.

use std::env;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use aftm_plugin_host::{Credentials, Plan, Progress, Secret, check, emit};

fn main() -> ExitCode {
    let mut words = env::args_os().skip(1).map(PathBuf::from);
    let (Some(path), Some(folder)) = (words.next(), words.next()) else {
        return ExitCode::from(2);
    };
    let mut plan = Plan { may_trade: true, ..Plan::new(folder) };
    for word in words {
        let word = word.to_string_lossy().into_owned();
        match word.split_once('=') {
            Some(("burst", count)) => plan.burst = count.parse().unwrap_or(plan.burst),
            Some(("reopen", count)) => plan.reopen = count.parse().unwrap_or(plan.reopen),
            Some(("now_ns", count)) => plan.now = count.parse().ok().map(|it| (it, 0)),
            Some(("wait_ms", count)) => plan.answer_wait = ms(count).unwrap_or(plan.answer_wait),
            Some(("is_ours", word)) => plan.is_ours = word == "true",
            Some(("silence_ms", count)) => plan.silence = ms(count).unwrap_or(plan.silence),
            Some((key, value)) => plan.options.push((key.to_owned(), value.to_owned())),
            None => return ExitCode::from(2),
        }
    }
    if let Ok(user) = env::var("AFTM_CHECK_USER") {
        let password = env::var("AFTM_CHECK_PASSWORD").unwrap_or_default();
        plan.credentials = Credentials::new()
            .with("user", Secret::new(user))
            .with("password", Secret::new(password));
    }
    // Whoever watches may be gone; the check goes on to its end all the same.
    let say = |progress: Progress<'_>| drop(emit(&mut io::stdout().lock(), progress));
    let report = check(&path, &plan, say);
    say(Progress::Done);
    if report.is_green() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn ms(count: &str) -> Option<Duration> {
    count.parse().ok().map(Duration::from_millis)
}
