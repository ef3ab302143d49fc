//! The clocks: whether times in the journal can be trusted.

use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::{Finding, Verdict};

/// Two readings of both clocks of the computer, a moment apart.
#[derive(Clone, Debug)]
pub struct Clocks {
    /// The wall clock.
    pub wall: [SystemTime; 2],
    /// The clock that never goes back.
    pub monotonic: [Instant; 2],
    /// Whether the system says that it keeps the wall clock by the network; `None` unknown.
    pub is_synchronized: Option<bool>,
    /// The time zone of the computer, where it names one.
    pub zone: Option<String>,
}

/// 2024-01-01 and 2100-01-01: a wall clock outside of them was never set.
const PLAUSIBLE: std::ops::Range<u64> = 1_704_067_200..4_102_444_800;
/// Between the readings the clocks may differ by so much.
const SLACK: Duration = Duration::from_millis(50);

impl Clocks {
    /// Reads them.
    #[allow(clippy::disallowed_methods)] // An entry: the one place that reads clocks.
    pub fn read() -> Clocks {
        let (first, began) = (SystemTime::now(), Instant::now());
        let timesync = Path::new("/run/systemd/timesync");
        let is_synchronized = timesync.is_dir().then(|| timesync.join("synchronized").exists());
        let (second, ended) = (SystemTime::now(), Instant::now());
        let (wall, monotonic) = ([first, second], [began, ended]);
        Clocks { wall, monotonic, is_synchronized, zone: zone() }
    }

    pub(super) fn findings(&self) -> Vec<Finding> {
        vec![self.wall(), self.agreement(), self.synchronization(), self.zone()]
    }

    fn wall(&self) -> Finding {
        let [first, _] = self.wall;
        let seconds = first.duration_since(UNIX_EPOCH).map_or(0, |it| it.as_secs());
        let stamp = aftm_domain::Stamp(i64::try_from(seconds).unwrap_or(0) * 1_000_000_000);
        if PLAUSIBLE.contains(&seconds) {
            return Finding::new(Verdict::Ok, "clock", format!("it is {stamp} UTC"));
        }
        Finding::new(Verdict::Fail, "clock", format!("it says {stamp}, which cannot be; set it"))
    }

    fn agreement(&self) -> Finding {
        let ([first, second], [began, ended]) = (self.wall, self.monotonic);
        let (verdict, sentence) = match (second.duration_since(first), ended >= began) {
            (Ok(wall), true) if wall.abs_diff(ended.duration_since(began)) <= SLACK => {
                (Verdict::Ok, "wall and monotonic clock go together")
            }
            (Ok(_), true) => (Verdict::Warn, "the wall clock was set while it was looked at"),
            (Err(_), _) => (Verdict::Warn, "the wall clock went back while it was looked at"),
            (Ok(_), false) => (Verdict::Fail, "the monotonic clock goes back"),
        };
        Finding::new(verdict, "clocks", sentence)
    }

    fn synchronization(&self) -> Finding {
        let (verdict, sentence) = match self.is_synchronized {
            Some(true) => (Verdict::Ok, "the system keeps the clock by the network"),
            Some(false) => (Verdict::Warn, "the system has not set the clock by the network yet"),
            None => (Verdict::Ok, "the system does not say whether it keeps the clock"),
        };
        Finding::new(verdict, "time service", sentence)
    }

    fn zone(&self) -> Finding {
        let zone = self.zone.as_deref().unwrap_or("not named, so UTC");
        let sentence = format!("{zone}; exchange times keep the exchange's own");
        Finding::new(Verdict::Ok, "time zone", sentence)
    }
}

/// `TZ`, or where `/etc/localtime` points to below the system's zones.
fn zone() -> Option<String> {
    let variable = std::env::var("TZ").ok().filter(|it| !it.is_empty());
    variable.or_else(|| {
        let link = std::fs::read_link("/etc/localtime").ok()?;
        let (_, name) = link.to_str()?.split_once("zoneinfo/")?;
        Some(name.to_owned())
    })
}
