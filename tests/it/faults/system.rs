//! The real program over a system that fails: a library of ours stands between the two, and does what
//! a file says. A disk without room, a disk that is broken, a clock that jumps.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::machine::{Home, Machine, of_kind};
use crate::screen::until;

/// What the system says of a disk without room, and of one that is broken.
const NO_ROOM: &str = "write 28";
const BROKEN: &str = "flush 5";

/// The library, built once.
fn library() -> &'static PathBuf {
    static BUILT: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let built = BUILT.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let library = folder.path().join("system.so");
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/system.c");
        let mut compiler = Command::new(std::env::var_os("CC").unwrap_or_else(|| "cc".into()));
        let built = compiler.args(["-std=gnu11", "-O1", "-shared", "-fPIC", "-o"]).arg(&library);
        let output = built.arg(source).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        (folder, library)
    });
    &built.1
}

/// A machine over that system.
struct Rig {
    home: Home,
    machine: Machine,
}

impl Rig {
    fn start(script: &str, words: &[&str]) -> Rig {
        let home = Home::new();
        home.write("script.aftm", script);
        let all = ["run", "script.aftm", "--set", "gateway.tick_port=0", "--speed", "10"];
        let mut command = home.command(&[&all, words].concat());
        command.env("LD_PRELOAD", library()).env("TEST_SYSTEM", home.path().join("system"));
        let machine = Machine::spawn(command.stdin(Stdio::null()));
        Rig { home, machine }
    }

    /// From now on the system does this.
    fn fail(&self, what: &str) {
        let draft = self.home.write("system.new", what);
        fs::rename(draft, self.home.path().join("system")).unwrap();
    }

    fn heal(&self) {
        fs::remove_file(self.home.path().join("system")).unwrap();
    }

    #[track_caller]
    fn done(&self, command: &str) {
        let ended = self.home.ctl(command);
        assert_eq!(ended.code, Some(0), "{command}: {}{}", ended.out, ended.said);
    }

    #[track_caller]
    fn refused(&self, command: &str, code: &str) {
        let ended = self.home.ctl(command);
        let refused = of_kind(&ended.lines(), "refused");
        assert_eq!(refused.first().map(|it| &it["code"]), Some(&code.into()), "{}", ended.out);
    }

    fn status(&self) -> Value {
        of_kind(&self.home.ctl("status").lines(), "status").pop().unwrap()
    }

    /// Nothing of the journal is damaged, and it says what became of an order.
    #[track_caller]
    fn assert_journal(&self, order: &str, status: &str) {
        let verified = self.home.run(&["verify"]);
        assert_eq!(verified.code, Some(0), "{}{}", verified.out, verified.said);
        let orders = self.home.run(&["export", "orders"]).out;
        let rows: Vec<Value> = orders.lines().map(|it| serde_json::from_str(it).unwrap()).collect();
        let row = rows.iter().find(|it| it["order"] == order).unwrap();
        assert_eq!(row["status"], status, "{orders}");
    }
}

/// Two lots are held, and A2 rests.
fn trading(words: &[&str]) -> Rig {
    let script = "login demo\nitem add TXFH1\naccount use SIM-1\nwait tick\norder buy TXFH1 2\n\
                  order sell TXFH1 1 --limit 19000\nwait fills 999\n";
    let mut rig = Rig::start(script, words);
    rig.machine.wait_for("an order that rests", |it| {
        it["order"]["order"] == "A2" && it["order"]["status"] == "New"
    });
    rig
}

#[test]
fn f09_a_full_disk_opens_nothing_and_lets_cancels_closes_and_a_kill_out_until_there_is_room() {
    let mut rig = trading(&[]);
    rig.fail(NO_ROOM);
    rig.refused("order buy TXFH1 1", "JOURNAL_UNAVAILABLE");
    rig.refused("order buy TXFH1 1 --limit 16000", "JOURNAL_UNAVAILABLE");
    rig.done("cancel A2");
    rig.machine.wait_kind("order", "status", "Canceled");
    rig.done("flatten");
    rig.done("wait flat --timeout 20s");
    rig.done("kill --reason drill");
    assert_eq!(rig.status()["trading"]["state"], "halted");
    rig.heal();
    until("trading goes on", || rig.home.ctl("rearm --reason room").code == Some(0));
    rig.done("rearm --reason again");
    rig.machine.wait_kind("alert", "code", "JOURNAL_BACK");
    rig.done("order buy TXFH1 1 --limit 16000");
    rig.done("cancel --all");
    rig.done("quit");
    assert_eq!(rig.machine.finish().code, Some(0));
    rig.assert_journal("A2", "Canceled");
}

#[test]
fn f10_a_broken_disk_is_never_trusted_again_and_trading_is_halted() {
    let mut rig = trading(&["--set", "journal.durability=power"]);
    rig.fail(BROKEN);
    rig.refused("order buy TXFH1 1", "JOURNAL_UNAVAILABLE");
    // Whatever the disk says from now on.
    rig.heal();
    rig.machine.wait_kind("alert", "code", "JOURNAL_LOST");
    assert_eq!(rig.status()["trading"]["state"], "halted");
    until("the cancel", || rig.status()["open_orders"] == 0);
    assert_eq!(rig.home.ctl("order buy TXFH1 1").code, Some(6));
    let rearmed = rig.home.ctl("rearm --force --reason hope");
    assert_ne!(rearmed.code, Some(0), "{}", rearmed.out);
    rig.home.ctl("quit --abandon");
    rig.machine.finish();
    // The order's end could not be written; the next machine starts halted, and finds it out.
    let verified = rig.home.run(&["verify"]);
    assert_eq!(verified.code, Some(0), "{}{}", verified.out, verified.said);
    let script = "login demo\nitem add TXFH1\naccount use SIM-1\norder buy TXFH1 1\n";
    assert_eq!(rig.home.run_script(script, &[]).code, Some(6));
}

#[test]
fn f12_a_wall_clock_that_jumps_changes_no_timeout_and_no_order() {
    const YEAR: i64 = 366 * 86_400;
    let script = "login demo\nitem add TXFH1\naccount use SIM-1\n\
                  condition add buy TXFH1 --trigger 1000 --id far\nstart\nwait tick\nwait fills 999\n";
    let mut rig = Rig::start(script, &[]);
    rig.machine.wait_kind("done", "command", "wait tick");
    let children = rig.machine.children();
    for seconds in [3_600, -3_600, YEAR, -YEAR] {
        rig.fail(&format!("clock {seconds}"));
        rig.done("order buy TXFH1 1");
        // Longer than the silence after which a child is replaced.
        rig.machine.listen(Duration::from_millis(1_200));
        rig.done("wait running --timeout 1s");
        rig.done("order sell TXFH1 1");
        rig.done("wait flat --timeout 20s");
    }
    assert_eq!(rig.machine.children(), children, "a child was replaced");
    assert_eq!(of_kind(&rig.machine.values(), "alert"), Vec::<Value>::new());
    assert_eq!(rig.status()["fills"], 8);
    rig.done("quit");
    assert_eq!(rig.machine.finish().code, Some(0));
    rig.assert_journal("A8", "Filled");
}
