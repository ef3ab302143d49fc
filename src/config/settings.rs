//! Settings as decided: no options left, every value within its range.

use std::net::Ipv4Addr;
use std::time::Duration;

use aftm_domain::{Bounds, ExchangeTime, Money, Price, Quantity};

use super::layer::Layer;
use super::limits;
use super::plugins::{self, PluginSettings};
use super::problem::Problem;
use super::reader::Reader;
use super::venue::{self, Kind};

/// Ten minutes: no wait of the machine is longer.
const WAIT_MS_MAX: i64 = 600_000;
const DAY_MS: i64 = 86_400_000;

/// Settings in force. Sections and keys are those of `config.toml`, which says what each means;
/// durations have lost their unit.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct Settings {
    pub gateway: Gateway,
    pub kill: Kill,
    pub limits: Bounds,
    pub limits_production: Bounds,
    pub feed: Feed,
    pub random: Random,
    pub simulator: Simulator,
    pub strategy: Strategy,
    pub executor: Executor,
    pub venue: Venue,
    pub plugins: Vec<PluginSettings>,
    pub desk: Desk,
    pub journal: Journal,
    pub log: Log,
    pub screen: Screen,
}

impl Gateway {
    /// Whether programs of others can signal and order over TCP, one way or the other.
    pub const fn serves_programs(&self) -> bool {
        self.plain || self.curve
    }

    /// Whether other computers can reach the ports.
    pub const fn is_remote(&self) -> bool {
        !self.host.is_loopback()
    }
}

impl Settings {
    /// Reads every key of a complete layer, and adds a problem for each that is wrong.
    pub(crate) fn read(
        layer: &Layer,
        is_in_force: bool,
        problems: &mut Vec<Problem>,
    ) -> Option<Settings> {
        let mut reader = Reader::new(layer, is_in_force, problems);
        let it = &mut reader;
        // Every section is read before the first `?`, so that all of their problems are found.
        let (gateway, kill) = (Gateway::read(it), Kill::read(it));
        let wide = limits::read(it, "limits");
        let strict = limits::read(it, "limits_production");
        let (feed, random) = (Feed::read(it), Random::read(it));
        let (simulator, strategy) = (Simulator::read(it), Strategy::read(it));
        let (executor, venue, desk) = (Executor::read(it), Venue::read(it), Desk::read(it));
        let plugins = plugins::read(it);
        let (journal, log, screen) = (Journal::read(it), Log::read(it), Screen::read(it));
        Some(Settings {
            gateway: gateway?,
            kill: kill?,
            limits: wide?,
            limits_production: strict?,
            feed: feed?,
            random: random?,
            simulator: simulator?,
            strategy: strategy?,
            executor: executor?,
            venue: venue?,
            plugins: plugins?,
            desk: desk?,
            journal: journal?,
            log: log?,
            screen: screen?,
        })
    }
}

/// A section: its fields, and how each key is read. The macro reads all keys before it gives up.
macro_rules! section {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty = $read:expr,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $type,)*
        }

        impl $name {
            fn read(reader: &mut Reader<'_>) -> Option<$name> {
                $(let $field = {
                    let read: fn(&mut Reader<'_>) -> Option<$type> = $read;
                    read(reader)
                };)*
                Some($name { $($field: $field?,)* })
            }
        }
    };
}

section! {
    /// The sockets for other programs, and how long an order may take.
    Gateway {
        /// Where they bind: loopback, unless `curve` and `accept_remote` are true.
        host: Ipv4Addr = host,
        /// Market data; 0 takes a free port.
        tick_port: u16 = |it| it.integer("gateway.tick_port", 0..=65_535),
        /// Signals; 0 takes a free port.
        signal_port: u16 = |it| it.integer("gateway.signal_port", 0..=65_535),
        /// Orders; 0 takes a free port.
        order_port: u16 = |it| it.integer("gateway.order_port", 0..=65_535),
        /// Whether signals and orders are taken without encryption.
        plain: bool = |it| it.boolean("gateway.plain"),
        /// Whether signals and orders are taken from programs with keys; never beside `plain`.
        curve: bool = curve,
        /// Whether `host` may be an address that other computers reach.
        accept_remote: bool = |it| it.boolean("gateway.accept_remote"),
        /// Where a client of the order port connects: loopback.
        connect_host: Ipv4Addr = |it| it.loopback("gateway.connect_host"),
        /// How long a client waits for a reply.
        request_timeout: Duration =
            |it| it.milliseconds("gateway.request_timeout_ms", 100..=WAIT_MS_MAX),
        /// How often a client asks again.
        retry_count: u32 = |it| it.integer("gateway.retry_count", 0..=100),
        /// How old, in feed time, the tick of an entry may be.
        max_signal_age: Duration =
            |it| it.milliseconds("gateway.max_signal_age_ms", 1..=WAIT_MS_MAX),
        /// After how long an unanswered order is in doubt.
        in_doubt: Duration = |it| it.milliseconds("gateway.in_doubt_ms", 100..=WAIT_MS_MAX),
    }
}

