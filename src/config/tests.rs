mod plugins;

use super::*;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// Inputs with a config folder of their own and nothing stated.
fn inputs() -> (TempDir, Inputs) {
    #[allow(clippy::unwrap_used)]
    let folder = tempfile::tempdir().unwrap();
    let inputs = Inputs { folder: folder.path().to_owned(), ..Inputs::default() };
    (folder, inputs)
}

fn with_file(text: &str) -> (TempDir, Inputs) {
    let (folder, inputs) = inputs();
    #[allow(clippy::unwrap_used)]
    fs::write(folder.path().join("config.toml"), text).unwrap();
    (folder, inputs)
}

fn with_set(set: &str) -> Result<Resolved, Problems> {
    let (_folder, mut inputs) = inputs();
    inputs.sets.push(set.to_owned());
    resolve(&inputs)
}

fn variable(name: &str, value: &str) -> (OsString, OsString) {
    (name.into(), value.into())
}

#[test]
fn the_built_in_file_decides_every_key() {
    let (_folder, inputs) = inputs();
    let settings = resolve(&inputs).unwrap().settings;
    assert_eq!(settings.gateway.order_port, 5557);
    assert!(!settings.gateway.plain);
    assert_eq!(settings.feed.speed, Speed::Times(1.0));
    assert_eq!(settings.strategy.turning, aftm_domain::condition::TURNING_DEFAULT);
    assert_eq!(settings.strategy.take_profit, Some(aftm_domain::condition::TAKE_PROFIT_DEFAULT));
    assert_eq!(settings.strategy.stop_loss, Some(aftm_domain::condition::STOP_LOSS_DEFAULT));
}

#[test]
fn every_key_of_the_built_in_file_is_read() {
    let (built_in, _) = known::built_in().unwrap();
    for (key, _, _) in layer::flat(&crate::document::parse(BUILT_IN).unwrap()) {
        let mut garbage = Layer::default();
        garbage.state(&key, crate::document::Value::bare("\u{1}"), Origin::BuiltIn);
        let mut problems = Vec::new();
        Settings::read(&garbage.over(&built_in), true, &mut problems);
        assert!(problems.iter().any(|it| it.reason.starts_with(&key)), "{key} takes anything");
    }
}

#[test]
fn a_stronger_layer_wins_and_origins_say_which() {
    let (folder, mut inputs) = with_file("[gateway]\ntick_port = 1001\nsignal_port = 1001\n");
    fs::write(folder.path().join(".env"), "ZMQ_SIGNAL_PORT=1002\nDLL_GATEWAY_PORT=1002\n").unwrap();
    inputs.environment = vec![variable("DLL_GATEWAY_PORT", "1003"), variable("AFTM_LOG", "warn")];
    inputs.sets = vec!["log.level=debug".to_owned()];
    inputs.flags = vec![("--speed", "feed.speed", "max".to_owned())];
    let resolved = resolve(&inputs).unwrap();
    let gateway = &resolved.settings.gateway;
    let ports = (gateway.tick_port, gateway.signal_port, gateway.order_port);
    assert_eq!(ports, (1001, 1002, 1003));
    assert_eq!(resolved.settings.log.level, Level::Debug);
    assert_eq!(resolved.settings.feed.speed, Speed::Max);
    let origin = |key: &str| resolved.stated.get(key).unwrap().origin.to_string();
    assert!(origin("gateway.tick_port").ends_with("config.toml:2"));
    assert!(origin("gateway.signal_port").ends_with(".env:1"));
    assert_eq!(origin("gateway.order_port"), "variable DLL_GATEWAY_PORT");
    assert_eq!(origin("log.level"), "flag --set");
    assert_eq!(origin("feed.speed"), "flag --speed");
    assert_eq!(origin("gateway.host"), "built in");
}

