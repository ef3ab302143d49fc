//! Plug-ins and the venue in every layer, and each thing that can be wrong with them.

use super::*;

const TWO: &str = "[venue]\nkind = \"plugin\"\nplugin = \"ctp\"\n[plugins.ctp]\n\
                   path = \"/opt/ctp.so\"\noptions = { front = \"tcp://a:1\", Broker = \"9999\" }\n\
                   credentials = \"/home/me/.ctp\"\n[plugins.pfcf]\npath = \"/opt/pfcf.so\"\n";

#[track_caller]
fn wrong(inputs: &Inputs, part: &str) {
    let problems = resolve(inputs).expect_err(part).to_string();
    assert!(problems.contains(part), "missing: {part}\nin:\n{problems}");
    assert_eq!(problems.lines().count(), 1, "{problems}");
}

#[track_caller]
fn wrong_file(text: &str, part: &str) {
    let (_folder, inputs) = with_file(text);
    wrong(&inputs, part);
}

#[test]
fn several_plug_ins_are_configured_and_one_is_active() {
    let (_folder, mut inputs) = with_file(TWO);
    let settings = resolve(&inputs).unwrap().settings;
    let venue = &settings.venue;
    assert_eq!(venue.kind, Kind::Plugin);
    assert!(venue.isolate && venue.relogin);
    assert_eq!(venue.hang, std::time::Duration::from_secs(5));
    let active = venue.plugin.as_ref().unwrap();
    assert_eq!((active.name.as_str(), active.path.as_path()), ("ctp", Path::new("/opt/ctp.so")));
    let options: Vec<_> = active.options.iter().map(|(key, it)| (&**key, &**it)).collect();
    assert_eq!(options, [("Broker", "9999"), ("front", "tcp://a:1")]);
    assert_eq!(active.credentials.as_deref(), Some(Path::new("/home/me/.ctp")));
    let names: Vec<_> = settings.plugins.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["ctp", "pfcf"]);
    inputs.sets = vec!["venue.kind=sim".to_owned()];
    let settings = resolve(&inputs).unwrap().settings;
    assert_eq!((settings.venue.plugin, settings.plugins.len()), (None, 2));
}

#[test]
fn a_plug_in_that_is_alone_needs_no_name() {
    let (_folder, mut inputs) = inputs();
    inputs.environment = vec![variable("EXCHANGE_MODE", "pfcf")];
    inputs.sets = vec!["plugins.pfcf.path=/opt/pfcf.so".to_owned()];
    let settings = resolve(&inputs).unwrap().settings;
    assert_eq!(settings.venue.plugin.unwrap().name, "pfcf");
}

#[test]
fn every_layer_but_the_env_file_states_plug_ins() {
    let (folder, mut inputs) = with_file(TWO);
    inputs.environment = vec![
        variable("AFTM_VENUE__KIND", "plugin"),
        variable("AFTM_VENUE__PLUGIN", "pfcf"),
        variable("AFTM_PLUGINS__PFCF__OPTIONS__FRONT_ADDRESS", "b"),
        variable("AFTM_PLUGINS__PFCF__PATH", "/opt/b.so"),
    ];
    inputs.sets = vec!["plugins.pfcf.options.mode=x=y".to_owned()];
    let resolved = resolve(&inputs).unwrap();
    let active = resolved.settings.venue.plugin.clone().unwrap();
    assert_eq!(active.path, Path::new("/opt/b.so"));
    let options = [("front_address", "b"), ("mode", "x=y")];
    assert_eq!(active.options, options.map(|(key, it)| (key.to_owned(), it.to_owned())));
    let shown = resolved.show(true);
    for line in [
        "[plugins.ctp]",
        "options.front = \"tcp://a:1\"",
        "options.mode = \"x=y\"                     # flag --set",
        "# variable AFTM_PLUGINS__PFCF__PATH",
        "credentials = \"/home/me/.ctp\"",
    ] {
        assert!(shown.contains(line), "missing: {line}\nin:\n{shown}");
    }
    let (_other, again) = with_file(&shown);
    assert_eq!(resolve(&again).unwrap().settings, resolved.settings);
    let lines = "AFTM_PLUGINS__CTP__PATH=/tmp/x.so\nAFTM_PLUGINS__CTP__OPTIONS__LIBRARY=/tmp/y.so\n\
                 AFTM_PLUGINS__CTP__CREDENTIALS=/tmp/z\nEXCHANGE_MODE=plugin\n";
    fs::write(folder.path().join(".env"), lines).unwrap();
    let problems = resolve(&inputs).unwrap_err();
    assert_eq!(problems.0.len(), 3, "{problems}");
    let part = "states plugins.ctp.options.library, which a .env file may not";
    assert!(problems.to_string().contains(part), "{problems}");
}

#[test]
fn the_words_of_exchange_mode_are_those_of_before() {
    let (_folder, mut inputs) = with_file(TWO);
    for (word, kind) in [("simulator", Kind::Sim), ("pfcf", Kind::Plugin), ("plugin", Kind::Plugin)]
    {
        inputs.environment = vec![variable("EXCHANGE_MODE", word)];
        assert_eq!(resolve(&inputs).unwrap().settings.venue.kind, kind, "{word}");
    }
    inputs.environment = vec![variable("EXCHANGE_MODE", "real")];
    let part = "variable EXCHANGE_MODE: EXCHANGE_MODE = \"real\" is not one of \"simulator\"";
    wrong(&inputs, part);
    wrong_file(
        "[venue]\nmode = \"simulator\"\n",
        "venue.mode is not a setting; did you mean venue.kind?",
    );
}