section! {
    /// The halt, and what ends it.
    Kill {
        /// Whether a halt ends with reducing orders first.
        rearm_via_reducing: bool = |it| it.boolean("kill.rearm_via_reducing"),
        /// How long after a halt with real money nobody may rearm.
        cooldown: Duration =
            |it| it.integer("kill.cooldown_s", 0..=86_400).map(Duration::from_secs),
        /// How long an order may be in doubt before trading is halted; zero for ever.
        trip_in_doubt: Duration =
            |it| it.integer("kill.trip_in_doubt_s", 0..=86_400).map(Duration::from_secs),
        /// How long the journal may not be written before trading is halted; zero for ever.
        trip_journal: Duration =
            |it| it.integer("kill.trip_journal_s", 0..=86_400).map(Duration::from_secs),
        /// Lots by which positions may differ from the exchange's before trading is halted; zero any.
        trip_mismatch: Quantity = |it| {
            it.integer("kill.trip_mismatch_lots", 0..=1_000_000).and_then(Quantity::from_units)
        },
        /// How far our clock may be from the exchange's before trading is halted; zero any.
        trip_clock: Duration =
            |it| it.integer("kill.trip_clock_s", 0..=86_400).map(Duration::from_secs),
        /// How often the way to the exchange may be lost before only reducing orders are taken; 0
        /// for ever.
        trip_outages: u32 = |it| it.integer("kill.trip_outages", 0..=1_000),
        /// Within how long.
        outage_window: Duration =
            |it| it.integer("kill.outage_window_s", 1..=86_400).map(Duration::from_secs),
    }
}

section! {
    /// Where ticks come from.
    Feed {
        /// `random`, `taifex:PATH`, `csv:PATH`, or `venue` where a plug-in is the venue.
        source: String = venue::source,
        /// How fast a feed runs.
        speed: Speed = |it| it.decimal(
            "feed.speed", "above 0 and up to 100000, or \"max\"", str::parse, |_| true,
        ),
    }
}

section! {
    /// The random feed.
    Random {
        /// The same seed gives the same ticks.
        seed: u64 = |it| it.integer("random.seed", 0..=i64::MAX),
        /// When its clock starts.
        start: ExchangeTime = |it| it.word(
            "random.start", "a time with an offset like \"2021-07-26T08:45:00+08:00\"",
            |text| text.parse().ok(),
        ),
        /// Mean time between two ticks of an item.
        gap: Duration = |it| it.milliseconds("random.gap_ms", 1..=3_600_000),
        /// Whether it keeps the exchange's hours.
        sessions: bool = |it| it.boolean("random.sessions"),
    }
}

section! {
    /// The simulated exchange.
    Simulator {
        /// The same seed gives the same answers.
        seed: u64 = |it| it.integer("simulator.seed", 0..=i64::MAX),
        /// Ticks against a market order where there is no book.
        slippage: u32 = |it| it.integer("simulator.slippage", 0..=1_000),
        /// From order to acceptance.
        latency: Duration = |it| it.milliseconds("simulator.latency_ms", 0..=WAIT_MS_MAX),
        /// One order in so many is rejected; 0 for none.
        reject_one_in: u32 = |it| it.integer("simulator.reject_one_in", 0..=1_000_000),
        /// One order in so many is answered late; 0 for none.
        slow_one_in: u32 = |it| it.integer("simulator.slow_one_in", 0..=1_000_000),
        /// How late.
        slow: Duration = |it| it.milliseconds("simulator.slow_ms", 0..=WAIT_MS_MAX),
        /// After how long it disconnects; zero for never.
        disconnect_after: Duration =
            |it| it.milliseconds("simulator.disconnect_after_ms", 0..=DAY_MS),
        /// How long it stays away.
        disconnect_for: Duration = |it| it.milliseconds("simulator.disconnect_for_ms", 1..=DAY_MS),
        /// Whether orders outside the exchange's hours are refused.
        sessions: bool = |it| it.boolean("simulator.sessions"),
        /// What each account begins with.
        balance: Money = |it| it.decimal(
            "simulator.balance", "an amount from 0 to 1000000000000", str::parse,
            |it| (Money::ZERO..=Money::from_units(1_000_000_000_000)).contains(it),
        ),
    }
}

