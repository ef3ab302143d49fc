//! The keys and variables that exist, and the nearest one to a word that does not.

use super::layer::{self, Layer};
use super::problem::{Origin, Problem};
use crate::document;

/// Variables established before this program, and the keys that they state.
pub(crate) const ESTABLISHED: [(&str, &str); 9] = [
    ("ZMQ_HOST", "gateway.host"),
    ("ZMQ_TICK_PORT", "gateway.tick_port"),
    ("ZMQ_SIGNAL_PORT", "gateway.signal_port"),
    ("DLL_GATEWAY_HOST", "gateway.connect_host"),
    ("DLL_GATEWAY_PORT", "gateway.order_port"),
    ("DLL_GATEWAY_REQUEST_TIMEOUT_MS", "gateway.request_timeout_ms"),
    ("DLL_GATEWAY_RETRY_COUNT", "gateway.retry_count"),
    ("EXCHANGE_MODE", "venue.mode"),
    ("AFTM_LOG", "log.level"),
];

/// Variables that are ours and state no setting.
pub(crate) const OTHERS: [&str; 2] = ["AFTM_HOME", "AFTM_PASSWORD"];

/// The keys that exist, in the order of the built-in file.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    keys: Vec<String>,
}

/// The built-in layer, and the keys that exist because it states them.
pub(crate) fn built_in() -> Result<(Layer, Known), Vec<Problem>> {
    let broken = |err: document::SyntaxError| Problem::new(Origin::BuiltIn, err.message);
    let entries = document::parse(super::BUILT_IN)
        .map_err(|errors| errors.into_iter().map(broken).collect::<Vec<_>>())?;
    let mut built_in = Layer::default();
    let mut keys = Vec::new();
    for (key, _, value) in layer::flat(&entries) {
        built_in.state(&key, value, Origin::BuiltIn);
        keys.push(key);
    }
    Ok((built_in, Known { keys }))
}

impl Known {
    /// The key itself, where it exists.
    pub(crate) fn find(&self, key: &str) -> Option<&str> {
        self.keys.iter().map(String::as_str).find(|it| *it == key)
    }

    /// Whether it names a section.
    pub(crate) fn has_section(&self, name: &str) -> bool {
        self.keys.iter().any(|it| it.split_once('.').is_some_and(|(section, _)| section == name))
    }

    /// A sentence on a key that does not exist.
    pub(crate) fn unknown(&self, key: &str) -> String {
        let section = |it: &str| self.has_section(it).then(|| format!("; write [{it}] above keys"));
        let own_name = |it: &str| it.rsplit('.').next().unwrap_or_default().to_owned();
        // A key without its section is told the section, before any other key that looks alike.
        let same = self.keys.iter().find(|it| own_name(it) == own_name(key)).map(String::as_str);
        let whole = nearest(key, self.keys.iter().map(String::as_str));
        let hint = section(key)
            .or_else(|| whole.or(same).map(|it| format!("; did you mean {it}?")))
            .unwrap_or_default();
        format!("{key} is not a setting{hint}")
    }

    /// The key that a variable states.
    pub(crate) fn of_variable(&self, name: &str) -> Option<&str> {
        let established = ESTABLISHED.iter().find(|(it, _)| *it == name).map(|(_, key)| *key);
        established.or_else(|| self.keys.iter().map(String::as_str).find(|it| variable(it) == name))
    }

    /// A sentence on a variable that does not exist.
    pub(crate) fn unknown_variable(&self, name: &str) -> String {
        let ours: Vec<String> = self.keys.iter().map(|it| variable(it)).collect();
        let established = ESTABLISHED.iter().map(|(it, _)| *it);
        let all = ours.iter().map(String::as_str).chain(established).chain(OTHERS);
        let hint = nearest(name, all).map(|it| format!("; did you mean {it}?")).unwrap_or_default();
        format!("{name} is not a variable of aftm{hint}")
    }
}

/// The variable of a key: `gateway.tick_port` is `AFTM_GATEWAY__TICK_PORT`.
pub(crate) fn variable(key: &str) -> String {
    format!("AFTM_{}", key.replace('.', "__").to_uppercase())
}

/// The nearest word, where one is near enough to be meant.
fn nearest<'a>(text: &str, words: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let bound = (text.chars().count() / 3).max(2);
    let far = |it: &&str| strsim::osa_distance(text, it);
    words.min_by_key(far).filter(|it| far(it) <= bound)
}
