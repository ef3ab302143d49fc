//! The screen's loop: sleep, take everything that happened, draw once.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::time::Duration;

use aftm_domain::Stamp;
use aftm_ui::event::{Answer, Press};
use aftm_ui::toasts;
use aftm_ui::{Action, Event, Screen};
use anyhow::Result;
use crossterm::event::{Event as Input, KeyEventKind};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

use super::actions;
use super::files::{Changed, Files};
use super::measure::Measure;
use super::pace::{self, Pace};
use super::terminal::{Heard, Terminal};
use crate::config::OnLoss;
use crate::desk::view::Setup;
use crate::desk::{Desk, Exit, Shared};
use crate::entry::clock;

/// Events folded into one frame: how stale the screen can get in a burst.
const EVENTS_PER_FRAME_MAX: usize = 1_024;
/// How often the clock on the screen moves.
const SECOND: i64 = Stamp::SECOND;

/// What the loop begins with.
pub(super) struct Parts {
    /// What the user looks at.
    pub(super) screen: Screen,
    /// What is needed to know what is true.
    pub(super) setup: Setup,
    /// Settings, themes and keys on disk.
    pub(super) files: Files,
    /// What the trader decided of it.
    pub(super) wishes: Wishes,
}

/// What the settings say of the terminal.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wishes {
    /// The mouse is taken.
    pub(super) mouse: bool,
    /// Fills and faults ring.
    pub(super) bell: bool,
    /// What the machine does when the terminal is gone.
    pub(super) on_loss: OnLoss,
}

/// The screen at work.
pub(super) struct Live {
    pub(super) desk: Rc<Desk>,
    pub(super) screen: Screen,
    pub(super) projection: Shared,
    /// `None` when it is gone: the machine then runs without a screen.
    pub(super) terminal: Option<Terminal>,
    pub(super) files: Files,
    pub(super) wishes: Wishes,
    pub(super) done: UnboundedSender<Answer>,
    pace: Pace,
    /// When the screen is told next that the view changed: what came meanwhile is told together.
    news: Pace,
    measure: Measure,
    /// When the clock on the screen moves next.
    second: Stamp,
    frames: u16,
    exit: Option<Exit>,
}

/// Shows the machine until the trader leaves.
pub(super) async fn live(desk: &Rc<Desk>, parts: Parts) -> Result<Exit> {
    let Parts { screen, setup, files, wishes } = parts;
    let (tell, mut heard) = mpsc::unbounded_channel();
    let (done, mut dones) = mpsc::unbounded_channel();
    let terminal = Terminal::take(wishes.mouse, &tell)?;
    let now = clock::now();
    let mut live = Live {
        desk: desk.clone(),
        screen,
        projection: desk.project(setup),
        terminal: Some(terminal),
        files,
        wishes,
        done,
        pace: Pace::default(),
        news: Pace::default(),
        measure: Measure::default(),
        second: now,
        frames: 0,
        exit: None,
    };
    live.pace.want(now, 0);
    let [mut interrupt, mut terminate, mut hangup, mut resize, mut stop, mut go_on] = [
        SignalKind::interrupt(),
        SignalKind::terminate(),
        SignalKind::hangup(),
        SignalKind::window_change(),
        SignalKind::from_raw(rustix::process::Signal::TSTP.as_raw()),
        SignalKind::from_raw(rustix::process::Signal::CONT.as_raw()),
    ]
    .map(signal);
    let signals = (&mut interrupt, &mut terminate, &mut hangup, &mut resize, &mut stop, &mut go_on);
    let (Ok(interrupt), Ok(terminate), Ok(hangup), Ok(resize), Ok(stop), Ok(go_on)) = signals
    else {
        anyhow::bail!("the system gives no signals");
    };
    while live.exit.is_none() {
        live.draw_if_due();
        live.tell_if_due();
        let sleep = live.sleep();
        tokio::select! {
            biased;
            () = desk.over() => live.exit = Some(Exit::Ok),
            _ = interrupt.recv() => live.exit = Some(Exit::Interrupted),
            _ = terminate.recv() => live.exit = Some(Exit::Interrupted),
            _ = hangup.recv() => live.lose("the terminal hung up"),
            _ = resize.recv() => live.resize(),
            _ = stop.recv() => live.suspend(),
            _ = go_on.recv() => live.come_back(),
            Some(it) = heard.recv() => {
                live.hear(it);
                drain(&mut heard, |it| live.hear(it));
            }
            () = desk.projected_change(), if live.news.due().is_none() => live.note_news(),
            Some(it) = dones.recv() => live.finish(it),
            Some(it) = live.files.changed() => live.reload(it),
            () = tokio::time::sleep(sleep) => (),
        }
        live.keep_time();
    }
    live.files.remember(&live.screen);
    if let Some(mut terminal) = live.terminal.take() {
        terminal.leave();
    }
    Ok(live.exit.unwrap_or(Exit::Ok))
}

