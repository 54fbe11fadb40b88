//! Issuers and clients that nobody here wrote: npm's `oidc-provider` issues tokens, and `oauth4webapi` reads challenges and
//! metadata.

mod outage;

use std::collections::BTreeMap;
use std::env;
use std::io::{BufRead as _, BufReader, Write as _, stderr};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use scopes_runtime::router::get;
use scopes_runtime::{
    IntrospectionDecoder, Jwks, JwtDecoder, MultiIssuerDecoder, ProtectedResourceMetadata, ResourceServer,
    ScopedRouter, TokenDecoder, requires_scopes,
};
use scopes_tests::Scope;
use serde_json::{Value, json};
use tokio::net::TcpListener;

#[requires_scopes("me")]
async fn me() {}

#[requires_scopes("me", "items:write")]
async fn write() {}

#[requires_scopes("me", acr = "mfa", max_age = 300)]
async fn pay() {}

/// An API on loopback, at a path, for the tokens of an issuer.
struct Api {
    url: String,
    http: reqwest::Client,
}

impl Api {
    async fn start(path: &str, issuer: &Issuer, decoder: impl FnOnce(&str) -> Box<dyn TokenDecoder>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}{path}", listener.local_addr().expect("an address"));
        let metadata = ProtectedResourceMetadata::new(&*url).expect("a resource");
        let metadata = metadata.authorization_server(&*issuer.url).scopes::<Scope>().name("The API");
        let server = ResourceServer::builder(Boxed(decoder(&url))).realm("the API, v1").metadata(&metadata);
        let routes =
            ScopedRouter::new().route("/me", get(me)).route("/write", get(write)).route("/pay", get(pay));
        let routes = ScopedRouter::new().nest(path, routes).with_state(server.build().expect("a realm"));
        let app = Router::from(routes).merge(metadata.router());
        tokio::spawn(async { axum::serve(listener, app).await });
        Self { url, http: reqwest::Client::new() }
    }

    async fn ask(&self, path: &str, token: &str) -> (u16, String) {
        let answer = self.http.get(format!("{}{path}", self.url)).bearer_auth(token).send().await;
        let answer = answer.expect("an answer");
        let challenge = answer.headers().get("www-authenticate").and_then(|it| it.to_str().ok());
        (answer.status().as_u16(), challenge.unwrap_or_default().to_owned())
    }

    async fn status(&self, path: &str, token: &str) -> u16 {
        self.ask(path, token).await.0
    }
}

struct Boxed(Box<dyn TokenDecoder>);

impl TokenDecoder for Boxed {
    fn decode<'a>(&'a self, token: &'a str) -> scopes_runtime::DecodeFuture<'a> {
        self.0.decode(token)
    }
}

/// oidc-provider, ended with the test.
struct Issuer {
    url: String,
    process: Child,
    commands: ChildStdin,
    lines: BufReader<ChildStdout>,
    http: reqwest::Client,
}

impl Drop for Issuer {
    fn drop(&mut self) {
        self.end();
    }
}

/// Where npm has put the packages, if it has.
fn modules() -> Option<PathBuf> {
    let default = || concat!(env!("CARGO_MANIFEST_DIR"), "/../target/ci/node").into();
    let modules: PathBuf = env::var_os("NODE_PACKAGES").unwrap_or_else(default).into();
    let is_there =
        ["oidc-provider", "oauth4webapi"].map(|name| modules.join("node_modules").join(name).is_dir());
    let has_node = Command::new("node").arg("--version").output().is_ok();
    if has_node && is_there == [true, true] {
        return Some(modules);
    }
    let reason = "No other issuer and client are tried: `node` with `oidc-provider` and `oauth4webapi` is not installed.";
    assert!(env::var_os("REQUIRE_NODE").is_none(), "{reason}");
    // What `eprintln!` prints is shown only when a test fails.
    writeln!(stderr(), "skipped: {reason}").expect("stderr");
    None
}

fn node(script: &str) -> Command {
    let mut command = Command::new("node");
    command.arg(format!("{}/interop/{script}", env!("CARGO_MANIFEST_DIR")));
    command
}

impl Issuer {
    fn start(modules: &PathBuf) -> Self {
        Self::start_at(modules, "0", "1")
    }

    /// On a port, with one key.
    fn start_at(modules: &PathBuf, port: &str, key: &str) -> Self {
        let mut command = node("issuer.mjs");
        command
            .arg(modules)
            .args([port, key])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut process = command.spawn().expect("it starts");
        let commands = process.stdin.take().expect("it is piped");
        let lines = BufReader::new(process.stdout.take().expect("it is piped"));
        let mut issuer = Self { url: String::new(), process, commands, lines, http: reqwest::Client::new() };
        issuer.url = issuer.line("http://");
        issuer
    }

