//! What the real screen costs in a terminal of 200x60: the first frame, the processor while idle and
//! under 2,000 ticks a second, a key until it is seen, and with `-- --minutes N` the memory. Words
//! after `--` name what to measure.

#![allow(clippy::disallowed_methods, clippy::print_stdout)] // It measures time, and says so.

mod terminal;
mod used;

use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use self::terminal::Terminal;
use self::used::{Used, resident, used};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// Twenty items, a hundred ticks a second each.
const ITEMS: &str = "TXFH1 MXFH1 EXFH1 ZEFH1 FXFH1 CAFH1 CBFH1 CCFH1 CDFH1 CEFH1 CFFH1 CHFH1 CKFH1 \
                     CZFH1 DHFH1 DVFH1 TXFI1 MXFI1 EXFI1 FXFI1";
const FEED: [&str; 6] =
    ["--set", "random.gap_ms=10", "--set", "gateway.tick_port=0", "--set", "screen.language=en"];
/// A condition far from every price, so that the children work and nothing is traded.
const SETUP: [&str; 4] = [
    "login demo",
    "account use SIM-1",
    "condition add buy TXFH1 --trigger 9000 --turning 15",
    "start",
];
const STARTS: usize = 20;
const KEYS: usize = 300;
/// How long the processor is counted, and how often in turn with the screen and without.
const WHILE: Duration = Duration::from_secs(10);
const TURNS: usize = 2;
/// How often the memory is looked at.
const LOOK: Duration = Duration::from_secs(10);

/// One thing to measure.
type Measure = fn() -> Outcome<()>;

fn main() -> Outcome<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let minutes = words.iter().position(|it| it == "--minutes").and_then(|it| words.get(it + 1));
    if let Some(minutes) = minutes {
        return memory(Duration::from_secs(60 * minutes.parse::<u64>()?));
    }
    let named: Vec<&String> = words.iter().filter(|it| !it.starts_with('-')).collect();
    let all: [(&str, Measure); 4] =
        [("first", first_frame), ("idle", idle), ("busy", busy), ("keys", keys)];
    for (name, measure) in all {
        if named.is_empty() || named.iter().any(|it| *it == name) {
            measure()?;
        }
    }
    Ok(())
}

fn first_frame() -> Outcome<()> {
    let mut took = Vec::new();
    for _ in 0..STARTS {
        let home = tempfile::tempdir()?;
        took.push(Terminal::open(home.path(), &FEED)?.first_frame()?);
    }
    println!("first frame, in a new home each: {}, at most 150 ms", quantiles(took));
    Ok(())
}

fn idle() -> Outcome<()> {
    let home = tempfile::tempdir()?;
    let terminal = Terminal::open(home.path(), &FEED)?;
    terminal.first_frame()?;
    for (name, command) in [("logged out", None), ("logged in", Some("login demo"))] {
        command.into_iter().try_for_each(|it| ctl(home.path(), it))?;
        thread::sleep(Duration::from_secs(1));
        let (frames, _) = terminal.came();
        let used = used(terminal.pid(), WHILE);
        let frames = terminal.came().0 - frames;
        println!(
            "idle, {name}: {:.2} % of a core, {frames} frames in {WHILE:?}, at most 1 %",
            used.own
        );
    }
    Ok(())
}

/// The machine with and without a screen, in turn.
fn busy() -> Outcome<()> {
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for _ in 0..TURNS {
        with.push(shown()?.own);
        without.push(headless()?.own);
    }
    let [with, without] = [with, without].map(|all| all.iter().sum::<f64>() / TURNS as f64);
    println!("the screen's part: {:.1} % of a core, at most 20 %", with - without);
    Ok(())
}

/// The machine with a screen, under load.
fn shown() -> Outcome<Used> {
    let home = tempfile::tempdir()?;
    let terminal = loaded(home.path())?;
    let (frames, bytes) = terminal.came();
    let used = used(terminal.pid(), WHILE);
    let after = terminal.came();
    println!("with the screen: {}", shares(&used));
    let (frames, bytes) = (after.0 - frames, after.1 - bytes);
    println!(
        "  {} frames a second, at most 20; {} bytes a frame",
        frames / WHILE.as_secs(),
        bytes / frames.max(1)
    );
    Ok(used)
}

