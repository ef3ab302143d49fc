//! Everything that is known of one account's trading day.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use aftm_exchange_abi::{ABSENT, E_INTERNAL};

use crate::Refusal;
use crate::clock;
use crate::closable::Closable;
use crate::fills::Number;
use crate::holdings;
use crate::input::SessionKey;
use crate::number::feed_price_e9;
use crate::orders::{Key, Orders};
use crate::refs::{Refs, Used};
use crate::refs_file::RefsFile;
use crate::rows::{AccountRow, Depth, InstrumentRow, LoginRow, PositionRow};
use crate::told::Sheet;

/// An order as the host names it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Name {
    /// By the host's number.
    Client(u64),
    /// By the exchange's, where the host did not send it.
    Number(Number),
}

/// A cancel of the host that waits for its answer.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    pub(super) request: u64,
    pub(super) action: i32,
    pub(super) since: Duration,
    pub(super) keys: Vec<Key>,
}

/// The best prices of an instrument, and its limits.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Best {
    pub(super) bid_e9: Option<i64>,
    pub(super) ask_e9: Option<i64>,
    pub(super) lower_e9: Option<i64>,
    pub(super) upper_e9: Option<i64>,
    /// The day's lots of its last snapshot.
    pub(super) volume: i32,
}

/// An instrument that can be traded.
pub(super) struct Listed {
    pub(super) told: aftm_exchange_abi::Instrument,
    pub(super) tick_e9: i64,
    pub(super) multiple: i32,
    pub(super) exchange: String,
}

/// See the module.
pub(super) struct Day {
    pub(super) broker: String,
    pub(super) user: String,
    /// The order account.
    pub(super) account: String,
    /// The folder for the vendor's flow files.
    pub(super) flow: PathBuf,
    pub(super) trading_day: u32,
    /// Of the login that stands.
    pub(super) session: SessionKey,
    pub(super) refs: Refs,
    pub(super) file: RefsFile,
    used: Vec<Used>,
    pub(super) orders: Orders,
    pub(super) sheets: HashMap<Name, Sheet>,
    /// Orders whose answer is awaited, with their requests.
    pub(super) sends: HashMap<u64, u64>,
    pub(super) cancels: HashMap<Name, Pending>,
    pub(super) action: i32,
    /// What an IOC leaves in the queue, which the plug-in ends.
    pub(super) to_end: HashSet<Key>,
    pub(super) closable: Closable,
    pub(super) instruments: HashMap<String, Listed>,
    pub(super) accounts: Vec<AccountRow>,
    pub(super) positions: Vec<PositionRow>,
    /// When the positions are listed again, after trades.
    pub(super) positions_due: Option<Duration>,
    /// Whether something traded since the positions were last asked for.
    pub(super) has_traded: bool,
    pub(super) best: HashMap<String, Best>,
}

fn broken(what: impl std::fmt::Display) -> Refusal {
    Refusal::new(E_INTERNAL, what.to_string())
}

/// A part of a name of a folder: what could lead elsewhere becomes a line.
fn plain(text: &str) -> String {
    text.chars().map(|it| if it.is_ascii_alphanumeric() { it } else { '_' }).collect()
}

impl Day {
    /// With what the folder of this user at this broker holds.
    pub(super) fn open(
        state: &Path,
        broker: &str,
        user: &str,
        account: &str,
    ) -> Result<Day, Refusal> {
        let folder = state.join(format!("{}-{}-{}", plain(broker), plain(user), plain(account)));
        let flow = folder.join("flow");
        // The vendor's library ends the process where this folder is missing.
        std::fs::create_dir_all(&flow)
            .map_err(|err| broken(format_args!("{}: {err}", flow.display())))?;
        let (file, used) = RefsFile::open(&folder).map_err(broken)?;
        Ok(Day {
            broker: broker.to_owned(),
            user: user.to_owned(),
            account: account.to_owned(),
            flow,
            trading_day: 0,
            session: SessionKey { front: 0, session: 0 },
            refs: Refs::default(),
            file,
            used,
            orders: Orders::default(),
            sheets: HashMap::new(),
            sends: HashMap::new(),
            cancels: HashMap::new(),
            action: 0,
            to_end: HashSet::new(),
            closable: Closable::default(),
            instruments: HashMap::new(),
            accounts: Vec::new(),
            positions: Vec::new(),
            positions_due: None,
            has_traded: false,
            best: HashMap::new(),
        })
    }

