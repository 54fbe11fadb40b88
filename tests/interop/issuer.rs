//! npm's `oidc-provider` in a process of its own.

use std::env;
use std::io::{Write as _, stderr};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use scopes_runtime::{IntrospectionDecoder, Jwks, JwtDecoder};
use serde_json::Value;

use crate::child_process::ChildProcess;

/// A process with oidc-provider, stopped when dropped.
pub(crate) struct Issuer {
    pub(crate) url: String,
    process: ChildProcess,
    http: reqwest::Client,
}

/// Returns the directory of the npm packages, or `None` if they are not installed.
pub(crate) fn modules() -> Option<PathBuf> {
    let default = || concat!(env!("CARGO_MANIFEST_DIR"), "/../target/ci/node").into();
    let modules: PathBuf = env::var_os("NODE_PACKAGES").unwrap_or_else(default).into();
    let is_there = ["@modelcontextprotocol/sdk", "jose", "oidc-provider", "oauth4webapi"]
        .map(|name| modules.join("node_modules").join(name).is_dir());
    let has_node = Command::new("node").arg("--version").output().is_ok();
    if has_node && is_there == [true; 4] {
        return Some(modules);
    }
    let reason = "No other issuer and client are tried: `node` with `@modelcontextprotocol/sdk`, `jose`, `oidc-provider` and `oauth4webapi` is not installed.";
    assert!(env::var_os("REQUIRE_NODE").is_none(), "{reason}");
    // The output of `eprintln!` is only shown if a test fails.
    writeln!(stderr(), "skipped: {reason}").expect("stderr");
    None
}

/// Runs a script, which has to succeed, and returns the JSON object that it prints.
pub(crate) fn run(command: &mut Command) -> Value {
    let mut script = ChildProcess::start(command);
    let printed = script.line("{");
    script.succeed();
    serde_json::from_str(&printed).expect("JSON")
}

pub(crate) fn node(script: &str) -> Command {
    let mut command = Command::new("node");
    command.arg(format!("{}/interop/{script}", env!("CARGO_MANIFEST_DIR")));
    command
}

impl Issuer {
    pub(crate) fn start(modules: &PathBuf) -> Self {
        Self::start_at(modules, "0", "1")
    }

    /// Starts with a certificate and its key, in a PEM file, for a token endpoint with TLS.
    pub(crate) fn start_with_tls(modules: &PathBuf, pem: &Path) -> Self {
        Self::spawn(node("issuer.mjs").env("TLS_PEM", pem).arg(modules).args(["0", "1"]))
    }

    /// Starts on a port with one key.
    pub(crate) fn start_at(modules: &PathBuf, port: &str, key: &str) -> Self {
        Self::spawn(node("issuer.mjs").arg(modules).args([port, key]))
    }

    fn spawn(command: &mut Command) -> Self {
        // The process also prints notices of oidc-provider.
        let mut process = ChildProcess::start(command);
        let url = process.line("http://");
        Self { url, process, http: reqwest::Client::new() }
    }

    pub(crate) fn end(&mut self) {
        self.process.stop();
    }

    /// Signs with the first of these keys, and publishes all of them.
    pub(crate) fn rotate(&mut self, keys: &str) {
        let commands = self.process.process.stdin.as_mut().expect("it is piped");
        writeln!(commands, "keys {keys}").expect("it listens");
        self.process.line(&format!("keys {keys}"));
    }

    /// Requests a token for a resource.
    pub(crate) async fn token(&self, scope: &str, resource: &str) -> String {
        token(&self.http, &self.url, scope, resource).await
    }

    pub(crate) async fn revoke(&self, token: &str) {
        let request =
            self.http.post(format!("{}/token/revocation", self.url)).basic_auth("app", Some("app-secret"));
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let answer = request.body(format!("token={token}")).send().await.expect("an answer");
        assert_eq!(answer.status(), 200);
    }

    pub(crate) fn jwt_decoder(&self, audience: &str) -> JwtDecoder {
        let builder = JwtDecoder::builder().issuer(&*self.url).audience(audience);
        builder.jwks(Jwks::discovery()).build().expect("a decoder")
    }

    pub(crate) fn introspection_decoder(&self, audience: &str) -> IntrospectionDecoder {
        let builder = IntrospectionDecoder::builder().issuer(&*self.url).audience(audience);
        let builder = builder.client("api", "a secret: 100%").cache_ttl(Duration::from_millis(500));
        builder.build().expect("a decoder")
    }
}

pub(crate) async fn token(http: &reqwest::Client, issuer: &str, scope: &str, resource: &str) -> String {
    let scope = scope.replace(' ', "+");
    let request = http.post(format!("{issuer}/token")).basic_auth("app", Some("app-secret"));
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let form = format!("grant_type=client_credentials&scope={scope}&resource={resource}");
    let answer = request.body(form).send().await.expect("an answer");
    let text = answer.text().await.expect("a body");
    let answer: Value = serde_json::from_str(&text).expect("JSON");
    answer["access_token"].as_str().unwrap_or_else(|| panic!("{text}")).to_owned()
}
