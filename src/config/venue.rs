//! Where orders go: the simulated exchange, or one of the plug-ins that are configured.

use super::known::nearest;
use super::plugins::{self, PluginSettings};
use super::reader::Reader;

/// What kind of venue orders go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The simulated exchange that is built in.
    Sim,
    /// An exchange plug-in.
    Plugin,
}

pub(crate) fn kind(reader: &mut Reader<'_>) -> Option<Kind> {
    reader.choice("venue.kind", &[("sim", Kind::Sim), ("plugin", Kind::Plugin)])
}

/// The plug-in that orders go to; `None` where they go to the simulated exchange.
pub(crate) fn active(reader: &mut Reader<'_>) -> Option<Option<PluginSettings>> {
    let key = "venue.plugin";
    let expected = "\"\" or the name of a plug-in, as in [plugins.NAME]";
    let named = reader.word(key, expected, |text| {
        (text.is_empty() || plugins::is_name(text)).then(|| text.to_owned())
    })?;
    // What is wrong with these has problems of its own.
    let (kind, all) = (kind(reader)?, plugins::read(reader)?);
    let found = all.iter().find(|it| it.name == named);
    let list = all.iter().map(|it| it.name.as_str()).collect::<Vec<_>>().join(", ");
    match (kind, all.as_slice()) {
        (Kind::Plugin, []) => reader.not_yet(
            "venue.kind",
            "needs a plug-in, and none is configured; write [plugins.NAME] with path = \
             \"/absolute/path.so\"",
        ),
        (Kind::Sim, []) if !named.is_empty() => {
            reader.not_yet(key, "is not configured; write [plugins.NAME] with a path, or \"\"")
        }
        _ if !named.is_empty() && found.is_none() => {
            let near = nearest(&named, all.iter().map(|it| it.name.as_str()));
            let near = near.map(|it| format!("; did you mean {it}?")).unwrap_or_default();
            reader.not_yet(key, &format!("is not configured, only: {list}{near}"))
        }
        (Kind::Sim, _) => Some(None),
        (Kind::Plugin, [one]) => Some(Some(one.clone())),
        (Kind::Plugin, _) if found.is_some() => Some(found.cloned()),
        (Kind::Plugin, _) => {
            reader.not_yet(key, &format!("does not say which of the plug-ins: {list}"))
        }
    }
}

/// Where ticks come from; the venue's own need one that has any.
pub(crate) fn source(reader: &mut Reader<'_>) -> Option<String> {
    let (key, expected) = ("feed.source", "\"random\", \"taifex:PATH\", \"csv:PATH\" or \"venue\"");
    let has_path =
        |text: &str, kind| text.strip_prefix(kind).is_some_and(|it: &str| !it.is_empty());
    let source = reader.word(key, expected, |text| {
        let is_known = matches!(text, "random" | "venue")
            || has_path(text, "taifex:")
            || has_path(text, "csv:");
        is_known.then(|| text.to_owned())
    })?;
    // A kind that is wrong has its own problem.
    if source == "venue" && kind(reader)? == Kind::Sim {
        return reader.not_yet(
            key,
            "needs an exchange that has a market of its own: set venue.kind = \"plugin\", or take \
             another feed",
        );
    }
    Some(source)
}
