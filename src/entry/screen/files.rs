//! What the screen reads from disk and leaves there: themes, keys, the last session, exports.

use std::path::{Path, PathBuf};

use aftm_domain::Stamp;
use aftm_ui::Screen;
use aftm_ui::event::Reloaded;
use aftm_ui::keys::{Keymap, KeymapError};
use aftm_ui::look::{Language, Look};
use aftm_ui::session::Session;
use aftm_ui::theme::{Convention, Depth, Theme};
use anyhow::{Context as _, Result, anyhow};
use notify::{RecursiveMode, Watcher as _};
use tokio::sync::mpsc::{self, UnboundedReceiver};

use crate::config::{self, Folders};

/// The trader's own keys.
const KEYMAP: &str = "keymap.toml";
/// The folder of the trader's own themes.
const THEMES: &str = "themes";
/// What the screen remembers.
const SESSION: &str = "session.toml";

/// A file of the trader's that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Changed {
    /// The keys.
    Keys,
    /// A theme, by its name.
    Theme(String),
}

/// The screen's files.
pub(super) struct Files {
    config: PathBuf,
    state: PathBuf,
    changes: UnboundedReceiver<Changed>,
    /// Ends the watch when it is dropped.
    _watcher: Option<notify::RecommendedWatcher>,
    /// What was last remembered.
    remembered: Option<Session>,
    /// How many colors the terminal has.
    depth: Depth,
}

impl Files {
    /// The files in these folders, watched from now on.
    pub(super) fn open(folders: &Folders, depth: Depth) -> Files {
        let (tell, changes) = mpsc::unbounded_channel();
        let watcher = watch(&folders.config, tell).map_err(|error| {
            log::warn!("themes and keys are not read again when they change: {error}");
        });
        Files {
            config: folders.config.clone(),
            state: folders.state.clone(),
            changes,
            _watcher: watcher.ok(),
            remembered: None,
            depth,
        }
    }

    /// Theme and language, by the settings and then by the environment.
    pub(super) fn look(
        &self,
        wanted: &config::Screen,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Look> {
        look(&self.config, wanted, variable, self.depth)
    }

    /// What the trader looked at last; a file that cannot be read is told and passed over.
    pub(super) fn session(&mut self) -> Option<Session> {
        let path = self.state.join(SESSION);
        let read = read(&path).and_then(|text| {
            text.map(|it| toml::from_str(&it)).transpose().map_err(|error| anyhow!("{error}"))
        });
        match read {
            Ok(session) => {
                self.remembered.clone_from(&session);
                session
            }
            Err(error) => {
                log::warn!("{} is not used: {error:#}", path.display());
                None
            }
        }
    }

    /// Writes what the trader looks at, where it changed.
    pub(super) fn remember(&mut self, screen: &Screen) {
        let session = screen.session();
        if self.remembered.as_ref() == Some(&session) {
            return;
        }
        let path = self.state.join(SESSION);
        let written = toml::to_string(&session).map_err(std::io::Error::other).and_then(|text| {
            // Whoever reads finds the old one or the new one, never a half.
            let new = path.with_extension("new");
            std::fs::write(&new, text).and_then(|()| std::fs::rename(&new, &path))
        });
        if let Err(error) = written {
            log::warn!("{} cannot be written: {error}", path.display());
        }
        self.remembered = Some(session);
    }

    /// The next file that changed.
    pub(super) async fn changed(&mut self) -> Option<Changed> {
        match self.changes.recv().await {
            Some(changed) => Some(changed),
            // Nothing is watched, and nothing will change.
            None => std::future::pending().await,
        }
    }

    /// A changed file, read again; `None` for a theme that is not in use.
    pub(super) fn reload(&self, changed: Changed, screen: &Screen) -> Option<Reloaded> {
        // A line of the screen has no room for the folder, and the reason must be seen.
        let folder = format!("{}/", self.config.display());
        let told = |error: anyhow::Error| format!("{error:#}").replace(&folder, "");
        match changed {
            Changed::Keys => Some(Reloaded::Keys(keys(&self.config).map_err(told))),
            Changed::Theme(name) if name == screen.look.theme.name => {
                let read = theme(&self.config, &name).map(|it| screen.look.theme.changed_to(it));
                Some(Reloaded::Theme(read.map_err(told)))
            }
            Changed::Theme(_) => None,
        }
    }

    /// Where a table of a pane is written.
    pub(super) fn export(&self, name: &str, now: Stamp) -> PathBuf {
        self.state.join("exports").join(format!("{name}-{}.csv", plain(now)))
    }

    /// Where a picture is written.
    pub(super) fn picture(&self, extension: &str, now: Stamp) -> PathBuf {
        self.state.join("screenshots").join(format!("aftm-{}.{extension}", plain(now)))
    }
}

/// The folder of the trader's own themes.
pub(super) fn themes(config: &Path) -> PathBuf {
    config.join(THEMES)
}

/// Theme and language, by the settings and then by the environment.
pub(super) fn look(
    config: &Path,
    wanted: &config::Screen,
    variable: &dyn Fn(&str) -> Option<String>,
    depth: Depth,
) -> Result<Look> {
    let language = language(wanted, variable);
    let theme = theme(config, theme_name(wanted, language))?;
    let theme = match wanted.is_red_up {
        None if wanted.theme.is_some() => theme,
        None => theme.with_convention(Convention::of(language.tag())),
        Some(true) => theme.with_convention(Convention::RedUp),
        Some(false) => theme.with_convention(Convention::GreenUp),
    };
    Ok(Look { theme: theme.at_depth(depth), language })
}

/// The name of the theme in use.
pub(super) fn theme_name(wanted: &config::Screen, language: Language) -> &str {
    wanted.theme.as_deref().unwrap_or_else(|| Theme::name_for(language.tag()))
}

/// The trader's theme of a name, or the one that comes with the program.
pub(super) fn theme(config: &Path, name: &str) -> Result<Theme> {
    let path = themes(config).join(format!("{name}.toml"));
    match read(&path)? {
        Some(text) => theme_of(config, &path, &text),
        None => Theme::built_in(name).ok_or_else(|| {
            let known = Theme::names().join(", ");
            anyhow!("there is no theme {name}: neither {} nor one of {known}", path.display())
        }),
    }
}

/// The theme of a file, which may inherit from the trader's own themes.
pub(super) fn theme_of(config: &Path, path: &Path, text: &str) -> Result<Theme> {
    let parent = |name: &str| read(&themes(config).join(format!("{name}.toml"))).ok().flatten();
    Theme::parse(&path.display().to_string(), text, &parent).map_err(|error| anyhow!("{error}"))
}

/// The trader's keys, or those that come with the program; what is wrong with them, a line each.
pub(super) fn keys(config: &Path) -> Result<Keymap> {
    let path = config.join(KEYMAP);
    let Some(text) = read(&path)? else { return Ok(Keymap::default_map()) };
    Keymap::parse(&text).map_err(|KeymapError(problems)| {
        let line = |(line, text)| format!("{}:{line}: {text}", path.display());
        anyhow!(problems.into_iter().map(line).collect::<Vec<_>>().join("\n"))
    })
}

/// A time without signs that a file's name should not have.
fn plain(now: Stamp) -> String {
    now.to_string().chars().filter(char::is_ascii_alphanumeric).collect()
}

/// A file's text; `None` where there is no such file.
pub(super) fn read(path: &Path) -> Result<Option<String>> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

fn watch(
    config: &Path,
    tell: mpsc::UnboundedSender<Changed>,
) -> notify::Result<notify::RecommendedWatcher> {
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        let Ok(event) = event else { return };
        if !matches!(event.kind, notify::EventKind::Create(_) | notify::EventKind::Modify(_)) {
            return;
        }
        for path in event.paths {
            // The screen may be gone.
            let _ = meaning(&path).map(|it| tell.send(it));
        }
    })?;
    // An editor that replaces a file is seen by its folder only.
    watcher.watch(config, RecursiveMode::Recursive)?;
    Ok(watcher)
}

