//! A disk that is full, in a process of its own: how large its files may get is bounded for all of it.

use std::process::Command;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::*;

const CHILD: &str = "AFTM_TEST_FULL_DISK";

#[test]
fn f09_a_full_disk_blocks_appends_leaves_no_partial_record_and_clears_after_a_probe() {
    if std::env::var_os(CHILD).is_some() {
        return fill_disk();
    }
    let name = std::thread::current().name().unwrap().to_owned();
    let child = Command::new("sh")
        // Without this, the system ends a process whose file would get too large.
        .args(["-c", "trap '' XFSZ; exec \"$@\"", "sh"])
        .arg(std::env::current_exe().unwrap())
        .args([&name, "--exact", "--nocapture"])
        .env(CHILD, "1")
        .output()
        .unwrap();
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stderr));
    assert!(String::from_utf8_lossy(&child.stdout).contains("1 passed"), "it did not run");
}

fn bound_files(bytes: Option<u64>) {
    let maximum = getrlimit(Resource::Fsize).maximum;
    setrlimit(Resource::Fsize, Rlimit { current: bytes.or(maximum), maximum }).unwrap();
}

fn fill_disk() {
    let desk = Desk::filled(10);
    let mut journal = desk.open();
    bound_files(Some(300_000));
    let large = format!("\"{}\"", "x".repeat(20_000));
    let mut last = 10;
    let refusal = loop {
        match journal.append(stamp(11), &[("order", "{}"), ("fill", &large)]) {
            Ok(sequence) => last = sequence,
            Err(refusal) => break refusal,
        }
    };
    assert!(refusal.is_full_disk() && refusal.is_temporary(), "{refusal}");
    assert!(last > 10);
    assert!(journal.probe().unwrap_err().is_full_disk());
    assert_eq!((journal.last(), all(&journal, 0).unwrap().len() as u64), (last, last));
    assert!(fs::metadata(desk.log()).unwrap().len() < 300_000, "a part of it was left");
    bound_files(None);
    journal.probe().unwrap();
    assert_eq!(journal.append(stamp(12), &[("order", "{}")]).unwrap(), last + 1);
    drop(journal);
    assert_eq!(verify(&desk.path()).unwrap().sound, last + 1);
    assert!(!desk.log().exists());
}