/// A key under load, until its frame was read and understood.
fn keys() -> Outcome<()> {
    let home = tempfile::tempdir()?;
    let mut terminal = loaded(home.path())?;
    let mut took = Vec::new();
    for number in 0..KEYS {
        let is_shown = number % 2 == 0;
        took.push(terminal.press(if is_shown { b"7" } else { b"\x7f" }, is_shown)?);
        // Never in step with the frames.
        thread::sleep(Duration::from_millis(40 + 37 * number as u64 % 53));
    }
    println!("a key until it is seen: {}, at most 20 ms at p99", quantiles(took));
    Ok(())
}

/// The same machine without a screen.
fn headless() -> Outcome<Used> {
    let home = tempfile::tempdir()?;
    let script = home.path().join("load.aftm");
    let add = format!("item add {ITEMS}");
    let lines = [SETUP[0], &add].into_iter().chain(SETUP[1..].iter().copied());
    let lines: Vec<&str> = lines.chain(["wait feed-end"]).collect();
    std::fs::write(&script, lines.join("\n"))?;
    let mut child = Command::new(env!("CARGO_BIN_EXE_aftm"))
        .arg("run")
        .arg(&script)
        .args(FEED)
        .env_clear()
        .env("AFTM_HOME", home.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    thread::sleep(Duration::from_secs(3));
    let used = used(child.id(), WHILE);
    if let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        kill_process(pid, Signal::TERM)?;
    }
    child.wait()?;
    println!("without it: {}", shares(&used));
    Ok(used)
}

/// Memory under load, to see whether it grows.
fn memory(length: Duration) -> Outcome<()> {
    let home = tempfile::tempdir()?;
    let terminal = loaded(home.path())?;
    let start = Instant::now();
    let mut samples = Vec::new();
    while start.elapsed() < length {
        thread::sleep(LOOK);
        let Some(kib) = resident(terminal.pid()) else { return Err(terminal.text().into()) };
        samples.push((start.elapsed().as_secs_f64() / 60.0, kib as f64));
        println!("{:>6.1} min  {kib} KiB", start.elapsed().as_secs_f64() / 60.0);
    }
    let second = samples.get(samples.len() / 2..).unwrap_or_default();
    println!("slope of the second half: {:.1} KiB a minute", slope(second));
    Ok(())
}

/// A screen that trades nothing, with every tick that the bar names.
fn loaded(home: &Path) -> Outcome<Terminal> {
    let mut terminal = Terminal::open(home, &FEED)?;
    terminal.first_frame()?;
    ctl(home, SETUP[0])?;
    ctl(home, &format!("item add {ITEMS}"))?;
    SETUP[1..].iter().try_for_each(|it| ctl(home, it))?;
    // The first item on ladder, chart and tape.
    terminal.type_in("\r")?;
    terminal.see("Watchlist 20")?;
    thread::sleep(Duration::from_secs(3));
    Ok(terminal)
}

fn ctl(home: &Path, line: &str) -> Outcome<()> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aftm"));
    command.arg("ctl").args(line.split(' ')).env_clear().env("AFTM_HOME", home);
    let output = command.output()?;
    match output.status.success() {
        true => Ok(()),
        false => Err(format!("{line}: {}", String::from_utf8_lossy(&output.stderr)).into()),
    }
}

fn shares(used: &Used) -> String {
    let threads = used.threads.iter().filter(|it| *it.1 >= 0.05);
    let threads: Vec<_> = threads.map(|(name, share)| format!("{name} {share:.1}")).collect();
    format!("{:.1} % of a core ({}), children {:.1} %", used.own, threads.join(", "), used.children)
}

fn quantiles(mut took: Vec<Duration>) -> String {
    took.sort_unstable();
    let at = |permille: usize| {
        let at = (took.len() * permille / 1_000).min(took.len().saturating_sub(1));
        took.get(at).copied().unwrap_or_default().as_secs_f64() * 1e3
    };
    format!("p50 {:.1} ms, p99 {:.1} ms", at(500), at(990))
}

/// The slope of the line that fits best.
fn slope(samples: &[(f64, f64)]) -> f64 {
    let count = samples.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| samples.iter().map(of).sum::<f64>() / count;
    let (middle, height) = (mean(|it| it.0), mean(|it| it.1));
    let over = samples.iter().map(|it| (it.0 - middle) * (it.1 - height)).sum::<f64>();
    over / samples.iter().map(|it| (it.0 - middle).powi(2)).sum::<f64>()
}