#[test]
fn all_problems_are_listed_at_once_with_their_places() {
    let (_folder, mut inputs) = with_file(
        "[gateway]\ntick_port = 99999\nordre_port = 1\nplain = \"yes\"\n[random]\ngap_ms = -5\n\
         start = \"2021-07-26T08:45:00\"\n[feed]\nspeed = nan\n[gatway]\nhost = \"x\"\n",
    );
    inputs.environment = vec![variable("AFTM_GATEWAY__TICKPORT", "1"), variable("HOME", "/")];
    inputs.sets = vec!["desk.beat_ms=soon".to_owned(), "nonsense".to_owned()];
    let problems = resolve(&inputs).unwrap_err().to_string();
    for expected in [
        "config.toml:2: gateway.tick_port = 99999 is not a whole number from 0 to 65535",
        "config.toml:3: gateway.ordre_port is not a setting; did you mean gateway.order_port?",
        "config.toml:4: gateway.plain = \"yes\" is not true or false",
        "config.toml:6: random.gap_ms = -5 is not a whole number from 1 to 3600000",
        "config.toml:7: random.start = \"2021-07-26T08:45:00\" is not a time with an offset",
        "config.toml:9: feed.speed = nan is not above 0",
        "config.toml:11: gatway.host is not a setting; did you mean gateway.host?",
        "variable AFTM_GATEWAY__TICKPORT: AFTM_GATEWAY__TICKPORT is not a variable of aftm; \
         did you mean AFTM_GATEWAY__TICK_PORT?",
        "flag --set: desk.beat_ms = soon is not a whole number",
        "flag --set: \"nonsense\" is not of the form section.key=value",
    ] {
        assert!(problems.contains(expected), "missing: {expected}\nin:\n{problems}");
    }
    assert_eq!(problems.lines().count(), 10, "{problems}");
}

#[test]
fn a_value_that_is_overridden_must_be_well_formed_too() {
    let (_folder, mut inputs) = with_file("[gateway]\ntick_port = \"high\"\n");
    inputs.sets = vec!["gateway.tick_port=1".to_owned()];
    assert!(resolve(&inputs).is_err());
}

#[test]
fn nothing_beyond_loopback_is_served_and_only_the_value_in_force_counts() {
    for address in ["*", "0.0.0.0", "192.168.1.2", "::1", "example.com", ""] {
        let problems = with_set(&format!("gateway.host={address}")).unwrap_err();
        assert_eq!(problems.0.len(), 1, "{problems}");
    }
    let (_folder, mut inputs) = inputs();
    inputs.environment = vec![variable("ZMQ_HOST", "*")];
    let problems = resolve(&inputs).unwrap_err().to_string();
    assert!(problems.contains("variable ZMQ_HOST: gateway.host = * reaches beyond"), "{problems}");
    inputs.sets = vec!["gateway.host=127.0.0.1".into()];
    assert!(resolve(&inputs).is_ok());
}

#[test]
fn numbers_are_exact_and_bounded() {
    for set in [
        "gateway.order_port=65536",
        "gateway.order_port=1.0",
        "gateway.retry_count=-1",
        "random.seed=99999999999999999999",
        "strategy.turning=-0.5",
        "strategy.take_profit=0",
        "strategy.stop_loss=inf",
        "strategy.turning=NaN",
        "strategy.quantity=0",
        "simulator.balance=1e99",
        "feed.speed=0",
        "feed.speed=100001",
        "feed.speed=-1",
        "feed.speed=1e5",
        "feed.source=taifex:",
        "feed.source=tcp",
        "log.level=loud",
        "desk.silent_ms=250",
        "gateway.plain=1",
        "gateway.tick_port=",
    ] {
        assert!(with_set(set).is_err(), "{set} was taken");
    }
    let settings = with_set("strategy.take_profit=none").unwrap().settings;
    assert_eq!(settings.strategy.take_profit, None);
    let (_folder, inputs) = with_file("[strategy]\nturning = 0.1\nstop_loss = \"none\"\n");
    let strategy = resolve(&inputs).unwrap().settings.strategy;
    assert_eq!((strategy.turning, strategy.stop_loss), ("0.1".parse().unwrap(), None));
}

