//! The keys and variables that exist, and the nearest one to a word that does not.

use super::layer::{self, Layer};
use super::plugins;
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
    ("EXCHANGE_MODE", "venue.kind"),
    ("AFTM_LOG", "log.level"),
];

/// Keys of before, and what stands in their place.
const RENAMED: [(&str, &str); 1] = [("venue.mode", "venue.kind")];

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
    /// Whether a key exists.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.keys.iter().any(|it| it == key) || plugins::has(key)
    }

    /// Whether it names a section.
    pub(crate) fn has_section(&self, name: &str) -> bool {
        name == plugins::SECTION
            || self
                .keys
                .iter()
                .any(|it| it.split_once('.').is_some_and(|(section, _)| section == name))
    }

    /// A sentence on a key that does not exist.
    pub(crate) fn unknown(&self, key: &str) -> String {
        if let Some(why) = plugins::unknown(key) {
            return why;
        }
        let section = |it: &str| self.has_section(it).then(|| format!("; write [{it}] above keys"));
        let own_name = |it: &str| it.rsplit('.').next().unwrap_or_default().to_owned();
        // A key without its section is told the section, before any other key that looks alike.
        let same = self.keys.iter().find(|it| own_name(it) == own_name(key)).map(String::as_str);
        let renamed = RENAMED.iter().find(|(it, _)| *it == key).map(|(_, it)| *it);
        let whole = renamed.or_else(|| nearest(key, self.keys.iter().map(String::as_str)));
        let hint = section(key)
            .or_else(|| plugin_hint(key))
            .or_else(|| whole.or(same).map(|it| format!("; did you mean {it}?")))
            .unwrap_or_default();
        format!("{key} is not a setting{hint}")
    }

    /// The key that a variable states.
    pub(crate) fn of_variable(&self, name: &str) -> Option<String> {
        let established = ESTABLISHED.iter().find(|(it, _)| *it == name).map(|(_, key)| *key);
        let ours = || self.keys.iter().map(String::as_str).find(|it| variable(it) == name);
        let key = established.or_else(ours).map(str::to_owned);
        key.or_else(|| plugins::of_variable(name))
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

/// A hint for the section of plug-ins, whose keys are not listed.
fn plugin_hint(key: &str) -> Option<String> {
    let (section, rest) = key.split_once('.')?;
    let is_near = nearest(section, [plugins::SECTION].into_iter()).is_some();
    is_near.then(|| format!("; did you mean {}.{rest}?", plugins::SECTION))
}

/// The nearest word, where one is near enough to be meant.
pub(crate) fn nearest<'a>(text: &str, words: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let bound = (text.chars().count() / 3).max(2);
    let far = |it: &&str| strsim::osa_distance(text, it);
    words.min_by_key(far).filter(|it| far(it) <= bound)
}
