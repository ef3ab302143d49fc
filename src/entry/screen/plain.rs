//! The numbered menu as lines: the same machine, questions and answers as on the screen, for
//! terminals that draw nothing, screen readers and scripts.

mod streams;

use std::io::IsTerminal as _;
use std::rc::Rc;
use std::time::Duration;

use aftm_ui::event::Answer;
use aftm_ui::keys::Keymap;
use aftm_ui::look::Look;
use aftm_ui::plain::{End, Plain, Told};
use aftm_ui::theme::Theme;
use aftm_ui::{Action, Event, Screen, View};
use anyhow::Result;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::{self, UnboundedSender};
use tokio::task::spawn_local;
use tokio::time::{MissedTickBehavior, interval};

use self::streams::{Echo, Heard, Writer};
use super::actions::{self, Task};
use super::files::language;
use super::{setup, words};
use crate::config::{Folders, OnLoss, Settings};
use crate::desk::view::Setup;
use crate::desk::{Desk, Exit, Shared};
use crate::entry::{clock, log as log_lines, outputs, run};

/// Lines that wait for their question; more are not read until there is room.
const LINES_MAX: usize = 1_024;
/// How often news of the machine is looked at.
const NEWS: Duration = Duration::from_millis(50);

/// Talks in lines.
pub(in crate::entry) fn plain(settings: &Settings, folders: &Folders) -> Result<Exit> {
    folders.create()?;
    // Only what is wrong comes between the lines.
    log_lines::to_standard_error(log::LevelFilter::Warn);
    let held = run::hold(folders)?;
    // Nobody reads the lines of a machine that tells its news in sentences.
    let Some(machine) = run::open(settings, folders, std::io::sink())? else {
        return Ok(Exit::Failure);
    };
    let variable = |name: &str| std::env::var(name).ok();
    // Nothing is drawn; of the look, only the words and signs are used.
    let theme = Theme::built_in("mono").unwrap_or_default();
    let look = Look { theme, language: language(&settings.screen, &variable) };
    let mut screen = Screen::new(look, Keymap::default_map(), (0, 0));
    screen.vocabulary = words::vocabulary();
    let setup = setup(settings, folders)?;
    let on_loss = settings.screen.on_loss;
    log_lines::to_pane_and_file(settings.log.level, &folders.state)?;
    let exit = machine.run(async |desk| talk(desk, screen, setup, on_loss).await);
    log_lines::to_standard_error_again();
    let exit = exit?;
    drop(held);
    Ok(exit)
}

/// What became of an action, and the lines that it shows.
type Done = (Answer, Vec<String>);

/// The conversation at work.
struct Talk {
    desk: Rc<Desk>,
    screen: Screen,
    plain: Plain,
    projection: Shared,
    /// `None` where nobody reads any more.
    writer: Option<Writer>,
    echo: Echo,
    done: UnboundedSender<Done>,
    /// A line has just come.
    answered: bool,
    /// The terminal shows the end of a line that is typed.
    is_echoed: bool,
    /// What stands at the end of what was written.
    prompt: String,
    /// What the machine does when the terminal is gone.
    on_loss: OnLoss,
    exit: Option<Exit>,
}

/// Talks until the trader leaves.
async fn talk(desk: &Rc<Desk>, screen: Screen, setup: Setup, on_loss: OnLoss) -> Result<Exit> {
    let (tell, mut heard) = mpsc::channel(LINES_MAX);
    let (done, mut dones) = mpsc::unbounded_channel();
    let is_typed = std::io::stdin().is_terminal();
    let mut talk = Talk {
        projection: desk.project(setup),
        desk: desk.clone(),
        screen,
        plain: Plain::new(is_typed),
        writer: Some(Writer::open(tell.clone())?),
        echo: Echo::new(),
        done,
        answered: false,
        is_echoed: is_typed && outputs::is_terminal(),
        prompt: String::new(),
        on_loss,
        exit: None,
    };
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hangup = signal(SignalKind::hangup())?;
    let mut stop = signal(SignalKind::from_raw(rustix::process::Signal::TSTP.as_raw()))?;
    let (mut news, mut seconds) = (interval(NEWS), interval(Duration::from_secs(1)));
    news.set_missed_tick_behavior(MissedTickBehavior::Delay);
    seconds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    desk.settle().await;
    talk.with(|plain, screen, view, _| plain.begin(screen, view));
    streams::read(tell)?;
    let mut has_news = false;
    while talk.exit.is_none() {
        let has_room = talk.plain.waiting() < LINES_MAX;
        tokio::select! {
            biased;
            () = desk.over() => talk.over(),
            _ = interrupt.recv() => talk.interrupted(),
            _ = terminate.recv() => talk.interrupted(),
            _ = hangup.recv() => talk.lose("the terminal hung up"),
            _ = stop.recv() => talk.suspend(),
            Some(it) = dones.recv() => talk.finish(it),
            Some(it) = heard.recv(), if has_room => talk.hear(it),
            () = desk.projected_change(), if !has_news => has_news = true,
            _ = news.tick(), if has_news => {
                has_news = false;
                talk.event(Event::View);
            }
            _ = seconds.tick() => talk.event(Event::Time),
        }
    }
    if let Some(mut writer) = talk.writer.take() {
        if !talk.prompt.is_empty() {
            // Whatever comes next has a line of its own.
            writer.write("\n".to_owned());
        }
        writer.finish();
    }
    Ok(talk.exit.unwrap_or(Exit::Ok))
}

