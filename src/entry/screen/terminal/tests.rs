use std::io::Read as _;
use std::panic::{AssertUnwindSafe, catch_unwind};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use tokio::sync::mpsc;

use super::Terminal;

/// Set for the process that this test starts in a terminal of its own: itself.
const INSIDE: &str = "AFTM_TEST_INSIDE_A_TERMINAL";
/// The other screen of the terminal, and back.
const SCREENS: [&str; 2] = ["\x1b[?1049h", "\x1b[?1049l"];
/// Keys told in full, and as before.
const KEYS: [&str; 2] = ["\x1b[>3u", "\x1b[<1u"];

/// A frame that panics while it is drawn, as the screen's loop draws it.
fn panics_in_a_frame() {
    let (heard, _listens) = mpsc::unbounded_channel();
    let mut terminal = Terminal::take(true, &heard).unwrap();
    terminal.draw(|frame| frame.render_widget("drawn", frame.area())).unwrap();
    assert!(terminal.written.wait(1, super::PATIENCE));
    let drawn = catch_unwind(AssertUnwindSafe(|| terminal.draw(|_| panic!("a frame that fails"))));
    assert!(drawn.is_err());
    drop(terminal);
    // What comes next is for the terminal as it was.
    println!("the program goes on");
}

/// Runs a test of this file in a terminal of its own, and gives what it wrote.
fn told_by(name: &str) -> String {
    let size = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
    let pair = native_pty_system().openpty(size).unwrap();
    let modes = || format!("{:?}", pair.master.get_termios());
    let before = modes();
    let mut command = CommandBuilder::new(std::env::current_exe().unwrap());
    let name = format!("entry::screen::terminal::tests::{name}");
    command.args([name.as_str(), "--exact", "--nocapture"]);
    command.env(INSIDE, "1");
    let mut child = pair.slave.spawn_command(command).unwrap();
    drop(pair.slave);
    let (mut told, mut bytes) = (Vec::new(), [0; 4_096]);
    let mut from = pair.master.try_clone_reader().unwrap();
    // The end of a terminal is an error on some systems.
    while let Ok(count @ 1..) = from.read(&mut bytes) {
        told.extend_from_slice(&bytes[..count]);
    }
    assert!(child.wait().unwrap().success());
    assert_eq!(modes(), before, "lines are edited as before");
    String::from_utf8_lossy(&told).into_owned()
}

/// How often something was switched on, and off.
fn counts(told: &str, [on, off]: [&str; 2]) -> [usize; 2] {
    [on, off].map(|it| told.matches(it).count())
}

#[test]
fn f16_a_frame_that_panics_gives_the_terminal_back_and_says_why() {
    if std::env::var_os(INSIDE).is_some() {
        return panics_in_a_frame();
    }
    let told = told_by("f16_a_frame_that_panics_gives_the_terminal_back_and_says_why");
    let at = |part: &str| told.find(part).unwrap_or_else(|| panic!("{part:?} is not in {told:?}"));
    let (entered, left) = (at("\x1b[?1049h"), at("\x1b[?1049l"));
    assert!(entered < at("drawn") && at("drawn") < left);
    assert!(left < at("a frame that fails") && left < at("the program goes on"));
    for pair in [SCREENS, KEYS] {
        assert_eq!(counts(&told, pair), [1, 1], "{pair:?} in {told:?}");
    }
    for off in ["\x1b[?2004l", "\x1b[?1004l", "\x1b[?1006l", "\x1b[?1000l", "\x1b[?25h"] {
        assert!(entered < at(off), "{off:?}");
    }
}

/// A signal to go on comes when the terminal was taken again already, and the next key suspends.
fn is_left_before_a_frame() {
    let (heard, _listens) = mpsc::unbounded_channel();
    let mut terminal = Terminal::take(true, &heard).unwrap();
    terminal.enter().unwrap();
    terminal.leave();
    terminal.enter().unwrap();
    terminal.draw(|frame| frame.render_widget("drawn", frame.area())).unwrap();
    drop(terminal);
}

#[test]
fn a_terminal_that_is_left_before_a_frame_is_given_back_as_often_as_it_was_taken() {
    if std::env::var_os(INSIDE).is_some() {
        return is_left_before_a_frame();
    }
    let name = "a_terminal_that_is_left_before_a_frame_is_given_back_as_often_as_it_was_taken";
    let told = told_by(name);
    for [on, off] in [SCREENS, KEYS] {
        // A terminal counts what is switched on, and never below nothing.
        let mut left = 0_i32;
        let mut switched = 0;
        for (at, _) in told.match_indices('\x1b') {
            if told[at..].starts_with(on) {
                (left, switched) = (left + 1, switched + 1);
            } else if told[at..].starts_with(off) {
                left = (left - 1).max(0);
            }
        }
        assert!(left == 0 && switched > 1, "{left} of {switched} {on:?} are left in {told:?}");
    }
}

/// A terminal that takes nothing for a while when it is given back.
fn leaves_behind_a_slow_terminal() {
    let (heard, _listens) = mpsc::unbounded_channel();
    let mut terminal = Terminal::take(false, &heard).unwrap();
    for _ in 0..20 {
        terminal.draw(|frame| frame.render_widget("drawn", frame.area())).unwrap();
        terminal.resize(80, 24).unwrap();
    }
    terminal.leave();
    assert!(terminal.is_free());
}

#[test]
fn frames_on_their_way_come_before_the_terminal_is_given_back() {
    if std::env::var_os(INSIDE).is_some() {
        return leaves_behind_a_slow_terminal();
    }
    let told = told_by("frames_on_their_way_come_before_the_terminal_is_given_back");
    assert_eq!(told.matches("drawn").count(), 20);
    let left = told.rfind("\x1b[?1049l").unwrap();
    assert!(told.rfind("drawn").unwrap() < left, "{told:?}");
    assert!(told.rfind("\x1b[?25l").unwrap() < told.rfind("\x1b[?25h").unwrap());
}
