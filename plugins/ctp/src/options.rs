//! The options of the settings file, and the credentials of a login.

use std::collections::BTreeMap;
use std::path::PathBuf;

use aftm_exchange_abi::{E_ARG, E_PERMISSION};
use zeroize::Zeroizing;

use crate::Refusal;
use crate::pricing::{Range, Support};
use crate::text;

/// How many ticks beyond the best price an emulated market order goes where nothing is said.
const REACH_TICKS: u16 = 10;

/// Every option: its key, and what it is.
const KEYS: [(&str, &str); 15] = [
    ("front", "the trading front's address: tcp://HOST:PORT"),
    ("quote_front", "the market data front's address"),
    ("broker", "the broker's id"),
    ("trade_library", "the path of thosttraderapi_se"),
    ("quote_library", "the path of thostmduserapi_se"),
    ("library_version", "what a library calls itself that reports no CTP version"),
    ("environment", "simulated or production"),
    ("investor", "the order account, where it is not the user"),
    ("app_id", "the program's id at the broker"),
    ("auth_code", "its code"),
    ("product", "what the program calls itself to the broker"),
    ("reach_ticks", "how far an emulated market order goes, in ticks"),
    ("market_orders", "exchanges that take market orders"),
    ("close_today", "exchanges besides SHFE and INE that take the offset for today's lots"),
    ("ends_ioc", "yes, or no where the library leaves the rest of an IOC order in the queue"),
];

/// How a session is set up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Options {
    pub(crate) front: String,
    pub(crate) quote_front: Option<String>,
    pub(crate) broker: String,
    pub(crate) trade_library: Option<PathBuf>,
    pub(crate) quote_library: Option<PathBuf>,
    pub(crate) library_version: Option<String>,
    /// Real money, unless the settings say otherwise.
    pub(crate) is_production: bool,
    pub(crate) investor: Option<String>,
    pub(crate) app_id: String,
    pub(crate) auth_code: String,
    pub(crate) product: String,
    pub(crate) reach_ticks: u16,
    market_orders: Option<Vec<String>>,
    pub(crate) close_today: Vec<String>,
    ends_ioc: bool,
}

impl Options {
    /// Reads keys and values.
    ///
    /// # Errors
    ///
    /// Where a key is not known or is there twice, a value is none of its kind, or one that must be
    /// there is missing.
    pub(crate) fn read(pairs: &[(&str, &str)]) -> Result<Options, Refusal> {
        let mut given = BTreeMap::new();
        for (key, value) in pairs {
            if !KEYS.iter().any(|(known, _)| known == key) {
                let known: Vec<_> = KEYS.iter().map(|(known, _)| *known).collect();
                let known = known.join(", ");
                return Err(refuse(format!("the option {key} is unknown; there are: {known}")));
            }
            if given.insert(*key, value.trim()).is_some() {
                return Err(refuse(format!("the option {key} is there twice")));
            }
        }
        let said = |key: &str| given.get(key).copied().filter(|it| !it.is_empty());
        let owned = |key: &str| said(key).map(str::to_owned);
        let front = address("front", &required(&given, "front")?)?;
        // What does not fit the vendor's field would name something else.
        text::name::<11>("broker", said("broker").unwrap_or_default())?;
        text::name::<11>("product", said("product").unwrap_or_default())?;
        let quote_front = owned("quote_front").map(|it| address("quote_front", &it)).transpose()?;
        Ok(Options {
            front,
            quote_front,
            broker: required(&given, "broker")?,
            trade_library: path(&given, "trade_library")?,
            quote_library: path(&given, "quote_library")?,
            library_version: owned("library_version"),
            is_production: one_of("environment", said("environment"), "production", "simulated")?,
            investor: owned("investor"),
            app_id: owned("app_id").unwrap_or_default(),
            auth_code: owned("auth_code").unwrap_or_default(),
            product: owned("product").unwrap_or_default(),
            reach_ticks: reach(said("reach_ticks"))?,
            market_orders: said("market_orders").map(exchanges),
            close_today: said("close_today").map(exchanges).unwrap_or_default(),
            ends_ioc: one_of("ends_ioc", said("ends_ioc"), "yes", "no")?,
        })
    }

    /// What an exchange takes, by what is commonly known, or by what the settings say.
    pub(crate) fn support(&self, exchange: &str) -> Support {
        let known = Support::of(exchange);
        let (market, range) = match &self.market_orders {
            None => (known.market, known.range),
            Some(named) if named.iter().any(|it| it == exchange) => (true, known.range),
            Some(_) => (false, Range::Emulated),
        };
        Support { market, range, ends_ioc: self.ends_ioc }
    }

