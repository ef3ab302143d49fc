//! Keys and themes by the command line, without the screen.

use std::fs;

use crate::machine::Home;

/// A home with a file of the trader's in its config folder.
fn home_with(name: &str, text: &str) -> Home {
    let home = Home::new();
    let path = home.path().join("aftm/config").join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    home
}

#[test]
fn the_keys_in_effect_are_listed() {
    let home = home_with("keymap.toml", "[global]\npalette = \"ctrl-k\"\n");
    let ended = home.run(&["keys"]);
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    let lines: Vec<Vec<&str>> =
        ended.out.lines().map(|it| it.split_whitespace().take(4).collect()).collect();
    assert!(lines.contains(&vec!["global", "palette", "ctrl-k", "Open"]), "{}", ended.out);
    assert!(lines.contains(&vec!["global", "kill", "F12", "K"]), "{}", ended.out);
    let ended = home.run(&["keys", "--set", "screen.language=zh-TW"]);
    assert!(ended.out.contains("開啟命令面板"), "{}", ended.out);
}

#[test]
fn everything_wrong_with_the_keys_is_told_with_its_line() {
    let text = "[global]\npalette = \"K\"\nzoom = \"entre\"\n";
    let home = home_with("keymap.toml", text);
    for words in [&["keys"][..], &["keys", "--color", "never"]] {
        let ended = home.run(words);
        assert_eq!((ended.code, ended.out.as_str()), (Some(3), ""));
        let lines: Vec<&str> = ended.said.lines().collect();
        let [conflict, unknown] = lines.as_slice() else { panic!("{}", ended.said) };
        assert!(conflict.ends_with(
            "keymap.toml:2: `K` would mean both `palette` of [global] and `kill` of [global]"
        ));
        assert!(unknown.contains("keymap.toml:3: there is no key `entre`"), "{unknown}");
    }
}

#[test]
fn themes_are_listed_and_checked() {
    let home = home_with("themes/mine.toml", "inherits = \"daylight\"\nconvention = \"red-up\"\n");
    let ended = home.run(&["theme", "list", "--set", "screen.theme=mine"]);
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    let names: Vec<&str> = ended.out.lines().filter_map(|it| it.split(' ').next()).collect();
    assert_eq!(names, ["taifex-dark", "classic-dark", "daylight", "deuter", "mono", "mine"]);
    let mine = ended.out.lines().last().unwrap();
    assert!(mine.contains("light red-up   in use"), "{mine}");
    let ended = home.run(&["theme", "check", "aftm/config/themes/mine.toml"]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(0), "mine can be used: light, red-up\n"));
    home.write("bad.toml", "[roles]\n\"market.upp\" = \"red\"\n");
    let ended = home.run(&["theme", "check", "bad.toml"]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(3), ""));
    assert!(ended.said.contains("bad.toml:2: unknown role `market.upp`"), "{}", ended.said);
    let ended = home.run(&["theme", "check", "none.toml"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.said.contains("there is no none.toml"), "{}", ended.said);
}

#[test]
fn a_preview_has_colors_only_where_they_are_shown_or_asked_for() {
    let home = Home::new();
    let plain = home.run(&["theme", "preview", "deuter"]);
    assert_eq!(plain.code, Some(0), "{}", plain.said);
    assert_eq!(plain.out.lines().count(), 40);
    assert!(plain.out.contains("TXFH1") && !plain.out.contains('\u{1b}'), "{}", plain.out);
    let colored = home.run(&["theme", "preview", "deuter", "--color", "truecolor"]);
    assert!(colored.out.contains("\u{1b}[0;1;38;2;"), "{}", colored.out);
    let other = home.run(&["theme", "preview", "daylight", "--color", "truecolor"]);
    assert_ne!(colored.out, other.out);
    let unknown = home.run(&["theme", "preview", "deutr"]);
    assert_eq!((unknown.code, unknown.out.as_str()), (Some(3), ""));
    assert!(unknown.said.contains("there is no theme deutr"), "{}", unknown.said);
}
