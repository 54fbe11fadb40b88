//! Temporary PostgreSQL servers.

use std::{
    env, fs,
    io::{Write, stderr},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, Mutex, Weak},
};

use demo_app::Database;

use crate::storage::fresh_file;

/// The password in every URL, which must appear nowhere else.
pub(crate) const PASSWORD: &str = "hunter2";

pub(crate) struct Cluster {
    programs: PathBuf,
    directory: String,
}

impl Cluster {
    /// Starts a server. If PostgreSQL is not installed, prints that to stderr and returns `None`.
    pub(crate) fn start() -> Option<Self> {
        let Some(programs) = installed() else {
            let reason = "`initdb` and `pg_ctl` are not installed.";
            assert!(env::var_os("REQUIRE_POSTGRES").is_none(), "{reason}");
            // The test harness captures the output of `eprintln!`.
            stderr().write_all(format!("skipped a test with PostgreSQL: {reason}\n").as_bytes()).unwrap();
            return None;
        };
        // The path of a Unix socket has a maximum length, so the directory is not in `target`.
        let directory = run("mktemp", &["-d", "/tmp/demo-app-postgres.XXXXXX"]).unwrap();
        let cluster = Self { programs, directory: directory.trim().to_owned() };
        let data = cluster.file("data");
        cluster.run("initdb", &["-D", &data, "-U", "demo", "-A", "trust", "-E", "UTF8", "--no-sync"]);
        cluster.resume();
        Some(cluster)
    }

    pub(crate) fn stop(&self) {
        self.run("pg_ctl", &["-D", &self.file("data"), "-m", "immediate", "stop"]);
    }

    pub(crate) fn resume(&self) {
        let options = format!("-F -c listen_addresses='' -c unix_socket_directories='{}'", self.directory);
        let (data, log) = (self.file("data"), self.file("log"));
        self.run("pg_ctl", &["-D", &data, "-l", &log, "-o", &options, "-w", "start"]);
    }

    /// Sends a signal to all processes of the server.
    pub(crate) fn signal(&self, signal: &str) {
        let pid_file = format!("{}/postmaster.pid", self.file("data"));
        let pid = fs::read_to_string(pid_file).unwrap().lines().next().unwrap().to_owned();
        let children = run("ps", &["-o", "pid=", "--ppid", &pid]).unwrap();
        let processes = std::iter::once(pid.as_str()).chain(children.split_whitespace());
        let arguments: Vec<_> = ["-s", signal].into_iter().chain(processes).collect();
        run("kill", &arguments).unwrap();
    }

    /// Creates a database and returns its URL.
    pub(crate) fn create(&self, name: &str) -> String {
        self.run("createdb", &["-h", &self.directory, "-U", "demo", name]);
        self.url(name)
    }

    pub(crate) fn url(&self, name: &str) -> String {
        format!("postgres://demo:{PASSWORD}@localhost/{name}?host={}", self.directory)
    }

    fn file(&self, name: &str) -> String {
        format!("{}/{name}", self.directory)
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        run(self.programs.join(program).to_str().unwrap(), arguments).unwrap();
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // Errors are ignored: a failed test may have left the server stopped.
        let stop = ["-D", &self.file("data"), "-m", "immediate", "stop"];
        let _ = run(self.programs.join("pg_ctl").to_str().unwrap(), &stop);
        let _ = fs::remove_dir_all(&self.directory);
    }
}

/// Where PostgreSQL's programs are; Debian does not put them on the PATH.
fn installed() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .chain(versions.map(|version| version.path().join("bin")))
        .find(|directory| ["initdb", "pg_ctl", "createdb"].iter().all(|name| directory.join(name).is_file()))
}

/// Runs a program and returns its output. Root runs it as the user postgres, because PostgreSQL refuses root.
fn run(program: &str, arguments: &[&str]) -> Result<String, String> {
    let is_root = Path::new("/proc/self").metadata().is_ok_and(|process| process.uid() == 0);
    let mut command = Command::new(if is_root { "runuser" } else { program });
    if is_root {
        command.args(["-u", "postgres", "--", program]);
    }
    // The server inherits the working directory, which the user postgres may not be allowed to read.
    let output = command.args(arguments).current_dir("/").output().unwrap();
    if output.status.success() {
        Ok(String::from_utf8(output.stdout).unwrap())
    } else {
        Err(format!("{program}: {}", String::from_utf8_lossy(&output.stderr)))
    }
}

/// A new, empty database.
pub(crate) struct TestDatabase {
    pub(crate) url: String,
    /// Keeps the server running.
    _cluster: Option<Arc<Cluster>>,
}

impl TestDatabase {
    /// Creates one in SQLite, and one in PostgreSQL if that is installed.
    pub(crate) fn of_each_kind(name: &str) -> Vec<Self> {
        let file = fresh_file(&format!("{name}.db")).to_str().unwrap().to_owned();
        let sqlite = Self { url: file, _cluster: None };
        [Some(sqlite), Self::in_postgres(name)].into_iter().flatten().collect()
    }

    pub(crate) fn in_postgres(name: &str) -> Option<Self> {
        /// The server of all tests; it stops when the last test drops its database.
        static SHARED: Mutex<Weak<Cluster>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap();
        let cluster = match shared.upgrade() {
            Some(cluster) => cluster,
            None => Arc::new(Cluster::start()?),
        };
        *shared = Arc::downgrade(&cluster);
        Some(Self { url: cluster.create(name), _cluster: Some(cluster) })
    }

    pub(crate) async fn open(&self) -> Database {
        Database::open(&self.url).await.unwrap()
    }
}
