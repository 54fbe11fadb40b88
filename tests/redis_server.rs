//! Temporary Redis servers. The tests of the demo app share this file.

use std::env;
use std::io::{self, Write as _, stderr};
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// A Redis server at a Unix socket, stopped when dropped.
pub(crate) struct Redis {
    pub(crate) process: Child,
    pub(crate) directory: TempDir,
}

impl Redis {
    /// Starts a server. If `redis-server` is not installed, prints that to stderr and returns `None`.
    pub(crate) fn start() -> Option<Self> {
        let directory = tempfile::tempdir().expect("a directory");
        let Ok(process) = Self::spawn(&directory) else {
            let reason = "`redis-server` is not installed.";
            assert!(env::var_os("REQUIRE_REDIS").is_none(), "{reason}");
            // The output of `eprintln!` is only shown if a test fails.
            writeln!(stderr(), "skipped a test with Redis: {reason}").expect("stderr");
            return None;
        };
        Some(Self { process, directory }.when_ready())
    }

    pub(crate) fn spawn(directory: &TempDir) -> io::Result<Child> {
        let socket = directory.path().join("socket");
        let mut command = Command::new("redis-server");
        command.args(["--port", "0", "--save", "", "--unixsocket"]).arg(socket);
        command.current_dir(directory).stdout(Stdio::null()).stderr(Stdio::null()).spawn()
    }

    pub(crate) fn when_ready(self) -> Self {
        let start = Instant::now();
        while UnixStream::connect(self.directory.path().join("socket")).is_err() {
            assert!(start.elapsed() < Duration::from_secs(10), "the server does not start");
            sleep(Duration::from_millis(20));
        }
        self
    }

    pub(crate) fn url(&self) -> String {
        format!("redis+unix://{}", self.directory.path().join("socket").display())
    }

    pub(crate) fn stop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.stop();
    }
}