fn drain<T>(from: &mut UnboundedReceiver<T>, mut take: impl FnMut(T)) {
    for _ in 0..EVENTS_PER_FRAME_MAX {
        let Ok(it) = from.try_recv() else { return };
        take(it);
    }
}

impl Live {
    fn sleep(&self) -> Duration {
        let now = clock::now();
        let drawing = self.pace.due().filter(|_| self.can_draw());
        let due = [drawing, self.news.due()].into_iter().flatten().fold(self.second, Stamp::min);
        Duration::from_nanos(u64::try_from(due.since(now)).unwrap_or(0))
    }

    fn can_draw(&self) -> bool {
        self.terminal.as_ref().is_some_and(Terminal::is_free)
    }

    /// Moves the clock, and looks at the processes, once a second.
    fn keep_time(&mut self) {
        let now = clock::now();
        if now < self.second {
            return;
        }
        self.second = now.after(SECOND);
        if self.terminal.is_none() {
            return;
        }
        let pids: Vec<u32> = self.desk.children().iter().filter_map(|it| it.pid).collect();
        let measured = self.measure.look(&pids);
        let mut projection = self.projection.borrow_mut();
        for (pid, cpu_permille, memory) in measured {
            projection.measured(pid, cpu_permille, memory);
        }
        projection.frames(std::mem::take(&mut self.frames));
        drop(projection);
        self.update(Event::Time);
        self.files.remember(&self.screen);
        self.pace.want(now, 0);
    }

    fn draw_if_due(&mut self) {
        let now = clock::now();
        if !self.can_draw() || self.pace.due().is_none_or(|due| now < due) {
            return;
        }
        // What is drawn is what the screen was told of.
        if self.news.due().is_some() {
            self.tell_view();
        }
        // Told of a fill, it rings: the frame waits until the terminal took that.
        if !self.can_draw() {
            return;
        }
        self.pace.done(now);
        self.frames = self.frames.saturating_add(1);
        tui_logger::move_events();
        let Live { terminal, screen, projection, .. } = self;
        let Some(terminal) = terminal else { return };
        let mut projection = projection.borrow_mut();
        let view = projection.view(now);
        let drawn = catch_unwind(AssertUnwindSafe(|| {
            terminal.draw(|frame| aftm_ui::draw(frame, screen, view))
        }));
        drop(projection);
        match drawn {
            Ok(Ok(())) => (),
            Ok(Err(error)) => self.lose(&format!("the terminal cannot be written: {error}")),
            Err(_) => self.give_up(),
        }
    }

    /// Gives an event to the screen and does what it wants done.
    pub(super) fn update(&mut self, event: Event) {
        let now = clock::now();
        let Live { screen, projection, .. } = self;
        let mut projection = projection.borrow_mut();
        let view = projection.view(now);
        let updated =
            catch_unwind(AssertUnwindSafe(|| aftm_ui::update(screen, view, now.0, event)));
        drop(projection);
        match updated {
            Ok(wanted) => wanted.into_iter().for_each(|it| self.act(it)),
            Err(_) => self.give_up(),
        }
    }

    fn act(&mut self, action: Action) {
        actions::act(self, action);
    }