section! {
    /// What a condition has where it does not say.
    Strategy {
        /// Points to turn back before the entry.
        turning: Price = |it| it.decimal(
            "strategy.turning", "points, 0 or above", str::parse, |it| *it >= Price::ZERO,
        ),
        /// Points of profit; `None` for none.
        take_profit: Option<Price> = |it| it.points_or_none("strategy.take_profit"),
        /// Points of loss; `None` for none.
        stop_loss: Option<Price> = |it| it.points_or_none("strategy.stop_loss"),
        /// Lots.
        quantity: Quantity = |it| lots(it, "strategy.quantity"),
    }
}

section! {
    /// The order executor.
    Executor {
        /// Lots of an order from a signal that names none.
        v1_quantity: Quantity = |it| lots(it, "executor.v1_quantity"),
    }
}

section! {
    /// Where orders go.
    Venue {
        /// Which kind of venue.
        kind: Kind = venue::kind,
        /// The plug-in; there is one exactly where the kind says so.
        plugin: Option<PluginSettings> = venue::active,
        /// Whether the plug-in runs in a process of its own.
        isolate: bool = |it| it.boolean("venue.isolate"),
        /// Whether a plug-in that was started again is logged in again without asking.
        relogin: bool = |it| it.boolean("venue.relogin"),
        /// After how long a call of the plug-in that has not returned is hung.
        hang: Duration = |it| it.milliseconds("venue.hang_ms", 500..=WAIT_MS_MAX),
        /// How often the venue's lists are compared with ours; zero never.
        reconcile: Duration =
            |it| it.integer("venue.reconcile_s", 0..=86_400).map(Duration::from_secs),
    }
}

section! {
    /// How components are watched.
    Desk {
        /// How often a component is started again within the window.
        restarts_max: u32 = |it| it.integer("desk.restarts_max", 0..=1_000),
        /// The window.
        restart_window: Duration =
            |it| it.integer("desk.restart_window_s", 1..=86_400).map(Duration::from_secs),
        /// How long it may take to say hello.
        hello_timeout: Duration = |it| it.milliseconds("desk.hello_timeout_ms", 100..=WAIT_MS_MAX),
        /// How often it says that it lives.
        beat: Duration = |it| it.milliseconds("desk.beat_ms", 1..=60_000),
        /// After how much silence it is hung; above `beat`.
        silent: Duration = silent,
    }
}

section! {
    /// The facts on disk.
    Journal {
        /// What they survive.
        durability: Durability = |it| it.choice("journal.durability", &[
            ("process", Durability::Process), ("power", Durability::Power),
        ]),
    }
}

section! {
    /// The log.
    Log {
        /// How much it says.
        level: Level = |it| it.choice("log.level", &[
            ("off", Level::Off), ("error", Level::Error), ("warn", Level::Warn),
            ("info", Level::Info), ("debug", Level::Debug), ("trace", Level::Trace),
        ]),
    }
}