#[test]
fn an_env_file_decides_neither_address_nor_encryption() {
    let (folder, inputs) = inputs();
    let lines = "ZMQ_HOST=127.0.0.1\nAFTM_GATEWAY__PLAIN=true\nAFTM_PASSWORD=S3NT1NEL\n\
                 ZMQ_TICKPORT=1\nDEALER_KEY=theirs\nbad line S3NT1NEL\n";
    fs::write(folder.path().join(".env"), lines).unwrap();
    let problems = resolve(&inputs).unwrap_err();
    assert_eq!(problems.0.len(), 5, "{problems}");
    assert!(!problems.to_string().contains("S3NT1NEL"));
}

#[test]
fn two_variables_may_not_state_one_key_differently() {
    let (_folder, mut inputs) = inputs();
    inputs.environment =
        vec![variable("ZMQ_TICK_PORT", "1"), variable("AFTM_GATEWAY__TICK_PORT", "2")];
    assert!(resolve(&inputs).unwrap_err().to_string().contains("keep one of them"));
    inputs.environment[1].1 = "1".into();
    assert_eq!(resolve(&inputs).unwrap().settings.gateway.tick_port, 1);
}

#[test]
fn a_file_that_was_named_must_exist() {
    let (folder, mut inputs) = inputs();
    inputs.file = Some(folder.path().join("missing.toml"));
    inputs.env_file = Some(folder.path().join("missing.env"));
    assert_eq!(resolve(&inputs).unwrap_err().0.len(), 2);
    fs::write(folder.path().join("config.toml"), [0xff, 0xfe]).unwrap();
    assert!(resolve(&Inputs { folder: inputs.folder, ..Inputs::default() }).is_err());
}

#[test]
fn what_is_shown_reads_back_as_the_same_settings() {
    let (_folder, mut first) = inputs();
    first.sets = vec!["feed.source=csv:a\\b \"c\".csv".into(), "strategy.stop_loss=none".into()];
    let resolved = resolve(&first).unwrap();
    for with_origins in [false, true] {
        let (_folder, second) = with_file(&resolved.show(with_origins));
        assert_eq!(resolve(&second).unwrap().settings, resolved.settings);
    }
    assert!(resolved.show(true).contains("# flag --set"));
}

#[test]
fn init_writes_the_defaults_once() {
    let (folder, inputs) = inputs();
    let path = folder.path().join("new").join("config.toml");
    init(&path).unwrap();
    assert!(matches!(init(&path), Err(InitError::Exists(_))));
    let named = resolve(&Inputs { file: Some(path), ..Inputs::default() }).unwrap();
    assert_eq!(named.settings, resolve(&inputs).unwrap().settings);
    assert!(init(Path::new("/proc/nowhere/config.toml")).is_err());
}

/// Garbage in a settings file never panics, and is either named or means what it says.
#[test]
fn mutated_files_are_refused_or_read_back_as_shown() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut roll = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).unwrap()
    };
    let (built_in, known) = known::built_in().unwrap();
    let keys: Vec<_> = BUILT_IN.lines().filter(|it| !it.starts_with('#')).collect();
    let original = keys.join("\n");
    let read = |text: &str| {
        let mut problems = Vec::new();
        let layer = layer::from_toml(text, Path::new("f"), &known, &mut problems);
        let stated = layer.over(&built_in);
        let settings = Settings::read(&stated, true, &mut problems);
        (settings.map(|settings| Resolved { settings, stated }), problems)
    };
    let mut accepted = 0;
    for _ in 0..1_000 {
        let mut bytes = original.clone().into_bytes();
        for _ in 0..=roll(3) {
            let at = roll(bytes.len());
            match roll(3) {
                0 => bytes[at] = b"0\"=[]-.#\nn9 "[roll(12)],
                1 => drop(bytes.remove(at)),
                _ => bytes.insert(at, b"0\"=[]-.#\nn9 "[roll(12)]),
            }
        }
        let text = String::from_utf8(bytes).unwrap();
        match read(&text) {
            (None, problems) => assert!(!problems.is_empty(), "{text}"),
            (Some(resolved), problems) if problems.is_empty() => {
                let (again, problems) = read(&resolved.show(false));
                assert_eq!(problems, []);
                assert_eq!(again.unwrap().settings, resolved.settings);
                accepted += 1;
            }
            (Some(_), _) => (),
        }
    }
    assert!(accepted > 20, "only {accepted} mutations were harmless");
}
