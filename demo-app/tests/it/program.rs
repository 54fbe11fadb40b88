//! The program: options, log, signals, and errors at startup.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    process::{Child, ChildStderr, Command, Output, Stdio},
};

use serde_json::Value;

use crate::{signing_key::key_file, storage::fresh_file, support::SECRET};

/// Returns a command that starts the program without inherited options.
pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_demo-app"));
    for variable in [
        "DEMO_ADDR",
        "DATABASE_URL",
        "DEMO_JWT_SECRET",
        "DEMO_SIGNING_KEY",
        "DEMO_ISSUER_URL",
        "DEMO_ISSUER",
        "DEMO_AUDIENCE",
        "DEMO_DPOP",
        "DEMO_REDIS_URL",
        "RUST_LOG",
    ] {
        command.env_remove(variable);
    }
    command.current_dir(env!("CARGO_TARGET_TMPDIR"));
    command
}

/// Returns a command that serves on a free port with a database in memory.
pub(crate) fn serving() -> Command {
    let mut command = program();
    command.args(["--addr", "127.0.0.1:0", "--database", ":memory:"]);
    command
}

/// Asserts that the program failed with an error on stderr and no output. Returns the first line of the error.
#[track_caller]
pub(crate) fn refusal(output: &Output) -> String {
    let stderr = std::str::from_utf8(&output.stderr).unwrap();
    assert!(!output.status.success(), "{stderr}");
    assert!(output.stdout.is_empty());
    let error = stderr.lines().next().unwrap_or_default();
    assert!(error.starts_with("error: "), "{stderr}");
    assert!(!stderr.contains("panicked"), "{stderr}");
    error.to_owned()
}

/// The program while it serves.
pub(crate) struct Running {
    child: Child,
    log: BufReader<ChildStderr>,
    /// The log until the program listens.
    pub(crate) start: String,
    pub(crate) addr: String,
}