section! {
    /// The full screen.
    Screen {
        /// A theme's name; `None` takes the language's.
        theme: Option<String> = |it| it.word("screen.theme", "\"auto\" or the name of a theme", name),
        /// The language's tag; `None` takes the environment's.
        language: Option<&'static str> = |it| it.choice("screen.language", &[
            ("auto", None), ("en", Some("en")), ("zh-TW", Some("zh-TW")), ("zh-CN", Some("zh-CN")),
        ]),
        /// How many colors; the word as it was stated.
        color: &'static str = |it| it.choice("screen.color", &[
            ("auto", "auto"), ("always", "always"), ("never", "never"), ("16", "16"),
            ("256", "256"), ("truecolor", "truecolor"),
        ]),
        /// Whether prices that rise are red; `None` leaves it to the theme.
        is_red_up: Option<bool> = |it| it.choice("screen.market_colors", &[
            ("auto", None), ("red-up", Some(true)), ("green-up", Some(false)),
        ]),
        /// After how long without a tick an item's price is no longer true.
        stale: Duration = |it| it.milliseconds("screen.stale_ms", 500..=WAIT_MS_MAX),
        /// Whether the mouse is taken.
        mouse: bool = |it| it.boolean("screen.mouse"),
        /// Whether fills and faults ring and tell the desktop.
        bell: bool = |it| it.boolean("screen.bell"),
        /// What the machine does when the terminal goes away.
        on_loss: OnLoss = |it| it.choice("screen.on_terminal_loss", &[
            ("continue", OnLoss::Continue), ("cancel", OnLoss::Cancel), ("flat", OnLoss::Flat),
            ("stop", OnLoss::Stop),
        ]),
        /// Whether the kill key twice chooses the strongest kill.
        kill_double_press: bool = |it| it.boolean("screen.kill_double_press"),
    }
}

/// How fast a feed runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Speed {
    /// Times real time: finite, above 0, at most 100000.
    Times(f64),
    /// As fast as the machine can.
    Max,
}

impl std::str::FromStr for Speed {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Speed, &'static str> {
        if text == "max" {
            return Ok(Speed::Max);
        }
        let times = text.parse::<Price>().ok().map(Price::to_f64);
        times
            .filter(|it| *it > 0.0 && *it <= 100_000.0)
            .map(Speed::Times)
            .ok_or("the speed is a number above 0 and up to 100000, or max")
    }
}

/// What the machine does when nobody can look at it any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnLoss {
    /// It goes on as it was.
    Continue,
    /// Every order is canceled, and only what makes a position smaller is taken.
    Cancel,
    /// It is halted, and every position closed.
    Flat,
    /// It ends in order.
    Stop,
}

/// What recorded facts survive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// The death of the program.
    Process,
    /// The loss of power.
    Power,
}

/// How much the log says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Level {
    Off,
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

impl Level {
    /// The word, in lower case.
    pub const fn word(self) -> &'static str {
        match self {
            Level::Off => "off",
            Level::Error => "error",
            Level::Warn => "warn",
            Level::Info => "info",
            Level::Debug => "debug",
            Level::Trace => "trace",
        }
    }
}

/// `auto`, or a name that is also a file's.
fn name(text: &str) -> Option<Option<String>> {
    let is_name = |it: &str| {
        !it.is_empty() && it.chars().all(|it| it.is_ascii_alphanumeric() || it == '-' || it == '_')
    };
    match text {
        "auto" => Some(None),
        _ => is_name(text).then(|| Some(text.to_owned())),
    }
}

fn lots(reader: &mut Reader<'_>, key: &str) -> Option<Quantity> {
    reader.decimal(key, "a number of lots above 0", str::parse, |it: &Quantity| it.is_positive())
}

fn host(reader: &mut Reader<'_>) -> Option<Ipv4Addr> {
    // Either that is wrong has its own problem.
    let (curve, accepted) =
        (reader.boolean("gateway.curve")?, reader.boolean("gateway.accept_remote")?);
    if curve && accepted { reader.address("gateway.host") } else { reader.loopback("gateway.host") }
}

fn curve(reader: &mut Reader<'_>) -> Option<bool> {
    let (curve, plain) = (reader.boolean("gateway.curve")?, reader.boolean("gateway.plain")?);
    if curve && plain {
        return reader.not_yet(
            "gateway.curve",
            "cannot stand beside gateway.plain = true: a port takes keys or it does not; set one \
             of them to false",
        );
    }
    Some(curve)
}

fn silent(reader: &mut Reader<'_>) -> Option<Duration> {
    let silent = reader.milliseconds("desk.silent_ms", 10..=WAIT_MS_MAX)?;
    // A beat that is wrong has its own problem.
    let beat = reader.milliseconds("desk.beat_ms", 1..=60_000)?;
    if silent > beat {
        return Some(silent);
    }
    reader.not_yet("desk.silent_ms", "is not above desk.beat_ms, so that every component is hung")
}
