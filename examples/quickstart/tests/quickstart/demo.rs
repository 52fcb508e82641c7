//! Running the binary.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::browser::Browser;

/// Runs the binary to its end.
pub(crate) fn quickstart(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_quickstart"))
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// The demo, serving on free ports from a folder of its own. Ends when dropped.
pub(crate) struct Demo {
    pub(crate) dir: TempDir,
    pub(crate) ready: Value,
    child: Option<Child>,
}

impl Demo {
    pub(crate) fn start() -> Self {
        Self::start_in(tempfile::tempdir().unwrap(), "0")
    }

    /// The same in a folder that may have been used before, on these ports.
    pub(crate) fn start_in(dir: TempDir, port: &str) -> Self {
        let ready_file = dir.path().join("ready.json");
        std::fs::remove_file(&ready_file).ok();
        let mut child = Command::new(env!("CARGO_BIN_EXE_quickstart"))
            .args(["serve", "--port", port, "--dir"])
            .arg(dir.path())
            .arg("--ready-file")
            .arg(&ready_file)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let ready = wait_for(&ready_file, &mut child);
        Self {
            dir,
            ready,
            child: Some(child),
        }
    }

    /// An address of the ready file.
    pub(crate) fn url(&self, party: &str) -> &str {
        self.ready[party].as_str().unwrap()
    }

    /// `options …` in a second process.
    pub(crate) fn options(&self, change: &[&str]) -> Output {
        let dir = self.dir.path().to_str().unwrap();
        quickstart(&[&["--dir", dir, "options"], change].concat())
    }

    /// Asks it to end, as a service manager does, and waits for it.
    #[cfg(unix)]
    pub(crate) fn terminate(mut self) -> (std::process::ExitStatus, TempDir) {
        // The shell's own `kill`: a small system has no program of that name.
        let id = self.child.as_ref().unwrap().id();
        let told = Command::new("sh")
            .args(["-c", &format!("kill -TERM {id}")])
            .status()
            .unwrap();
        assert!(told.success());
        let mut child = self.child.take().unwrap();
        let dir = std::mem::replace(&mut self.dir, tempfile::tempdir().unwrap());
        (child.wait().unwrap(), dir)
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().ok();
            child.wait().ok();
        }
    }
}

fn wait_for(file: &PathBuf, child: &mut Child) -> Value {
    let began = Instant::now();
    loop {
        if let Ok(text) = std::fs::read_to_string(file) {
            // It is written at once: what is there is whole.
            return serde_json::from_str(&text).unwrap();
        }
        if let Some(status) = child.try_wait().unwrap() {
            panic!("quickstart ended before it served: {status}");
        }
        assert!(
            began.elapsed() < Duration::from_secs(120),
            "it does not serve"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// A port that is free, with the five after it. Below those that the system gives
/// to whoever asks for any, and no range is given twice.
pub(crate) fn six_ports() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let beginning = u16::try_from(std::process::id() % 1_000).unwrap() * 10;
    loop {
        let port = 20_000 + (beginning + NEXT.fetch_add(6, Ordering::Relaxed)) % 10_000;
        let free = |offset| TcpListener::bind(("127.0.0.1", port + offset)).is_ok();
        if (0..6).all(free) {
            return port;
        }
    }
}

/// A browser that nobody has used.
pub(crate) fn browser() -> Browser {
    Browser::new(http())
}

pub(crate) fn http() -> reqwest::Client {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(30))
        .no_proxy()
        .build()
        .unwrap()
}

/// The one line that a refusal to start consists of.
pub(crate) fn refusal(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let said = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(said.lines().count(), 1, "not one line: {said}");
    assert!(!said.contains("panicked"), "{said}");
    said
}

/// Everything in a folder, to see that nothing was written.
pub(crate) fn content(dir: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files: Vec<_> = std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| (path.clone(), std::fs::read(&path).unwrap()))
        .collect();
    files.sort();
    files
}