    /// Refuses a login that does not mean real money at a front that moves it.
    ///
    /// # Errors
    ///
    /// As said.
    pub(crate) fn allow(&self, is_production_meant: bool) -> Result<(), Refusal> {
        if !self.is_production || is_production_meant {
            return Ok(());
        }
        let text = format!(
            "the front {} is taken for a production front, and the login does not say that real \
             money is meant; for SimNow and the like set environment to simulated",
            self.front
        );
        Err(Refusal::new(E_PERMISSION, text))
    }
}

/// Who logs in. The password and the code are wiped when this goes.
pub(crate) struct Credentials {
    pub(crate) user: String,
    pub(crate) investor: String,
    pub(crate) password: Zeroizing<String>,
    pub(crate) app_id: String,
    pub(crate) auth_code: Zeroizing<String>,
}

impl Credentials {
    /// Reads keys and values: `user`, `password`, and as the broker asks `investor`, `app_id` and
    /// `auth_code`, which may be options as well.
    ///
    /// # Errors
    ///
    /// Where a key is not known, or user or password are missing.
    pub(crate) fn read(pairs: &[(&str, &str)], options: &Options) -> Result<Credentials, Refusal> {
        const KNOWN: [&str; 5] = ["user", "password", "investor", "app_id", "auth_code"];
        if let Some((odd, _)) = pairs.iter().find(|(key, _)| !KNOWN.contains(key)) {
            let known = KNOWN.join(", ");
            return Err(refuse(format!("the credential {odd} is unknown; there are: {known}")));
        }
        let given = |key: &str| {
            pairs.iter().rev().find(|it| it.0 == key).map(|it| it.1).filter(|it| !it.is_empty())
        };
        let needed = |key: &str| {
            given(key)
                .ok_or_else(|| refuse(format!("the {key} is missing; CTP wants it to log in")))
        };
        let user = needed("user")?.to_owned();
        let investor = given("investor").map(str::to_owned).or_else(|| options.investor.clone());
        let investor = investor.unwrap_or_else(|| user.clone());
        let app_id = given("app_id").unwrap_or(&options.app_id);
        text::name::<16>("user", &user)?;
        text::name::<13>("investor", &investor)?;
        text::name::<33>("app_id", app_id)?;
        secret("password", needed("password")?, 40)?;
        secret("auth_code", given("auth_code").unwrap_or(&options.auth_code), 16)?;
        Ok(Credentials {
            investor,
            user,
            password: Zeroizing::new(needed("password")?.to_owned()),
            app_id: app_id.to_owned(),
            auth_code: Zeroizing::new(given("auth_code").unwrap_or(&options.auth_code).to_owned()),
        })
    }

    /// Whether the program authenticates itself before the login.
    pub(crate) fn authenticates(&self) -> bool {
        !self.auth_code.is_empty()
    }
}

/// Refuses a secret that does not fit the vendor's field, without repeating it.
fn secret(what: &str, value: &str, max: usize) -> Result<(), Refusal> {
    if value.len() <= max && value.bytes().all(|it| it.is_ascii_graphic()) {
        return Ok(());
    }
    Err(refuse(format!("the {what} is longer than {max} letters, or has others than ASCII")))
}

fn refuse(text: String) -> Refusal {
    Refusal::new(E_ARG, text)
}

fn required(given: &BTreeMap<&str, &str>, key: &str) -> Result<String, Refusal> {
    let value = given.get(key).copied().filter(|it| !it.is_empty()).map(str::to_owned);
    value.ok_or_else(|| {
        let what = KEYS.iter().find(|it| it.0 == key).map_or("", |it| it.1);
        refuse(format!("the option {key} is missing: {what}"))
    })
}

/// An address as the vendor's library takes it, which crashes at others.
fn address(key: &str, text: &str) -> Result<String, Refusal> {
    let is_local = cfg!(feature = "rehearsal") && text.starts_with("rehearsal:");
    let after = ["tcp://", "ssl://"].iter().find_map(|it| text.strip_prefix(it));
    let port = after.and_then(|it| it.rsplit_once(':')).map(|(host, port)| (host, port.parse()));
    let is_whole = matches!(port, Some((host, Ok(1..=u16::MAX))) if !host.is_empty());
    if (is_whole && text.bytes().all(|it| it.is_ascii_graphic())) || is_local {
        return Ok(text.to_owned());
    }
    Err(refuse(format!("the {key} {text:?} is no address; write tcp://HOST:PORT")))
}

/// A path of a library: absolute, because a bare name would find any file of that name.
fn path(given: &BTreeMap<&str, &str>, key: &str) -> Result<Option<PathBuf>, Refusal> {
    let Some(text) = given.get(key).copied().filter(|it| !it.is_empty()) else { return Ok(None) };
    let path = PathBuf::from(text);
    if path.is_absolute() {
        return Ok(Some(path));
    }
    Err(refuse(format!("the {key} {text:?} is not absolute; write it from the root on")))
}

