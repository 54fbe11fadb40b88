//! The programs of the cluster: PostgreSQL, Redis, HAProxy and two copies of the demo app.

use std::{
    fs,
    io::BufReader,
    net::{SocketAddr, TcpListener, TcpStream},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread::{self, JoinHandle},
    time::Duration,
};

use crate::{LogSummary, Program, listening_on};

const POSTGRES: &str = "/usr/lib/postgresql/15/bin";

/// Returns what is not installed, with the command that installs it.
pub(super) fn missing() -> Vec<&'static str> {
    let programs = [
        (format!("{POSTGRES}/initdb"), "PostgreSQL 15: apt install postgresql-15"),
        ("/usr/bin/redis-server".to_owned(), "Redis: apt install redis-server"),
        ("/usr/sbin/haproxy".to_owned(), "HAProxy: apt install haproxy"),
    ];
    programs.into_iter().filter(|(file, _)| !Path::new(file).exists()).map(|(_, name)| name).collect()
}

pub(super) fn free_addr() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address")
}

/// A directory in `/tmp`, deleted at the end. The user `postgres` can write in it.
pub(super) struct Directory(pub(super) PathBuf);

impl Directory {
    pub(super) fn create() -> Self {
        let output =
            Command::new("mktemp").args(["-d", "/tmp/demo-app-soak.XXXXXX"]).output().expect("mktemp");
        let directory = PathBuf::from(String::from_utf8(output.stdout).expect("a path").trim());
        run(Command::new("chmod").arg("777").arg(&directory));
        Self(directory)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn run(command: &mut Command) {
    let output = command.output().expect("the program starts");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn start(command: &mut Command, addr: SocketAddr) -> Program {
    let child = command.process_group(0).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let program = Program(child.expect("the program starts"));
    for _ in 0..100 {
        if TcpStream::connect(addr).is_ok() {
            return program;
        }
        thread::sleep(Duration::from_millis(100));
    }
    panic!("{command:?} does not listen on {addr}");
}

/// Starts PostgreSQL as the user `postgres`, which it requires instead of root. Returns it with its URL.
pub(super) fn postgres(directory: &Path) -> (Program, String) {
    let (addr, data) = (free_addr(), directory.join("postgres"));
    let as_postgres = |program: &str| {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "nice"]);
        command.arg(format!("{POSTGRES}/{program}")).arg("-D").arg(&data).current_dir("/");
        command
    };
    run(as_postgres("initdb").args(["-U", "demo", "-A", "trust", "-E", "UTF8", "--no-sync"]));
    let mut command = as_postgres("postgres");
    command.arg("-F").arg("-k").arg(directory).args(["-h", "127.0.0.1", "-p", &addr.port().to_string()]);
    (start(&mut command, addr), format!("postgres://demo@{addr}/postgres"))
}

pub(super) fn redis(directory: &Path) -> (Program, String) {
    let addr = free_addr();
    let mut command = Command::new("nice");
    command.args(["redis-server", "--save", "", "--bind", "127.0.0.1", "--port", &addr.port().to_string()]);
    command.arg("--dir").arg(directory);
    (start(&mut command, addr), format!("redis://{addr}/0"))
}

/// Starts HAProxy. It repeats a request only if the copy has not accepted the connection, because the copy could have used the
/// proof. Responses of a copy have the header `x-copy`; those of HAProxy itself do not.
pub(super) fn haproxy(directory: &Path, addr: SocketAddr, copies: [SocketAddr; 2]) -> Program {
    let file = directory.join("haproxy.cfg");
    let [first, second] = copies;
    let config = format!(
        "defaults\n  mode http\n  timeout connect 2s\n  timeout client 60s\n  timeout server 30s\n  retries 3\n  \
         option redispatch 1\n  retry-on conn-failure\n  option http-server-close\n\
         frontend api\n  bind {addr}\n  default_backend copies\n\
         backend copies\n  balance roundrobin\n  http-response set-header x-copy %s\n  \
         option httpchk GET /\n  default-server check inter 500ms fall 2 rise 1\n  \
         server first {first}\n  server second {second}\n"
    );
    fs::write(&file, config).expect("the directory is writable");
    start(Command::new("nice").args(["haproxy", "-db", "-f"]).arg(&file), addr)
}

/// A copy of the demo app, and the summary of its log.
pub(super) struct DemoApp {
    pub(super) program: Program,
    pub(super) addr: SocketAddr,
    pub(super) log: JoinHandle<LogSummary>,
}

/// Starts a copy and waits until it listens.
pub(super) fn demo_app(addr: SocketAddr, options: &[String]) -> DemoApp {
    let mut command = Command::new("nice");
    command.arg(env!("CARGO_BIN_EXE_demo-app")).args(["--addr", &addr.to_string()]);
    command.args(options).env("RUST_LOG", "info").stderr(Stdio::piped());
    let mut program = Program(command.spawn().expect("the program starts"));
    let mut log = BufReader::new(program.0.stderr.take().expect("stderr is piped"));
    listening_on(&mut log);
    DemoApp { program, addr, log: thread::spawn(|| LogSummary::read(log)) }
}