    fn end(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }

    /// The next line that begins so; oidc-provider has notices to print in between.
    fn line(&mut self, start: &str) -> String {
        loop {
            let mut line = String::new();
            assert_ne!(self.lines.read_line(&mut line).expect("a line"), 0, "it has ended");
            if line.starts_with(start) {
                return line.trim_end().to_owned();
            }
        }
    }

    /// The first key signs from now on, and all are published.
    fn rotate(&mut self, keys: &str) {
        writeln!(self.commands, "keys {keys}").expect("it listens");
        self.line(&format!("keys {keys}"));
    }

    /// A token for a resource.
    async fn token(&self, scope: &str, resource: &str) -> String {
        token(&self.http, &self.url, scope, resource).await
    }

    async fn revoke(&self, token: &str) {
        let request =
            self.http.post(format!("{}/token/revocation", self.url)).basic_auth("app", Some("app-secret"));
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let answer = request.body(format!("token={token}")).send().await.expect("an answer");
        assert_eq!(answer.status(), 200);
    }

    fn jwt_decoder(&self, audience: &str) -> JwtDecoder {
        let builder = JwtDecoder::builder().issuer(&*self.url).audience(audience);
        builder.jwks(Jwks::discovery()).build().expect("a decoder")
    }

    fn introspection_decoder(&self, audience: &str) -> IntrospectionDecoder {
        let builder = IntrospectionDecoder::builder().issuer(&*self.url).audience(audience);
        let builder = builder.client("api", "a secret: 100%").cache_ttl(Duration::from_millis(500));
        builder.build().expect("a decoder")
    }
}

