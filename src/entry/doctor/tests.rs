use super::*;
use crate::config::{Inputs, resolve};
use std::net::TcpListener;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

fn said(findings: &[Finding]) -> String {
    let lines: Vec<_> = findings.iter().map(Finding::to_string).collect();
    lines.join("\n")
}

#[test]
fn a_finding_is_a_line_and_a_failure_is_the_exit_code() {
    let mut findings = vec![Finding::new(Verdict::Ok, "a", "fine")];
    findings.push(Finding::new(Verdict::Warn, "b", "slow"));
    let mut out = Vec::new();
    assert_eq!(report(&findings, &mut out).unwrap(), Exit::Ok);
    findings.push(Finding::new(Verdict::Fail, "c", "gone"));
    out.clear();
    assert_eq!(report(&findings, &mut out).unwrap(), Exit::Failure);
    assert_eq!(String::from_utf8(out).unwrap(), "ok   a: fine\nwarn b: slow\nFAIL c: gone\n");
}

#[test]
fn a_whole_examination_names_the_holder_of_a_taken_port() {
    let home = tempfile::tempdir().unwrap();
    let folders = Folders::locate(Some(home.path())).unwrap();
    folders.create().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let sets = vec![format!("gateway.tick_port={port}")];
    let settings = resolve(&Inputs { folder: folders.config.clone(), sets, ..Inputs::default() });
    let further = vec![Finding::new(Verdict::Ok, "sockets", "ipc and curve")];
    let clocks = Clocks::read();
    let terminal = Terminal::default();
    let examination =
        Examination { terminal, settings: &settings, folders: &folders, clocks, further };
    let findings = said(&examination.findings());
    assert!(
        findings.contains(&format!("FAIL tick port: 127.0.0.1:{port} is taken by")),
        "{findings}"
    );
    if cfg!(target_os = "linux") {
        assert!(findings.contains(&format!("(pid {})", std::process::id())), "{findings}");
    }
    assert!(findings.contains("ok   order port: 5557 is not served"), "{findings}");
    assert!(findings.contains("ok   data folder"), "{findings}");
    assert!(findings.contains("warn terminal: input and output are not"), "{findings}");
    assert!(findings.ends_with("ok   sockets: ipc and curve"), "{findings}");
}

#[test]
fn wrong_settings_are_a_failure_each() {
    let folders = Folders::locate(Some(Path::new("/nowhere"))).unwrap();
    let sets = vec!["gateway.tick_port=x".to_owned(), "nothing".to_owned()];
    let settings = resolve(&Inputs { folder: folders.config.clone(), sets, ..Inputs::default() });
    let (terminal, clocks) = (Terminal::default(), Clocks::read());
    let examination =
        Examination { terminal, settings: &settings, folders: &folders, clocks, further: vec![] };
    let findings = said(&examination.findings());
    assert_eq!(findings.matches("FAIL settings").count(), 2, "{findings}");
}

#[cfg(unix)]
#[test]
fn a_folder_that_others_can_read_or_that_is_a_file_is_named() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = tempfile::tempdir().unwrap();
    let folders = Folders::locate(Some(home.path())).unwrap();
    folders.create().unwrap();
    std::fs::set_permissions(&folders.data, std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::remove_dir(&folders.state).unwrap();
    std::fs::write(&folders.state, "").unwrap();
    let findings = said(&super::folders::findings(&folders));
    assert!(findings.contains("warn data folder") && findings.contains("0755"), "{findings}");
    assert!(findings.contains("FAIL log folder"), "{findings}");
}

#[test]
fn a_terminal_that_cannot_be_drawn_on_is_named() {
    let good = Terminal {
        is_terminal: true,
        size: Some((120, 40)),
        kind: Some("xterm-256color".to_owned()),
        locale: Some("zh_TW.UTF-8".to_owned()),
        colors: None,
        no_color: false,
    };
    assert!(
        good.findings().iter().all(|it| it.verdict == Verdict::Ok),
        "{}",
        said(&good.findings())
    );
    let bad = Terminal {
        size: Some((40, 10)),
        kind: Some("dumb".to_owned()),
        locale: Some("C".to_owned()),
        ..good
    };
    let verdicts: Vec<_> = bad.findings().iter().map(|it| it.verdict).collect();
    assert_eq!(verdicts, [Verdict::Fail, Verdict::Warn, Verdict::Warn, Verdict::Ok]);
}

#[test]
fn a_clock_that_was_never_set_is_a_failure() {
    let now = Clocks::read();
    assert!(now.findings().iter().all(|it| it.verdict != Verdict::Fail));
    let unset = Clocks { wall: [SystemTime::UNIX_EPOCH; 2], ..now.clone() };
    assert_eq!(unset.findings()[0].verdict, Verdict::Fail);
    let [began, _]: [Instant; 2] = now.monotonic;
    let jumped = Clocks { monotonic: [began, began + Duration::from_secs(9)], ..now };
    assert_eq!(jumped.findings()[1].verdict, Verdict::Warn);
}

#[test]
fn the_kernels_table_is_read_by_its_columns() {
    let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n\
        0: 0100007F:15B3 0100007F:9C40 01 00000000:00000000 00:00000000 00000000  1000 0 11 1\n\
        1: 0100007F:15B3 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000 0 22 1\n";
    assert_eq!(ports::listening_inode(table, 5555), Some(22));
    assert_eq!(ports::listening_inode(table, 5556), None);
    assert_eq!(ports::listening_inode("torn\n1:", 5555), None);
}