    /// The view changed. Every tick is in it at once; the screen is told with the next frame, or
    /// when that would be due where the terminal takes none.
    fn note_news(&mut self) {
        let now = clock::now();
        self.news.want(now, pace::NEWS);
        self.pace.want(now, pace::NEWS);
    }

    fn tell_if_due(&mut self) {
        if self.news.due().is_some_and(|due| due <= clock::now()) {
            self.tell_view();
        }
    }

    fn tell_view(&mut self) {
        self.news.done(clock::now());
        self.update(Event::View);
    }

    fn hear(&mut self, heard: Heard) {
        match heard {
            Heard::Input(input) => self.input(input),
            // A frame that waits for it can be drawn now.
            Heard::Written => (),
            Heard::Lost(error) => self.lose(&format!("the terminal is gone: {error}")),
        }
    }

    fn input(&mut self, input: Input) {
        let event = match input {
            Input::Key(key) if key.kind == KeyEventKind::Release => return,
            Input::Key(key) => {
                let is_repeat = key.kind == KeyEventKind::Repeat;
                Event::Key(Press { key: key.into(), is_repeat })
            }
            Input::Mouse(mouse) => Event::Mouse(mouse),
            Input::Paste(text) => Event::Paste(text),
            Input::FocusGained => Event::Focus(true),
            Input::FocusLost => Event::Focus(false),
            Input::Resize(_, _) => return self.resize(),
        };
        self.update(event);
        self.pace.want(clock::now(), pace::KEY);
    }

    fn resize(&mut self) {
        let Ok((width, height)) = crossterm::terminal::size() else { return };
        if let Some(terminal) = &mut self.terminal
            && let Err(error) = terminal.resize(width, height)
        {
            return self.lose(&format!("the terminal cannot be resized: {error}"));
        }
        self.update(Event::Resize(width, height));
        self.pace.want(clock::now(), pace::KEY);
    }

    fn finish(&mut self, done: Answer) {
        // What was done is seen before it is said to be done.
        self.tell_view();
        self.update(Event::Answer(done));
        self.pace.want(clock::now(), pace::KEY);
    }

    fn reload(&mut self, changed: Changed) {
        let Some(reloaded) = self.files.reload(changed, &self.screen) else { return };
        self.update(Event::Reloaded(Box::new(reloaded)));
        self.pace.want(clock::now(), pace::KEY);
    }

    /// The terminal is gone: what is done then is done at once.
    fn lose(&mut self, why: &str) {
        if self.terminal.take().is_none() {
            return;
        }
        if !actions::goes_on(&self.desk, self.wishes.on_loss, why) {
            self.exit = Some(Exit::Interrupted);
        }
    }

    /// The screen itself failed. What the machine does is not touched by it.
    #[allow(clippy::print_stderr)] // The terminal is the trader's again, and must say so.
    fn give_up(&mut self) {
        drop(self.terminal.take());
        let text = "the screen failed; the machine goes on without it: \
                    `aftm ctl status` and `aftm ctl kill` reach it, Ctrl-C stops it in order";
        log::error!("{text}");
        eprintln!("{text}");
    }

    /// Gives the terminal to the shell, unless somebody has to watch what runs.
    pub(super) fn suspend(&mut self) {
        let now = clock::now();
        if actions::is_busy(self.projection.borrow_mut().view(now)) {
            let text = self.screen.look.text("frame.no_suspend").into_owned();
            self.screen.toasts.push(toasts::Kind::Warn, text);
            self.pace.want(now, pace::KEY);
            return;
        }
        let Some(terminal) = &mut self.terminal else { return };
        terminal.leave();
        // The children have a group of their own and go on.
        let this = rustix::process::getpid();
        if let Err(error) = rustix::process::kill_process(this, rustix::process::Signal::STOP) {
            log::warn!("the program cannot be suspended: {error}");
        }
        self.come_back();
    }

    /// The terminal is ours again.
    pub(super) fn come_back(&mut self) {
        if let Some(terminal) = &mut self.terminal
            && let Err(error) = terminal.enter()
        {
            return self.lose(&format!("the terminal cannot be taken again: {error}"));
        }
        self.resize();
    }
}
