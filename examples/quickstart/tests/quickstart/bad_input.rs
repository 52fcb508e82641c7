//! One clear line, status 2, nothing overwritten, no panic.

use std::fs;
use std::net::TcpListener;

use crate::demo::{Demo, content, quickstart, refusal, six_ports};

fn start_in(dir: &std::path::Path) -> std::process::Output {
    quickstart(&["--port", "0", "--dir", dir.to_str().unwrap()])
}

#[test]
fn a_file_that_is_no_database_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("ciam.db"), "my shopping list, not a database, long enough to look like one; and some more of it to fill a header").unwrap();
    let said = refusal(&start_in(dir.path()));
    assert!(said.contains("ciam.db"), "{said}");
    assert!(said.contains("left as it is"), "{said}");
    let kept = fs::read_to_string(dir.path().join("ciam.db")).unwrap();
    assert!(kept.starts_with("my shopping list"));
    assert!(!dir.path().join("ciam.key").exists());
}

#[test]
fn a_damaged_database_is_left_alone() {
    let demo = Demo::start();
    let (_, dir) = demo.terminate();
    let file = dir.path().join("ciam.db");
    let mut bytes = fs::read(&file).unwrap();
    for byte in bytes.iter_mut().skip(100).take(8_000) {
        *byte = 0x5a;
    }
    fs::write(&file, &bytes).unwrap();
    let said = refusal(&start_in(dir.path()));
    assert!(said.contains("ciam.db"), "{said}");
    assert_eq!(fs::read(&file).unwrap(), bytes);
}

#[test]
fn a_database_without_its_key_is_left_alone() {
    let demo = Demo::start();
    let (_, dir) = demo.terminate();
    fs::remove_file(dir.path().join("ciam.key")).unwrap();
    let before = content(dir.path());
    let said = refusal(&start_in(dir.path()));
    assert!(said.contains("ciam.key"), "{said}");
    assert!(said.contains("put it back"), "{said}");
    assert!(!dir.path().join("ciam.key").exists());
    let database = |files: &[(std::path::PathBuf, Vec<u8>)]| {
        files
            .iter()
            .find(|(path, _)| path.ends_with("ciam.db"))
            .map(|(_, bytes)| bytes.clone())
    };
    assert_eq!(database(&before), database(&content(dir.path())));
}

#[test]
fn the_key_of_another_database_is_told() {
    let port = six_ports().to_string();
    let demo = Demo::start_in(tempfile::tempdir().unwrap(), &port);
    let (_, dir) = demo.terminate();
    fs::copy(
        dir.path().join("demo-bank.key"),
        dir.path().join("ciam.key"),
    )
    .unwrap();
    let output = quickstart(&["--port", &port, "--dir", dir.path().to_str().unwrap()]);
    let said = refusal(&output);
    assert!(said.contains("another root key"), "{said}");
    assert!(said.contains("ciam.db"), "{said}");
}

#[cfg(unix)]
#[test]
fn a_key_that_others_can_read_is_told() {
    use std::os::unix::fs::PermissionsExt;
    let demo = Demo::start();
    let (_, dir) = demo.terminate();
    let key = dir.path().join("ciam.key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let said = refusal(&start_in(dir.path()));
    assert!(said.contains("chmod 600"), "{said}");
}

#[test]
fn a_busy_port_is_told() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let dir = tempfile::tempdir().unwrap();
    let output = quickstart(&[
        "--port",
        &port.to_string(),
        "--dir",
        dir.path().to_str().unwrap(),
    ]);
    let said = refusal(&output);
    if port <= u16::MAX - 5 {
        assert!(said.contains(&format!("port {port} is in use")), "{said}");
    }
    assert!(!dir.path().join("ciam.db").exists());
}

#[test]
fn another_host_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let output = quickstart(&["--host", "0.0.0.0", "--dir", dir.path().to_str().unwrap()]);
    assert!(refusal(&output).contains("this is a demo"));
    assert!(content(dir.path()).is_empty());
}

#[test]
fn unknown_configuration_keys_are_named_with_the_nearest_valid_one() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("quickstart.toml");
    for (text, wanted) in [
        ("prot = 8080", "unknown key `prot`, did you mean `port`?"),
        (
            "[names]\nshopp = \"x\"",
            "unknown key `names.shopp`, did you mean `names.shop`?",
        ),
        ("port = \"x\"", "line 1"),
        ("port = ", "line 1"),
        ("[user]\npassword = \"short\"", "8 to 128 characters"),
    ] {
        fs::write(&path, text).unwrap();
        let said = refusal(&start_in(dir.path()));
        assert!(said.contains("quickstart.toml"), "{said}");
        assert!(said.contains(wanted), "{said}");
    }
    assert_eq!(content(dir.path()).len(), 1);
}

#[test]
fn a_second_process_without_a_first_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().to_str().unwrap();
    let options = refusal(&quickstart(&["--dir", dir, "options", "list"]));
    assert!(options.contains("start the demo once"), "{options}");
    let assertion = refusal(&quickstart(&["--dir", dir, "assertion"]));
    assert!(assertion.contains("warehouse"), "{assertion}");
}

#[cfg(unix)]
#[test]
fn a_client_key_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let demo = Demo::start();
    let (_, dir) = demo.terminate();
    let key = dir.path().join("client-keys/warehouse.pem");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let said = refusal(&quickstart(&[
        "--dir",
        dir.path().to_str().unwrap(),
        "assertion",
    ]));
    assert!(said.contains("warehouse.pem"), "{said}");
    assert!(said.contains("chmod 600"), "{said}");
}