impl Talk {
    /// Asks the conversation with what is true now, says what it says and does what it wants.
    fn with(&mut self, ask: impl FnOnce(&mut Plain, &mut Screen, &View, i64) -> Told) {
        let now = clock::now();
        let Talk { plain, screen, projection, .. } = self;
        let mut projection = projection.borrow_mut();
        let told = ask(plain, screen, projection.view(now), now.0);
        drop(projection);
        self.echo.hide(self.plain.is_secret());
        self.say(&told.lines);
        for action in told.actions {
            self.act(action);
        }
    }

    /// News goes before the question, which is asked again after it.
    fn say(&mut self, lines: &[String]) {
        let prompt = self.plain.prompt();
        if lines.is_empty() && prompt == self.prompt && !self.answered {
            return;
        }
        let mut text = String::new();
        if !(self.prompt.is_empty() || self.answered && self.is_echoed) {
            text.push('\n');
        }
        for line in lines {
            text.push_str(line);
            text.push('\n');
        }
        text.push_str(prompt);
        self.prompt = prompt.to_owned();
        if let Some(writer) = &mut self.writer {
            writer.write(text);
        }
    }

    fn act(&self, action: Action) {
        match action {
            Action::Perform { id, lines, password } => {
                let (desk, done) = (self.desk.clone(), self.done.clone());
                spawn_local(async move {
                    let said = Task { id, lines, password }.carry_out(&desk).await;
                    // The next line may follow at once, and must find what this one did.
                    desk.settle().await;
                    // The conversation may be over.
                    let _ = done.send(said);
                });
            }
            Action::Leave => self.desk.end(),
            // Nothing else is asked for where there is no screen.
            _ => (),
        }
    }

    fn event(&mut self, event: Event) {
        self.with(|plain, screen, view, now| plain.told(screen, view, now, event));
    }

    fn finish(&mut self, (answer, shown): Done) {
        self.with(|plain, screen, view, now| {
            let mut told = Told::default();
            if plain.shows(answer.id) {
                told.lines = shown;
            }
            for event in [Event::View, Event::Answer(answer)] {
                let Told { lines, actions } = plain.told(screen, view, now, event);
                told.lines.extend(lines);
                told.actions.extend(actions);
            }
            told
        });
    }

    fn hear(&mut self, heard: Heard) {
        if self.writer.is_none() {
            // Whoever cannot be asked is not listened to.
            return;
        }
        match heard {
            Heard::Line(text) => {
                self.answered = true;
                self.with(|plain, screen, view, now| plain.line(screen, view, now, text));
                self.answered = false;
            }
            Heard::End { is_cut } => {
                self.with(|plain, screen, view, now| plain.end(screen, view, now, is_cut));
            }
            Heard::Gone => self.lose("the terminal is gone"),
            Heard::Deaf if outputs::is_terminal() => self.lose("the terminal is gone"),
            Heard::Deaf => {
                log::warn!("nobody reads standard output; the machine stops");
                self.with(|plain, screen, view, now| plain.end(screen, view, now, false));
            }
        }
    }

    /// The terminal is gone: what is done then is done at once.
    fn lose(&mut self, why: &str) {
        if self.writer.take().is_none() {
            return;
        }
        if !actions::goes_on(&self.desk, self.on_loss, why) {
            self.exit = Some(Exit::Interrupted);
        }
    }

    fn over(&mut self) {
        self.exit = Some(match self.plain.how_it_ended() {
            End::Clean => Exit::Ok,
            End::Inside => Exit::Usage,
            End::Held => Exit::Failure,
        });
    }

    /// Everything ends in order, and what nobody watches then is told.
    fn interrupted(&mut self) {
        self.with(|plain, screen, view, _| plain.interrupt(screen, view));
        self.exit = Some(Exit::Interrupted);
    }

    /// Stops the program as the terminal asked, unless somebody has to watch what runs.
    fn suspend(&mut self) {
        let is_busy = actions::is_busy(self.projection.borrow_mut().view(clock::now()));
        if is_busy {
            return self.with(|_, screen, _, _| Told {
                lines: vec![screen.look.text("frame.no_suspend").into_owned()],
                actions: Vec::new(),
            });
        }
        // Whoever has the terminal meanwhile sees what is typed.
        self.echo.hide(false);
        let this = rustix::process::getpid();
        if let Err(error) = rustix::process::kill_process(this, rustix::process::Signal::STOP) {
            log::warn!("the program cannot be suspended: {error}");
        }
        self.prompt.clear();
        self.with(|_, _, _, _| Told::default());
    }
}