impl Running {
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let log = BufReader::new(child.stderr.take().unwrap());
        let mut running = Self { child, log, start: String::new(), addr: String::new() };
        while running.addr.is_empty() {
            let mut line = String::new();
            assert_ne!(running.log.read_line(&mut line).unwrap(), 0, "the program ended: {}", running.start);
            if let Some((_, addr)) = line.trim_end().split_once("listening on http://") {
                running.addr = addr.to_owned();
            }
            running.start += &line;
        }
        running
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends a raw request, with `\n` for line ends, and reads until the connection is closed.
    pub(crate) fn send(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(&self.addr).unwrap();
        stream.write_all(request.replace('\n', "\r\n").as_bytes()).unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).unwrap();
        response
    }

    pub(crate) fn get(&self, path: &str, token: &str) -> String {
        self.send(&format!(
            "GET {path} HTTP/1.1\nHost: demo\nConnection: close\nAuthorization: Bearer {token}\n\n"
        ))
    }

    pub(crate) fn log_in(&self, scope: &str) -> String {
        self.log_in_with(scope, "")
    }

    /// Logs in with more lines in the header, each with its `\n`.
    pub(crate) fn log_in_with(&self, scope: &str, headers: &str) -> String {
        let form = format!("grant_type=password&username=johndoe&password=secret&scope={scope}");
        let response = self.send(&format!(
            "POST /token HTTP/1.1\nHost: demo\nConnection: close\nContent-Length: {}\n{headers}\
             Content-Type: application/x-www-form-urlencoded\n\n{form}",
            form.len()
        ));
        let (_, body) = response.split_once("\r\n\r\n").unwrap();
        serde_json::from_str::<Value>(body).unwrap()["access_token"].as_str().unwrap().to_owned()
    }

    pub(crate) fn signal(&self, signal: &str) {
        let kill = format!("kill -s {signal} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// Sends a signal and waits for the end. Returns the log since the program listened.
    pub(crate) fn stop(self, signal: &str) -> String {
        self.signal(signal);
        self.end()
    }

    /// Waits for the end and asserts success. Returns the log since the program listened.
    pub(crate) fn end(mut self) -> String {
        let mut log = String::new();
        self.log.read_to_string(&mut log).unwrap();
        assert_eq!(self.child.wait().unwrap().code(), Some(0), "{log}");
        log
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn help_lists_every_option_and_no_secret() {
    let output = program().arg("--help").env("DEMO_JWT_SECRET", SECRET).output().unwrap();
    assert!(output.status.success());
    let help = String::from_utf8(output.stdout).unwrap();
    for (option, variable, default) in [
        ("--addr", "DEMO_ADDR", "127.0.0.1:8000"),
        ("--database", "DATABASE_URL", "demo-app.db"),
        ("--jwt-secret", "DEMO_JWT_SECRET", "a random secret for each start"),
        ("--issuer", "DEMO_ISSUER", "http:// and the address"),
        ("--audience", "DEMO_AUDIENCE", "demo-app"),
        ("--dpop", "DEMO_DPOP", "off"),
    ] {
        for text in [option, &format!("[env: {variable}"), &format!("[default: {default}]")] {
            assert!(help.contains(text), "{text} is not in\n{help}");
        }
    }
    for (option, variable) in [
        ("--signing-key", "DEMO_SIGNING_KEY"),
        ("--issuer-url", "DEMO_ISSUER_URL"),
        ("--redis", "DEMO_REDIS_URL"),
    ] {
        for text in [option, &format!("[env: {variable}")] {
            assert!(help.contains(text), "{text} is not in\n{help}");
        }
    }
    assert!(!help.contains(SECRET));
}

#[test]
fn an_invalid_option_is_refused() {
    for (arguments, expected) in [
        (["--addr", "localhost"], "such as 127.0.0.1:8000"),
        (["--database", ""], "--database"),
        (["--issuer", ""], "--issuer"),
        (["--issuer-url", ""], "--issuer-url"),
        (["--audience", ""], "--audience"),
        (["--dpop", "on"], "--dpop"),
        (["--port", "8000"], "--port"),
    ] {
        let error = refusal(&program().args(arguments).output().unwrap());
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn conflicting_options_are_refused() {
    let secret = ("--jwt-secret", "DEMO_JWT_SECRET", SECRET);
    let key = ("--signing-key", "DEMO_SIGNING_KEY", "key.pem");
    let issuer = ("--issuer", "DEMO_ISSUER", "http://demo.test");
    let url = ("--issuer-url", "DEMO_ISSUER_URL", "http://127.0.0.1:1");
    for (one, other) in [(key, secret), (url, secret), (url, key), (url, issuer)] {
        let error = refusal(&program().args([one.0, one.2, other.0, other.2]).output().unwrap());
        assert!(error.contains(one.0) && error.contains(other.0), "{error}");
        let error = refusal(&program().env(one.1, one.2).env(other.1, other.2).output().unwrap());
        assert!(error.contains(one.0) && error.contains(other.0), "{error}");
        assert!(!error.contains(SECRET), "{error}");
    }
}

#[test]
fn an_issuer_without_https_is_refused() {
    for url in ["issuer.example", "http://issuer.example", "ftp://issuer.example"] {
        let error = refusal(&serving().args(["--issuer-url", url]).output().unwrap());
        assert!(error.contains(url) && error.contains("--issuer-url"), "{error}");
    }
}

#[test]
fn the_log_says_why_the_documentation_cannot_log_in() {
    // Nothing listens at the first. The second is an issuer without an authorization endpoint. The third never responds.
    let key = key_file("ed25519");
    let issuer = Running::start(serving().arg("--signing-key").arg(&key));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = listener.local_addr().unwrap().to_string();
    for addr in ["127.0.0.1:9", &issuer.addr, &silent] {
        let url = format!("http://{addr}");
        let server = Running::start(serving().args(["--issuer-url", &url]));
        let expected =
            format!("the documentation cannot log in at {url}, and has a field for an access token instead");
        assert!(server.start.contains(&expected), "{}", server.start);
        let response = server.send("GET /openapi.json HTTP/1.1\nHost: demo\nConnection: close\n\n");
        assert!(response.contains(r#""scheme":"bearer""#), "{response}");
    }
}

#[test]
fn a_short_secret_is_refused_and_not_shown() {
    let file = fresh_file("short-secret.db");
    for secret in ["", "hunter2", "31 bytes are one byte too few.."] {
        let mut command = program();
        command.args(["--addr", "127.0.0.1:0", "--database"]).arg(&file);
        let output = command.env("DEMO_JWT_SECRET", secret).output().unwrap();
        let error = refusal(&output);
        assert!(error.contains("32 bytes") && error.contains("openssl rand -hex 32"), "{error}");
        assert!(secret.is_empty() || !error.contains(secret), "{error}");
    }
    assert!(!file.exists(), "the database is created after the options are checked");
}

#[test]
fn a_port_in_use_is_refused() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = taken.local_addr().unwrap().to_string();
    let file = fresh_file("port-in-use.db");
    let output = program().args(["--addr", &addr, "--database"]).arg(&file).output().unwrap();
    let error = refusal(&output);
    assert!(error.contains(&format!("cannot listen on {addr}: Address already in use")), "{error}");
    assert!(error.contains("--addr"), "{error}");
    assert!(!file.exists());
}

#[test]
fn each_request_logs_one_line_without_secrets() {
    let server = Running::start(serving().env("DEMO_JWT_SECRET", SECRET).env("RUST_LOG", "trace"));
    let token = server.log_in("me+items");
    let response = server.get("/users/me/items/?secret=query", &token);
    assert!(response.starts_with("HTTP/1.1 200 OK"), "{response}");
    assert!(response.ends_with(r#"[{"item_id":"Foo","owner":"johndoe"}]"#), "{response}");
    assert!(server.get("/nothing", "no-token").starts_with("HTTP/1.1 404"));

    assert!(!server.start.contains(SECRET));
    let log = server.stop("TERM");
    let requests: Vec<_> = log.lines().filter(|line| line.contains("status=")).collect();
    let expected = [
        ["method=POST", r#"path="/token""#, "status=200"],
        ["method=GET", r#"path="/users/me/items/""#, "status=200"],
        ["method=GET", r#"path="/nothing""#, "status=404"],
    ];
    assert_eq!(requests.len(), expected.len(), "{log}");
    for (request, expected) in requests.iter().zip(expected) {
        assert!(expected.iter().all(|part| request.contains(part)), "{request}");
        assert!(request.contains("latency="), "{request}");
    }
    for secret in [&token, SECRET, "secret=query", "password=", "no-token", "argon2id"] {
        assert!(!log.contains(secret), "{secret} is in\n{log}");
    }
}

#[test]
fn the_random_secret_is_logged_as_such_and_changes_with_each_start() {
    let server = Running::start(&mut serving());
    assert!(server.start.contains("tokens are signed with a random secret"));
    let token = server.log_in("me");
    assert!(server.get("/users/me/", &token).starts_with("HTTP/1.1 200"));
    server.stop("INT");

    let server = Running::start(&mut serving());
    assert!(server.get("/users/me/", &token).starts_with("HTTP/1.1 401"));
}

#[test]
fn a_token_is_valid_after_a_restart_with_the_same_secret_issuer_and_audience() {
    let mut same = serving();
    same.args(["--jwt-secret", SECRET, "--issuer", "http://demo.test", "--audience", "items"]);
    let server = Running::start(&mut same);
    assert!(!server.start.contains("random"));
    let token = server.log_in("me");
    server.stop("TERM");

    assert!(Running::start(&mut same).get("/users/me/", &token).starts_with("HTTP/1.1 200"));
    let another_secret = ["--jwt-secret", "another secret that is long enough for HS256"];
    for other in [another_secret, ["--issuer", "http://other.test"], ["--audience", "other"]] {
        let mut command = serving();
        command.env("DEMO_JWT_SECRET", SECRET);
        command.env("DEMO_ISSUER", "http://demo.test").env("DEMO_AUDIENCE", "items");
        let response = Running::start(command.args(other)).get("/users/me/", &token);
        assert!(response.starts_with("HTTP/1.1 401"), "{response}");
    }
}

#[test]
fn idle_connections_do_not_delay_the_end() {
    let server = Running::start(&mut serving());
    let _silent = TcpStream::connect(&server.addr).unwrap();
    let mut idle = TcpStream::connect(&server.addr).unwrap();
    idle.write_all(b"GET / HTTP/1.1\r\nHost: demo\r\n\r\n").unwrap();
    idle.read_exact(&mut [0; 12]).unwrap();
    let log = server.stop("TERM");
    assert!(!log.contains("aborted"), "{log}");
}
