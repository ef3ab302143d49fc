//! Plug-ins in the settings: keys below `plugins`, under names that the trader chooses.

use std::path::{Path, PathBuf};

use super::known::nearest;
use super::layer::Layer;
use super::reader::Reader;
use crate::document::{Entry, Node, Value};

/// The section of all plug-ins.
pub(crate) const SECTION: &str = "plugins";

/// What can be stated of a plug-in.
const FIELDS: [&str; 3] = ["path", "options", "credentials"];

/// The longest name of a plug-in or of an option.
const NAME_MAX: usize = 32;

/// An exchange plug-in as it is configured. Nothing in it is secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PluginSettings {
    /// Its name in the settings: `[plugins.NAME]`.
    pub name: String,
    /// The library, an absolute path. Whether there is one is found out where it is loaded.
    pub path: PathBuf,
    /// What its session is opened with, in the order of the keys, each once.
    pub options: Vec<(String, String)>,
    /// A file of further credentials, an absolute path; see [`super::credentials`].
    pub credentials: Option<PathBuf>,
}

/// What a key below `plugins` states: of which plug-in, and what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place<'key> {
    plugin: &'key str,
    field: &'key str,
    option: Option<&'key str>,
}

/// Reads a key below `plugins`; `None` where it is another key, an error where there is none such.
fn place(key: &str) -> Option<Result<Place<'_>, String>> {
    let rest = key.strip_prefix(SECTION)?.strip_prefix('.')?;
    let (plugin, rest) = rest.split_once('.').unwrap_or((rest, ""));
    if !is_name(plugin) {
        return Some(Err(format!(
            "{plugin:?} is not a name for a plug-in: 1 to {NAME_MAX} lower-case letters, digits, - \
             and single _"
        )));
    }
    Some(field(plugin, rest).map_err(|why| format!("{key} {why}")))
}

fn field<'key>(plugin: &'key str, rest: &'key str) -> Result<Place<'key>, String> {
    let (field, option) = match rest.split_once('.') {
        Some((field, option)) => (field, Some(option)),
        None => (rest, None),
    };
    match (field, option) {
        ("", _) => Err("states nothing; it needs path = \"/absolute/path.so\" below it".to_owned()),
        ("options", None) => Err("is a table of options: options = { key = \"value\" }".to_owned()),
        ("options", Some(name)) if !is_option(name) => {
            Err(format!("is not an option: 1 to {NAME_MAX} letters, digits, - and _ are a name"))
        }
        ("options", Some(_)) | ("path" | "credentials", None) => {
            Ok(Place { plugin, field, option })
        }
        _ => {
            let hint = nearest(field, FIELDS.into_iter());
            let hint = hint.map(|it| format!("; did you mean plugins.{plugin}.{it}?"));
            Err(format!("is not a setting{}", hint.unwrap_or_default()))
        }
    }
}

/// Whether a plug-in may have this name: it is also a part of a variable, whose case says nothing
/// and where two underscores part the words.
pub(crate) fn is_name(text: &str) -> bool {
    let is_letter = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || "-_".contains(it);
    (1..=NAME_MAX).contains(&text.len()) && text.chars().all(is_letter) && !text.contains("__")
}

/// Whether an option or a credential may have this name.
pub(crate) fn is_option(text: &str) -> bool {
    let is_letter = |it: char| it.is_ascii_alphanumeric() || "-_".contains(it);
    (1..=NAME_MAX).contains(&text.len()) && text.chars().all(is_letter)
}

/// Whether a key is one of a plug-in's.
pub(crate) fn has(key: &str) -> bool {
    matches!(place(key), Some(Ok(_)))
}

/// A sentence on a key below `plugins` that does not exist.
pub(crate) fn unknown(key: &str) -> Option<String> {
    place(key)?.err()
}

