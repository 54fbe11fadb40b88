//! The used proofs of several copies of a server, on a real Redis server.

use std::env;
use std::io::{Write as _, stderr};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use scopes_runtime::ResourceServer;
use scopes_runtime::bound::{Dpop, RedisReplayStore};
use scopes_runtime::testing::{DpopKey, TestIssuer};
use tempfile::TempDir;

use super::{BASE, app, request};

/// A Redis server at a Unix socket, stopped when dropped.
struct Redis {
    process: Child,
    directory: TempDir,
}

impl Redis {
    /// Starts a server. If `redis-server` is not installed, prints that to stderr and returns `None`.
    fn start() -> Option<Self> {
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

    fn spawn(directory: &TempDir) -> std::io::Result<Child> {
        let socket = directory.path().join("socket");
        let mut command = Command::new("redis-server");
        command.args(["--port", "0", "--save", "", "--unixsocket"]).arg(socket);
        command.current_dir(directory).stdout(Stdio::null()).stderr(Stdio::null()).spawn()
    }

    fn when_ready(self) -> Self {
        let start = Instant::now();
        while std::os::unix::net::UnixStream::connect(self.directory.path().join("socket")).is_err() {
            assert!(start.elapsed() < Duration::from_secs(10), "the server does not start");
            std::thread::sleep(Duration::from_millis(20));
        }
        self
    }

    fn stop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }

    fn resume(mut self) -> Self {
        self.process = Self::spawn(&self.directory).expect("it is installed");
        self.when_ready()
    }

    fn url(&self) -> String {
        format!("redis+unix://{}", self.directory.path().join("socket").display())
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.stop();
    }
}

#[tokio::test]
async fn copies_share_the_used_proofs_and_refuse_while_redis_is_away() {
    let Some(mut redis) = Redis::start() else { return };
    let (issuer, key) = (TestIssuer::new(), DpopKey::new());
    let copy = || {
        let store = RedisReplayStore::new(&redis.url()).expect("a URL");
        let dpop = Dpop::new(BASE).expect("a URL").replay_store(store);
        let server = ResourceServer::builder(issuer.bound_token_decoder()).dpop(dpop).build();
        app(server.expect("the default realm"))
    };
    let copies = [copy(), copy()];
    let token = issuer.token().scopes(["items"]).bound_to(&key).sign();
    let authorization = format!("DPoP {token}");
    let send = async |copy: usize, proof: &str| {
        let headers = [("authorization", &*authorization), ("dpop", proof)];
        request(&copies[copy], "GET", "/items", &headers).await.status
    };
    let proof = || key.proof("GET", "https://api.test/items", &token).sign();
    let used = proof();
    assert_eq!(send(0, &used).await, StatusCode::OK);
    assert_eq!(send(0, &used).await, StatusCode::UNAUTHORIZED);
    assert_eq!(send(1, &used).await, StatusCode::UNAUTHORIZED);
    assert_eq!(send(1, &proof()).await, StatusCode::OK);

    redis.stop();
    let start = Instant::now();
    assert_eq!(send(0, &proof()).await, StatusCode::SERVICE_UNAVAILABLE);
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());

    let _redis = redis.resume();
    let start = Instant::now();
    while send(0, &proof()).await != StatusCode::OK {
        assert!(start.elapsed() < Duration::from_secs(10), "the connection is not restored");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_malformed_url_is_an_error() {
    assert!(RedisReplayStore::new("nonsense").is_err());
}