/// What a file is for; `None` for one that is none of ours.
fn meaning(path: &Path) -> Option<Changed> {
    let folder = path.parent()?.file_name()?;
    if path.file_name()? == KEYMAP {
        return Some(Changed::Keys);
    }
    let is_theme = folder == THEMES && path.extension()? == "toml";
    is_theme.then(|| path.file_stem()?.to_str().map(|it| Changed::Theme(it.to_owned()))).flatten()
}

/// The language, by the settings and then by the environment.
pub(super) fn language(
    wanted: &config::Screen,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Language {
    wanted.language.map_or_else(|| of_environment(variable), of_tag)
}

fn of_tag(tag: &str) -> Language {
    Language::ALL.into_iter().find(|it| it.tag() == tag).unwrap_or_default()
}

/// The language of the environment, as the C library chooses it.
fn of_environment(variable: &dyn Fn(&str) -> Option<String>) -> Language {
    let names = ["LC_ALL", "LC_MESSAGES", "LANG"];
    let stated = names.iter().find_map(|it| variable(it).filter(|it| !it.is_empty()));
    let stated = stated.unwrap_or_default().replace('_', "-");
    let is = |prefixes: &[&str]| prefixes.iter().any(|it| stated.starts_with(it));
    if is(&["zh-TW", "zh-HK", "zh-MO", "zh-Hant"]) {
        Language::TraditionalChinese
    } else if is(&["zh"]) {
        Language::SimplifiedChinese
    } else {
        Language::English
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_chooses_the_language() {
        let cases = [
            ("zh_TW.UTF-8", Language::TraditionalChinese),
            ("zh_HK", Language::TraditionalChinese),
            ("zh_CN.UTF-8", Language::SimplifiedChinese),
            ("zh", Language::SimplifiedChinese),
            ("C.UTF-8", Language::English),
            ("", Language::English),
        ];
        for (stated, language) in cases {
            let variable = |name: &str| (name == "LANG").then(|| stated.to_owned());
            assert_eq!(of_environment(&variable), language, "{stated}");
        }
    }

    #[test]
    fn only_the_traders_own_files_are_read_again() {
        let theme = Changed::Theme("mine".to_owned());
        assert_eq!(meaning(Path::new("/c/themes/mine.toml")), Some(theme));
        assert_eq!(meaning(Path::new("/c/keymap.toml")), Some(Changed::Keys));
        assert_eq!(meaning(Path::new("/c/config.toml")), None);
        assert_eq!(meaning(Path::new("/c/themes/mine.toml~")), None);
    }
}
