//! The plug-ins that are configured: whether each can be loaded, and who else could change it.

use std::fs;
use std::path::Path;

use super::{Finding, Verdict};
use crate::config::{PluginSettings, credentials};

/// Loads a plug-in where it can harm nobody, and says who it is, or why that cannot be said.
type Look<'look> = &'look dyn Fn(&Path) -> Result<String, String>;

/// What is found of each plug-in. Nobody logs in.
pub fn findings(
    plugins: &[PluginSettings],
    look: &dyn Fn(&Path) -> Result<String, String>,
) -> Vec<Finding> {
    plugins.iter().flat_map(|it| one(it, look)).collect()
}

fn one(plugin: &PluginSettings, look: Look<'_>) -> Vec<Finding> {
    let name = format!("plug-in {}", plugin.name);
    let (path, shown) = (plugin.path.as_path(), plugin.path.display());
    let mut findings = Vec::new();
    let mut find =
        |verdict, sentence: String| findings.push(Finding::new(verdict, &name, sentence));
    match fs::metadata(path) {
        Err(error) => {
            let name = &plugin.name;
            find(Verdict::Fail, format!("{shown}: {error}; mend plugins.{name}.path"));
        }
        Ok(it) if !it.is_file() => find(Verdict::Fail, format!("{shown} is not a file")),
        Ok(it) => {
            let folder = path.parent().and_then(|it| Some((it, fs::metadata(it).ok()?)));
            let folder = folder.and_then(|(path, it)| others_write(path, &it));
            for why in others_write(path, &it).into_iter().chain(folder) {
                find(Verdict::Warn, why);
            }
            match look(path) {
                Ok(said) => find(Verdict::Ok, said),
                Err(why) => find(Verdict::Fail, format!("{shown} cannot be used: {why}")),
            }
        }
    }
    if let Some(path) = &plugin.credentials {
        match credentials(path) {
            Ok(all) => {
                let sentence = format!("{} credentials in {}", all.len(), path.display());
                find(Verdict::Ok, sentence);
            }
            Err(error) => find(Verdict::Fail, error.to_string()),
        }
    }
    findings
}

/// Why somebody else could put other code there: a sentence with what to do.
#[cfg(unix)]
fn others_write(path: &Path, metadata: &fs::Metadata) -> Option<String> {
    use std::os::unix::fs::MetadataExt as _;
    const OTHERS: u32 = 0o022;
    const STICKY: u32 = 0o1000;
    let (mode, owner, shown) = (metadata.mode() & 0o7777, metadata.uid(), path.display());
    let is_kept = metadata.is_dir() && mode & STICKY != 0;
    if mode & OTHERS != 0 && !is_kept {
        return Some(format!(
            "{shown} has mode {mode:04o}, so that others can change the code that trades; run chmod \
             go-w"
        ));
    }
    let ours = rustix::process::geteuid().as_raw();
    (owner != 0 && owner != ours).then(|| {
        format!("{shown} belongs to user {owner}, who can change the code that trades; take a copy")
    })
}

#[cfg(not(unix))]
fn others_write(_: &Path, _: &fs::Metadata) -> Option<String> {
    None
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn each_plug_in_is_examined_and_others_who_could_change_it_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let library = folder.path().join("lib.so");
        let secret = folder.path().join("credentials");
        fs::write(&library, "").unwrap();
        fs::write(&secret, "auth = \"S3NT1NEL\"\n").unwrap();
        let set = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode));
        let plugin = |path: &Path, credentials: Option<&Path>| PluginSettings {
            name: "ctp".to_owned(),
            path: path.to_owned(),
            options: Vec::new(),
            credentials: credentials.map(Path::to_owned),
        };
        let found = |it: PluginSettings, look: Look<'_>| {
            let lines: Vec<_> = findings(&[it], look).iter().map(Finding::to_string).collect();
            lines.join("\n")
        };
        let look: Look<'_> = &|_| Ok("sim 0.1.0, interface 1.0".to_owned());
        set(&library, 0o755).unwrap();
        set(&secret, 0o600).unwrap();
        let fine = found(plugin(&library, Some(&secret)), look);
        let expected = format!(
            "ok   plug-in ctp: sim 0.1.0, interface 1.0\nok   plug-in ctp: 1 credentials in {}",
            secret.display()
        );
        assert_eq!(fine, expected);
        set(&library, 0o775).unwrap();
        set(&secret, 0o640).unwrap();
        let bad = found(plugin(&library, Some(&secret)), &|_| Err("signal: 6".to_owned()));
        for part in
            ["warn plug-in ctp: ", "has mode 0775", "lib.so cannot be used: signal: 6", "0600"]
        {
            assert!(bad.contains(part), "missing {part}:\n{bad}");
        }
        assert!(!bad.contains("S3NT1NEL"), "{bad}");
        set(&library, 0o755).unwrap();
        set(folder.path(), 0o777).unwrap();
        assert!(found(plugin(&library, None), look).contains("has mode 0777"));
        let gone = found(plugin(&folder.path().join("gone.so"), None), look);
        assert!(gone.starts_with("FAIL plug-in ctp: "), "{gone}");
        assert!(gone.contains("mend plugins.ctp.path"), "{gone}");
        assert!(found(plugin(folder.path(), None), look).ends_with("is not a file"));
    }
}
