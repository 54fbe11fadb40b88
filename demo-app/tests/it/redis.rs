//! Temporary Redis servers.

use std::{
    env,
    io::{Write, stderr},
    os::unix::net::UnixStream,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use tempfile::TempDir;

/// A Redis server at a Unix socket, stopped when dropped.
pub(crate) struct Redis {
    process: Child,
    directory: TempDir,
}

impl Redis {
    /// Starts a server. If `redis-server` is not installed, prints that to stderr and returns `None`.
    pub(crate) fn start() -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let socket = directory.path().join("socket");
        let mut command = Command::new("redis-server");
        command.args(["--port", "0", "--save", "", "--unixsocket"]).arg(&socket).current_dir(&directory);
        let Ok(process) = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn() else {
            let reason = "`redis-server` is not installed.";
            assert!(env::var_os("REQUIRE_REDIS").is_none(), "{reason}");
            // The test harness captures the output of `eprintln!`.
            stderr().write_all(format!("skipped a test with Redis: {reason}\n").as_bytes()).unwrap();
            return None;
        };
        let redis = Self { process, directory };
        let start = Instant::now();
        while UnixStream::connect(&socket).is_err() {
            assert!(start.elapsed() < Duration::from_secs(10), "the server does not start");
            sleep(Duration::from_millis(20));
        }
        Some(redis)
    }

    pub(crate) fn url(&self) -> String {
        format!("redis+unix://{}", self.directory.path().join("socket").display())
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