    pub(super) fn is_of(&self, broker: &str, user: &str, account: &str) -> bool {
        (&*self.broker, &*self.user, &*self.account) == (broker, user, account)
    }

    /// Whether a row is of this account: a user may trade for several.
    pub(super) fn is_ours(&self, investor: &str) -> bool {
        investor.trim().is_empty() || investor.trim() == self.account
    }

    /// A login: its trading day.
    pub(super) fn logged_in(&mut self, row: &LoginRow) -> Result<u32, Refusal> {
        let Some(trading_day) = clock::day_number(&row.trading_day) else {
            let text = format!("the login names {:?} as its trading day", row.trading_day);
            return Err(broken(text));
        };
        self.refs.login((trading_day, row.key()), &row.max_order_ref, &self.used)?;
        self.session = row.key();
        if trading_day != self.trading_day {
            self.begin(trading_day)?;
        }
        Ok(trading_day)
    }

    /// Another trading day: its orders are the ones of the file, and what the venue will list.
    fn begin(&mut self, trading_day: u32) -> Result<(), Refusal> {
        self.file.keep_day(trading_day, &self.used).map_err(broken)?;
        self.used.retain(|it| it.trading_day == trading_day);
        self.trading_day = trading_day;
        self.orders = Orders::default();
        self.orders.restore(&self.used);
        self.sheets.clear();
        self.sends.clear();
        self.cancels.clear();
        self.to_end.clear();
        self.closable = Closable::default();
        self.best.clear();
        Ok(())
    }

    /// References for the legs of an order, in the file before anything is sent.
    pub(super) fn reserve(
        &mut self,
        client_order_id: u64,
        life: crate::ask::Life,
        legs: &[i32],
    ) -> Result<Vec<Used>, Refusal> {
        let used = self.refs.take(client_order_id, life, legs)?;
        self.file.append(&used).map_err(|err| {
            broken(format_args!(
                "the order is not sent, because its references cannot be kept: {err}"
            ))
        })?;
        self.used.extend(used.iter().cloned());
        Ok(used)
    }

    /// The venue's list of instruments, whole; what is said of those that are left out.
    pub(super) fn list_instruments(&mut self, rows: &[InstrumentRow]) -> Vec<String> {
        self.instruments.clear();
        let mut odd = Vec::new();
        for row in rows {
            match holdings::instrument(row) {
                Ok(told) => {
                    let listed = Listed {
                        tick_e9: told.tick_e9[0],
                        told,
                        multiple: row.multiple,
                        exchange: row.exchange.clone(),
                    };
                    self.instruments.insert(row.symbol.clone(), listed);
                }
                Err(text) => odd.push(text),
            }
        }
        odd
    }

    /// The last settlement and the limits of the day of an instrument.
    pub(super) fn limit(&mut self, depth: &Depth) {
        let Some(listed) = self.instruments.get_mut(&depth.symbol) else { return };
        let price = |value: f64| {
            let price = feed_price_e9(value, listed.tick_e9).ok().flatten();
            // No contract settles at 0, and fronts write it for none.
            price.filter(|it| *it != 0).unwrap_or(ABSENT)
        };
        let (reference, upper, lower) =
            (price(depth.prev_settle), price(depth.upper), price(depth.lower));
        let told = &mut listed.told;
        (told.reference_e9, told.upper_e9, told.lower_e9) = (reference, upper, lower);
    }

    pub(super) fn sheet(&self, client_order_id: u64, number: Option<&Number>) -> Option<&Sheet> {
        let name = name_of(client_order_id, number)?;
        self.sheets.get(&name)
    }
}

/// How the host names an order; `None` where it cannot yet.
pub(super) fn name_of(client_order_id: u64, number: Option<&Number>) -> Option<Name> {
    match (client_order_id, number) {
        (0, None) => None,
        (0, Some(number)) => Some(Name::Number(number.clone())),
        (client, _) => Some(Name::Client(client)),
    }
}