#[test]
fn a_venue_without_its_plug_in_is_named() {
    let kind = "[venue]\nkind = \"plugin\"\n";
    wrong_file(kind, ":2: venue.kind = \"plugin\" needs a plug-in, and none is configured; write");
    let two = "[plugins.a]\npath = \"/a.so\"\n[plugins.b]\npath = \"/b.so\"\n";
    wrong_file(
        &format!("{kind}{two}"),
        "venue.plugin = \"\" does not say which of the plug-ins: a, b",
    );
    let other = TWO.replace("plugin = \"ctp\"", "plugin = \"cpt\"");
    let part = ":3: venue.plugin = \"cpt\" is not configured, only: ctp, pfcf; did you mean ctp?";
    wrong_file(&other, part);
    wrong_file("[venue]\nplugin = \"ctp\"\n", "venue.plugin = \"ctp\" is not configured; write");
    wrong_file("[venue]\nplugin = \"C T P\"\n", "is not \"\" or the name of a plug-in");
    wrong_file("[venue]\nkind = \"dll\"\n", "is not one of \"sim\", \"plugin\"");
    wrong_file("[venue]\nhang_ms = 499\n", "is not a whole number from 500 to 600000");
    wrong_file("[venue]\nisolate = 1\n", "venue.isolate = 1 is not true or false");
    wrong_file("[venue]\nrelogin = \"no\"\n", "venue.relogin = \"no\" is not true or false");
}

#[test]
fn a_plug_in_that_is_configured_wrongly_is_named() {
    for (text, part) in [
        (
            "[plugins.a]\npath = \"lib.so\"\n",
            ":2: plugins.a.path = \"lib.so\" is not an absolute path",
        ),
        ("[plugins.a]\npath = \"~/lib.so\"\n", "which begins with / and not with ~"),
        ("[plugins.a]\npath = \"\"\n", "is not an absolute path"),
        ("[plugins.a]\npath = 1\n", "plugins.a.path = 1 is not an absolute path"),
        ("[plugins.a.path]\nx = \"/a\"\n", "plugins.a.path = a table is not an absolute path"),
        (
            "[plugins.a]\noptions = { x = \"1\" }\n",
            ":2: the plug-in a has no path; write plugins.a.path",
        ),
        ("[plugins.a]\n", ":1: plugins.a states nothing; it needs path ="),
        ("[plugins.a]\noptions = {}\n", "plugins.a states nothing"),
        ("[plugins]\na = \"/a.so\"\n", ":2: plugins.a states nothing; it needs path ="),
        (
            "[plugins.a]\npath = \"/a\"\noptions = \"x\"\n",
            "plugins.a.options is a table of options",
        ),
        (
            "[plugins.a]\npath = \"/a\"\noptions = { x = 1 }\n",
            "plugins.a.options.x = 1 is not text",
        ),
        (
            "[plugins.a]\npath = \"/a\"\noptions = { \"x y\" = \"1\" }\n",
            "options.x y is not an option",
        ),
        ("[plugins.a]\npath = \"/a\"\noptions.x.y = \"1\"\n", "options.x = a table is not text"),
        (
            "[plugins.a]\npath = \"/a\"\ncredentials = \"me\"\n",
            "plugins.a.credentials = \"me\" is not an",
        ),
        ("[plugins.a]\npath = \"/a\"\npaht = \"/b\"\n", "did you mean plugins.a.path?"),
        ("[plugins.A]\npath = \"/a\"\n", "\"A\" is not a name for a plug-in: 1 to 32 lower-case"),
        ("[plugins.a__b]\npath = \"/a\"\n", "and single _"),
        ("[plugin.a]\npath = \"/a\"\n", "plugin.a is not a setting; did you mean plugins.a?"),
    ] {
        wrong_file(text, part);
    }
    let (_folder, mut inputs) = inputs();
    inputs.environment = vec![variable("AFTM_PLUGINS__A__PAHT", "/a")];
    wrong(&inputs, "AFTM_PLUGINS__A__PAHT is not a variable of aftm");
    inputs.environment.clear();
    inputs.sets = vec!["plugins.a.paht=/a".to_owned()];
    wrong(&inputs, "flag --set: plugins.a.paht is not a setting; did you mean plugins.a.path?");
    let (_folder, inputs) = with_file("[plugins]\n");
    assert!(resolve(&inputs).unwrap().settings.plugins.is_empty());
}

#[test]
fn the_market_of_the_venue_needs_a_plug_in() {
    let part = "feed.source = \"venue\" needs an exchange that has a market of its own";
    wrong_file("[feed]\nsource = \"venue\"\n", part);
    let (_folder, inputs) = with_file(&format!("{TWO}[feed]\nsource = \"venue\"\n"));
    assert_eq!(resolve(&inputs).unwrap().settings.feed.source, "venue");
}