async fn token(http: &reqwest::Client, issuer: &str, scope: &str, resource: &str) -> String {
    let scope = scope.replace(' ', "+");
    let request = http.post(format!("{issuer}/token")).basic_auth("app", Some("app-secret"));
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let form = format!("grant_type=client_credentials&scope={scope}&resource={resource}");
    let answer = request.body(form).send().await.expect("an answer");
    let text = answer.text().await.expect("a body");
    let answer: Value = serde_json::from_str(&text).expect("JSON");
    answer["access_token"].as_str().unwrap_or_else(|| panic!("{text}")).to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn jwts_of_another_issuer() {
    let Some(modules) = modules() else { return };
    let issuer = Issuer::start(&modules);
    let api = Api::start("/v1", &issuer, |url| Box::new(issuer.jwt_decoder(url))).await;
    let token = issuer.token("me items", &api.url).await;
    assert_eq!(api.status("/me", &token).await, 200);
    let (status, challenge) = api.ask("/write", &token).await;
    assert_eq!(status, 403);
    assert!(challenge.contains(r#"error="insufficient_scope", scope="me items:write""#), "{challenge}");
    assert_eq!(api.status("/write", &issuer.token("me items:write", &api.url).await).await, 200);
    for refused in [
        issuer.token("me items", "http://other.example/v1").await,
        issuer.token("me items", &format!("{}/opaque", api.url)).await,
        format!("{}x", &token[..token.len() - 1]),
    ] {
        assert_eq!(api.status("/me", &refused).await, 401);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn opaque_tokens_of_another_issuer() {
    let Some(modules) = modules() else { return };
    let issuer = Issuer::start(&modules);
    let opaque = Api::start("/opaque", &issuer, |url| Box::new(issuer.introspection_decoder(url))).await;
    let token = issuer.token("me", &opaque.url).await;
    assert!(!token.contains('.'), "it is opaque");
    assert_eq!(opaque.status("/me", &token).await, 200);
    assert_eq!(opaque.status("/write", &token).await, 403);
    assert_eq!(opaque.status("/me", "nonsense").await, 401);
    assert_eq!(opaque.status("/me", &issuer.token("me", "http://other.example/opaque").await).await, 401);
    issuer.revoke(&token).await;
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(opaque.status("/me", &token).await, 401);

    let both = Api::start("/both/opaque", &issuer, |url| {
        let jwt = issuer.jwt_decoder("http://api.example/jwt");
        Box::new(
            MultiIssuerDecoder::new([jwt]).expect("issuers").opaque_tokens(issuer.introspection_decoder(url)),
        )
    });
    let both = both.await;
    for resource in ["http://api.example/jwt", &both.url] {
        let token = issuer.token("me", resource).await;
        assert_eq!(both.status("/me", &token).await, 200, "{resource}");
    }
}

/// Clients get tokens and use them all the while.
#[tokio::test(flavor = "multi_thread")]
async fn keys_rotate_while_requests_run() {
    let Some(modules) = modules() else { return };
    let mut issuer = Issuer::start(&modules);
    let api = Arc::new(Api::start("/v1", &issuer, |url| Box::new(issuer.jwt_decoder(url))).await);
    let first = issuer.token("me", &api.url).await;
    assert_eq!(api.status("/me", &first).await, 200);
    // Only then may a token have the issuer asked again.
    tokio::time::sleep(Duration::from_secs(11)).await;

    let stop = Arc::new(AtomicBool::new(false));
    let clients: Vec<_> = (0..4)
        .map(|_| {
            let (api, stop, url, first) =
                (Arc::clone(&api), Arc::clone(&stop), issuer.url.clone(), first.clone());
            tokio::spawn(async move {
                let mut answers = BTreeMap::<u16, usize>::new();
                while !stop.load(Ordering::Relaxed) {
                    let new = token(&api.http, &url, "me", &api.url).await;
                    for token in [&new, &first] {
                        *answers.entry(api.status("/me", token).await).or_default() += 1;
                    }
                }
                answers
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_secs(1)).await;
    issuer.rotate("2 1");
    tokio::time::sleep(Duration::from_secs(2)).await;
    stop.store(true, Ordering::Relaxed);
    let mut answers = BTreeMap::new();
    for client in clients {
        for (status, count) in client.await.expect("no panic") {
            *answers.entry(status).or_insert(0) += count;
        }
    }
    println!("answers while a key came: {answers:?}");
    assert_eq!(answers.keys().collect::<Vec<_>>(), [&200], "{answers:?}");

    // The old key goes. It is forgotten as soon as the set is fetched again, here for the sake of a third one.
    tokio::time::sleep(Duration::from_secs(11)).await;
    issuer.rotate("3 2");
    assert_eq!(api.status("/me", &issuer.token("me", &api.url).await).await, 200);
    assert_eq!(api.status("/me", &first).await, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_finds_its_way_from_the_url() {
    let Some(modules) = modules() else { return };
    let issuer = Issuer::start(&modules);
    let api = Api::start("/api/v1", &issuer, |url| Box::new(issuer.jwt_decoder(url))).await;
    let mut command = node("client.mjs");
    command.arg(&modules).arg(&api.url);
    let output =
        tokio::task::spawn_blocking(move || command.output()).await.expect("no panic").expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let read: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let origin = api.url.trim_end_matches("/api/v1");
    let metadata_url = format!("{origin}/.well-known/oauth-protected-resource/api/v1");
    let challenge = |parameters: Value| {
        let mut all = json!({ "realm": "the API, v1", "resource_metadata": metadata_url });
        all.as_object_mut().expect("an object").extend(parameters.as_object().expect("an object").clone());
        json!([{ "scheme": "bearer", "parameters": all }])
    };
    assert_eq!(
        read,
        json!({
            "metadata": {
                "resource": api.url,
                "authorization_servers": [issuer.url],
                "scopes_supported": ["me", "items", "items:write"],
                "bearer_methods_supported": ["header"],
                "resource_name": "The API",
            },
            "let_in": { "status": 200 },
            "no_token": { "status": 401, "challenges": challenge(json!({ "scope": "me" })) },
            "bad_token": {
                "status": 401,
                "challenges": challenge(json!({ "error": "invalid_token", "scope": "me" })),
            },
            "scope_missing": {
                "status": 403,
                "challenges": challenge(json!({ "error": "insufficient_scope", "scope": "me items:write" })),
            },
            "another_login": {
                "status": 401,
                "challenges": challenge(json!({
                    "error": "insufficient_user_authentication",
                    "acr_values": "mfa",
                    "max_age": "300",
                    "scope": "me",
                })),
            },
        })
    );
}

/// An issuer need not introspect a JWT that it signed. That is an answer about the token, not an outage.
#[tokio::test(flavor = "multi_thread")]
async fn a_jwt_is_no_opaque_token() {
    let Some(modules) = modules() else { return };
    let issuer = Issuer::start(&modules);
    let opaque = Api::start("/opaque", &issuer, |url| Box::new(issuer.introspection_decoder(url))).await;
    let jwt = issuer.token("me", "http://api.example/jwt").await;
    assert_eq!(opaque.status("/me", &jwt).await, 401);
}