/// Whether a word is the first of two; the first is meant where nothing is said.
fn one_of(key: &str, word: Option<&str>, first: &str, second: &str) -> Result<bool, Refusal> {
    match word {
        None => Ok(true),
        Some(word) if word == first => Ok(true),
        Some(word) if word == second => Ok(false),
        Some(other) => Err(refuse(format!("the {key} {other:?} is neither {first} nor {second}"))),
    }
}

fn reach(text: Option<&str>) -> Result<u16, Refusal> {
    let Some(text) = text else { return Ok(REACH_TICKS) };
    let ticks = text.parse().ok().filter(|it| (0..=1000).contains(it));
    ticks.ok_or_else(|| {
        refuse(format!("the reach_ticks {text:?} is not a whole number from 0 to 1000"))
    })
}

fn exchanges(text: &str) -> Vec<String> {
    text.split([',', ' ']).filter(|it| !it.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRONT: (&str, &str) = ("front", "tcp://180.168.146.187:10201");
    const BROKER: (&str, &str) = ("broker", "9999");

    fn with(more: &[(&str, &str)]) -> Result<Options, Refusal> {
        Options::read(&[&[FRONT, BROKER], more].concat())
    }

    #[track_caller]
    fn refused(more: &[(&str, &str)], said: &str) {
        let refused = with(more).unwrap_err();
        assert!(refused.text.contains(said), "{refused}");
        assert_eq!(refused.code, E_ARG);
    }

    #[test]
    fn what_is_not_said_is_the_safe_choice() {
        let options = with(&[]).unwrap();
        assert!(options.is_production, "real money");
        assert_eq!(options.allow(false).unwrap_err().code, E_PERMISSION);
        assert!(options.allow(true).is_ok());
        assert!(with(&[("environment", "simulated")]).unwrap().allow(false).is_ok());
        assert!(options.support("CFFEX").market && options.support("CFFEX").ends_ioc);
        assert!(!options.support("SHFE").market);
    }

    #[test]
    fn an_option_that_cannot_be_meant_is_refused_with_its_value() {
        refused(&[("fornt", "x")], "the option fornt is unknown; there are: front, quote_front");
        refused(&[BROKER], "the option broker is there twice");
        refused(&[("environment", "test")], "the environment \"test\" is neither production nor");
        refused(&[("reach_ticks", "-1")], "the reach_ticks \"-1\" is not a whole number");
        refused(&[("trade_library", "x.so")], "the trade_library \"x.so\" is not absolute");
        for odd in
            ["10.0.0.1:1", "tcp://:1", "tcp://a:0", "tcp://a:65536", "tcp://a b:1", "tcp://a"]
        {
            refused(&[("quote_front", odd)], "is no address; write tcp://HOST:PORT");
        }
        let missing = Options::read(&[FRONT]).unwrap_err();
        assert_eq!(missing.text, "the option broker is missing: the broker's id");
    }

    #[test]
    fn what_an_exchange_takes_can_be_said() {
        let options = with(&[("market_orders", "SHFE, INE"), ("ends_ioc", "no")]).unwrap();
        assert!(options.support("SHFE").market && !options.support("CFFEX").market);
        assert_eq!(options.support("CFFEX"), Support::LOCAL);
    }

    #[test]
    fn credentials_fill_what_the_options_leave_open() {
        let options = with(&[("app_id", "aftm_1"), ("auth_code", "0000")]).unwrap();
        let read = |pairs: &[(&str, &str)]| Credentials::read(pairs, &options);
        let who = read(&[("user", "u"), ("password", "p"), ("auth_code", "1")]).ok().unwrap();
        assert_eq!((&*who.user, &*who.investor, &**who.auth_code), ("u", "u", "1"));
        assert_eq!((&*who.app_id, who.authenticates()), ("aftm_1", true));
        let said = |pairs: &[(&str, &str)]| read(pairs).err().unwrap().text;
        assert!(said(&[("user", "u")]).starts_with("the password is missing"));
        assert!(said(&[("pin", "1")]).starts_with("the credential pin is unknown"));
        assert!(!said(&[("pin", "12345")]).contains("12345"));
        let long = "x".repeat(41);
        let refused = said(&[("user", "u"), ("password", &long)]);
        assert_eq!(refused, "the password is longer than 40 letters, or has others than ASCII");
        assert!(
            said(&[("user", "0123456789abcdef"), ("password", "p")]).contains("the 15 letters")
        );
    }
}