/// The key that a variable states: `AFTM_PLUGINS__CTP__OPTIONS__FRONT` is `plugins.ctp.options.front`.
pub(crate) fn of_variable(name: &str) -> Option<String> {
    let rest = name.strip_prefix("AFTM_PLUGINS__")?.to_lowercase();
    let (plugin, rest) = rest.split_once("__")?;
    let rest = match rest.split_once("__") {
        Some((field, option)) => format!("{field}.{option}"),
        None => rest.to_owned(),
    };
    Some(format!("{SECTION}.{plugin}.{rest}")).filter(|it| has(it))
}

/// What a settings file states of one plug-in, as whole keys with line and value.
pub(crate) fn flat(plugin: &Entry) -> Vec<(String, usize, Value)> {
    let key = format!("{SECTION}.{}", plugin.key);
    let leaf = |key: String, entry: &Entry| (key, entry.line, entry.node.as_value());
    let fields = match &plugin.node {
        Node::Table(fields) => fields.as_slice(),
        Node::Value(_) | Node::Tables(_) => &[],
    };
    let stated = |field: &Entry| match &field.node {
        Node::Table(options) if field.key == "options" => {
            options.iter().map(|it| leaf(format!("{key}.options.{}", it.key), it)).collect()
        }
        _ => vec![leaf(format!("{key}.{}", field.key), field)],
    };
    let stated: Vec<_> = fields.iter().flat_map(stated).collect();
    // What states nothing is named, so that it is not taken for a plug-in that is configured.
    if stated.is_empty() { vec![leaf(key, plugin)] } else { stated }
}

/// The names of the plug-ins that a layer says anything of, in their order.
pub(crate) fn names(layer: &Layer) -> Vec<&str> {
    let placed = layer.keys().filter_map(|it| place(it)?.ok());
    let mut names: Vec<_> = placed.map(|it| it.plugin).collect();
    names.dedup();
    names
}

/// What is stated of one plug-in: the key as it stands below its table, and the whole key.
pub(crate) fn keys_of<'layer>(
    layer: &'layer Layer,
    plugin: &str,
) -> Vec<(&'layer str, &'layer str)> {
    let prefix = format!("{SECTION}.{plugin}.");
    layer.keys().filter_map(|it| Some((it.strip_prefix(&prefix)?, it))).collect()
}

/// Reads every plug-in of a layer.
pub(crate) fn read(reader: &mut Reader<'_>) -> Option<Vec<PluginSettings>> {
    let layer = reader.layer();
    // All of them are read before one is missed, so that all problems are found.
    let all: Vec<_> = names(layer).into_iter().map(|it| one(reader, layer, it)).collect();
    all.into_iter().collect()
}

fn one(reader: &mut Reader<'_>, layer: &Layer, name: &str) -> Option<PluginSettings> {
    let (mut path, mut credentials, mut options) = (None, Some(None), Some(Vec::new()));
    let keys = keys_of(layer, name);
    for (below, key) in &keys {
        match *below {
            "path" => path = Some(absolute(reader, key)),
            "credentials" => credentials = absolute(reader, key).map(Some),
            _ => {
                let value = reader.word(key, "text in quotes, in one line", line);
                let option = below.strip_prefix("options.").unwrap_or(below).to_owned();
                options = options.zip(value).map(|(mut all, value)| {
                    all.push((option, value));
                    all
                });
            }
        }
    }
    if path.is_none() {
        let (_, key) = keys.first()?;
        let why = format!("the plug-in {name} has no path; write plugins.{name}.path");
        reader.lack(key, why);
    }
    let name = name.to_owned();
    Some(PluginSettings { name, path: path??, options: options?, credentials: credentials? })
}

fn line(text: &str) -> Option<String> {
    (!text.contains(char::is_control)).then(|| text.to_owned())
}

fn absolute(reader: &mut Reader<'_>, key: &str) -> Option<PathBuf> {
    reader.word(key, "an absolute path, which begins with / and not with ~", |text| {
        line(text).map(PathBuf::from).filter(|it| it.is_absolute() && it != Path::new("/"))
    })
}
