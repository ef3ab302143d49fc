use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::*;
use crate::entry::doors::read_badge;

fn run(folders: &Folders, what: &Key) -> Result<String> {
    let mut out = Vec::new();
    key(what, folders, &mut out)?;
    Ok(String::from_utf8(out).unwrap())
}

fn new(name: &str, good_for: &[&str]) -> Key {
    Key::New { name: name.to_owned(), good_for: good_for.iter().map(ToString::to_string).collect() }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_key_is_made_listed_and_revoked() {
    let home = tempfile::tempdir().unwrap();
    let folders = Folders::locate(Some(home.path())).unwrap();
    let said = run(&folders, &new("mt5", &["orders"])).unwrap();
    let keys = folders.config.join("keys");
    let badge = read_badge(&keys.join("mt5.key_secret")).unwrap();
    assert!(said.contains(&format!("server key: {}", badge.server)), "{said}");
    assert!(!said.contains(badge.own.secret.to_text().as_str()));
    let public = fs::read_to_string(keys.join("clients/mt5.key")).unwrap();
    assert!(!public.contains("secret"), "{public}");
    for path in ["mt5.key_secret", "server.key_secret", "clients/mt5.key"] {
        assert_eq!(mode(&keys.join(path)), 0o600, "{path}");
    }
    assert_eq!((mode(&keys), mode(&keys.join("clients"))), (0o700, 0o700));
    let listed = run(&folders, &Key::List).unwrap();
    assert!(listed.contains(&badge.own.public.to_string()) && listed.contains(" orders\n"));
    assert!(run(&folders, &new("mt5", &[])).is_err(), "a name is taken once");
    run(&folders, &Key::Revoke { name: "mt5".to_owned() }).unwrap();
    assert!(!run(&folders, &Key::List).unwrap().contains("mt5"));
    assert!(!keys.join("mt5.key_secret").exists());
    assert!(run(&folders, &Key::Revoke { name: "mt5".to_owned() }).is_err());
}

#[test]
fn the_server_keeps_its_key_and_refuses_one_that_others_can_read() {
    let home = tempfile::tempdir().unwrap();
    let folders = Folders::locate(Some(home.path())).unwrap();
    let first = run(&folders, &Key::List).unwrap();
    assert_eq!(run(&folders, &Key::List).unwrap(), first);
    let path = folders.config.join("keys/server.key_secret");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let error = format!("{:#}", run(&folders, &Key::List).unwrap_err());
    assert!(error.contains("0644") && error.contains("chmod 600"), "{error}");
}

#[test]
fn a_name_that_is_a_path_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let folders = Folders::locate(Some(home.path())).unwrap();
    for name in ["../x", "a/b", "", "server", "a b"] {
        assert!(run(&folders, &new(name, &[])).is_err(), "{name:?}");
        assert!(run(&folders, &Key::Revoke { name: name.to_owned() }).is_err(), "{name:?}");
    }
}
