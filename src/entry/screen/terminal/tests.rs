use std::io::Read as _;
use std::panic::{AssertUnwindSafe, catch_unwind};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use tokio::sync::mpsc;

use super::Terminal;

/// Set for the process that this test starts in a terminal of its own: itself.
const INSIDE: &str = "AFTM_TEST_INSIDE_A_TERMINAL";

/// A frame that panics while it is drawn, as the screen's loop draws it.
fn panics_in_a_frame() {
    let (heard, _listens) = mpsc::unbounded_channel();
    let mut terminal = Terminal::take(true, &heard).unwrap();
    terminal.draw(|frame| frame.render_widget("drawn", frame.area())).unwrap();
    assert!(terminal.written.recv_timeout(super::PATIENCE).is_ok());
    terminal.written();
    let drawn = catch_unwind(AssertUnwindSafe(|| terminal.draw(|_| panic!("a frame that fails"))));
    assert!(drawn.is_err());
    drop(terminal);
    // What comes next is for the terminal as it was.
    println!("the program goes on");
}

#[test]
fn a_frame_that_panics_gives_the_terminal_back_and_says_why() {
    if std::env::var_os(INSIDE).is_some() {
        return panics_in_a_frame();
    }
    let size = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
    let pair = native_pty_system().openpty(size).unwrap();
    let modes = || format!("{:?}", pair.master.get_termios());
    let before = modes();
    let mut command = CommandBuilder::new(std::env::current_exe().unwrap());
    let name = "entry::screen::terminal::tests::\
                a_frame_that_panics_gives_the_terminal_back_and_says_why";
    command.args([name, "--exact", "--nocapture"]);
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

    let told = String::from_utf8_lossy(&told);
    let at = |part: &str| told.find(part).unwrap_or_else(|| panic!("{part:?} is not in {told:?}"));
    let (entered, left) = (at("\x1b[?1049h"), at("\x1b[?1049l"));
    assert!(entered < at("drawn") && at("drawn") < left);
    assert!(left < at("a frame that fails") && left < at("the program goes on"));
    for (on, off) in [("\x1b[?1049h", "\x1b[?1049l"), ("\x1b[>3u", "\x1b[<1u")] {
        let counts = [on, off].map(|it| told.matches(it).count());
        assert_eq!(counts, [1, 1], "{on:?} and {off:?} in {told:?}");
    }
    for off in ["\x1b[?2004l", "\x1b[?1004l", "\x1b[?1006l", "\x1b[?1000l", "\x1b[?25h"] {
        assert!(entered < at(off), "{off:?}");
    }
}
