//! Several copies of the program, with one database or with one copy as the issuer.

use std::{fs, thread};

use serde_json::{Value, json};

use crate::{
    postgres::{PASSWORD, TestDatabase},
    program::{Running, program, serving},
    signing_key::key_file,
};

#[test]
fn copies_with_the_same_database_and_key_accept_each_others_tokens() {
    let Some(test_database) = TestDatabase::in_postgres("shared") else { return };
    let copy = || {
        let mut command = program();
        command.args(["--addr", "127.0.0.1:0", "--issuer", "http://demo.test"]);
        Running::start(
            command.env("DATABASE_URL", &test_database.url).arg("--signing-key").arg(key_file("p256")),
        )
    };
    let (one, other) = (copy(), copy());
    for log in [&one.start, &other.start] {
        assert!(log.contains("stored in PostgreSQL") && !log.contains(PASSWORD), "{log}");
    }
    let token = one.log_in("me+items:write");
    let body = r#"{"item_id": "Bar"}"#;
    let response = one.send(&format!(
        "POST /users/me/items HTTP/1.1\nHost: demo\nConnection: close\nAuthorization: Bearer {token}\n\
         Content-Type: application/json\nContent-Length: {}\n\n{body}",
        body.len()
    ));
    assert!(response.starts_with("HTTP/1.1 201"), "{response}");
    let response = other.get("/users/me/items", &token);
    assert!(response.starts_with("HTTP/1.1 200"), "{response}");
    assert!(response.contains(r#""item_id":"Bar""#), "{response}");
    assert!(one.get("/users/me", &other.log_in("me")).starts_with("HTTP/1.1 200"));
}

#[test]
fn many_copies_can_start_at_once_with_an_empty_database() {
    for test_database in TestDatabase::of_each_kind("many") {
        let copies: Vec<_> = (0..4)
            .map(|_| {
                let mut command = program();
                command.args(["--addr", "127.0.0.1:0", "--database", &test_database.url]);
                thread::spawn(move || Running::start(&mut command))
            })
            .collect();
        for copy in copies {
            let copy = copy.join().unwrap();
            let response = copy.get("/users/me/items", &copy.log_in("me+items"));
            assert!(response.ends_with(r#"[{"item_id":"Foo","owner":"johndoe"}]"#), "{response}");
        }
    }
}

#[test]
fn a_copy_accepts_the_tokens_of_its_issuer() {
    for key in ["ed25519", "p256"] {
        let issuer = Running::start(serving().arg("--signing-key").arg(key_file(key)));
        let url = format!("http://{}", issuer.addr);
        let api = Running::start(serving().args(["--issuer-url", &url]));
        assert!(api.start.contains(&url), "{}", api.start);

        let response = api.get("/users/me/", &issuer.log_in("me"));
        assert!(response.starts_with("HTTP/1.1 200"), "{response}");
        assert!(response.contains(r#""username":"johndoe""#), "{response}");
        let response = api.get("/users/me/items/", &issuer.log_in("me"));
        assert!(response.starts_with("HTTP/1.1 403"), "{response}");
        let response = api.get("/users/me/", &Running::start(&mut serving()).log_in("me"));
        assert!(response.starts_with("HTTP/1.1 401"), "{response}");
    }
}

#[test]
fn the_program_starts_while_its_issuer_is_down() {
    let issuer = "http://127.0.0.1:1";
    let copy = Running::start(serving().args(["--issuer", issuer, "--signing-key"]).arg(key_file("p256")));
    let token = copy.log_in("me");
    let api = Running::start(serving().env("DEMO_ISSUER_URL", issuer));
    let response = api.get("/users/me", &token);
    assert!(response.starts_with("HTTP/1.1 503") && response.contains("\r\nretry-after: "), "{response}");
    assert!(api.get("/", "").contains("Access tokens are issued by http://127.0.0.1:1"));
}

#[test]
fn the_document_is_printed_without_the_key_and_the_issuer() {
    let printed = |variable: &str, value: &str| {
        let output = program().env(variable, value).arg("openapi").output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty());
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    let document = printed("DEMO_SIGNING_KEY", "/nowhere/to/be/found.pem");
    assert!(document["paths"]["/.well-known/jwks.json"]["get"].is_object());

    let document = printed("DEMO_ISSUER_URL", "https://issuer.example/");
    assert_eq!(document["paths"]["/token"], Value::Null);
    let scheme = &document["components"]["securitySchemes"]["oauth2"];
    assert_eq!(scheme["type"], "openIdConnect");
    assert_eq!(scheme["openIdConnectUrl"], "https://issuer.example/.well-known/openid-configuration");
    assert_eq!(document["paths"]["/users/me"]["get"]["security"], json!([{ "oauth2": ["me"] }]));
}

#[test]
fn the_log_never_contains_the_key() {
    let pem = fs::read_to_string(key_file("p256")).unwrap();
    let secret = pem.lines().nth(1).unwrap();
    let mut command = serving();
    let issuer = Running::start(command.env("RUST_LOG", "trace").arg("--signing-key").arg(key_file("p256")));
    let token = issuer.log_in("me");
    assert!(!issuer.start.contains(secret));
    let log = issuer.stop("TERM");
    assert!(!log.contains(secret) && !log.contains(&token), "{log}");
}
