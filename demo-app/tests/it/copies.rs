//! Several copies of the program: on one database, and one as the issuer of another.

use std::{fs, thread};

use serde_json::{Value, json};

use crate::{
    postgres::{Fresh, PASSWORD},
    program::{Running, program, serving},
    signing_key::key_file,
};

#[test]
fn copies_with_one_database_and_one_key_are_one_service() {
    let Some(fresh) = Fresh::in_postgres("shared") else { return };
    let copy = || {
        let mut command = program();
        command.args(["--addr", "127.0.0.1:0", "--issuer", "http://demo.test"]);
        Running::start(command.env("DATABASE_URL", &fresh.url).arg("--signing-key").arg(key_file("p256")))
    };
    let (one, other) = (copy(), copy());
    for log in [&one.start, &other.start] {
        assert!(log.contains("stored in PostgreSQL") && !log.contains(PASSWORD), "{log}");
    }
    let token = one.log_in("me+items:write");
    let body = r#"{"item_id": "Bar"}"#;
    let answer = one.ask(&format!(
        "POST /users/me/items HTTP/1.1\nHost: demo\nConnection: close\nAuthorization: Bearer {token}\n\
         Content-Type: application/json\nContent-Length: {}\n\n{body}",
        body.len()
    ));
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    let answer = other.get("/users/me/items", &token);
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains(r#""item_id":"Bar""#), "{answer}");
    assert!(one.get("/users/me", &other.log_in("me")).starts_with("HTTP/1.1 200"));
}

#[test]
fn many_copies_start_at_once_on_an_empty_database() {
    for fresh in Fresh::of_each_kind("many") {
        let copies: Vec<_> = (0..4)
            .map(|_| {
                let mut command = program();
                command.args(["--addr", "127.0.0.1:0", "--database", &fresh.url]);
                thread::spawn(move || Running::start(&mut command))
            })
            .collect();
        for copy in copies {
            let copy = copy.join().unwrap();
            let answer = copy.get("/users/me/items", &copy.log_in("me+items"));
            assert!(answer.ends_with(r#"[{"item_id":"Foo","owner":"johndoe"}]"#), "{answer}");
        }
    }
}

#[test]
fn a_copy_accepts_the_tokens_of_another_one() {
    for key in ["ed25519", "p256"] {
        let issuer = Running::start(serving().arg("--signing-key").arg(key_file(key)));
        let url = format!("http://{}", issuer.addr);
        let api = Running::start(serving().args(["--issuer-url", &url]));
        assert!(api.start.contains(&url), "{}", api.start);

        let answer = api.get("/users/me/", &issuer.log_in("me"));
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(answer.contains(r#""username":"johndoe""#), "{answer}");
        let answer = api.get("/users/me/items/", &issuer.log_in("me"));
        assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
        let answer = api.get("/users/me/", &Running::start(&mut serving()).log_in("me"));
        assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    }
}

#[test]
fn it_starts_though_its_issuer_is_down() {
    let issuer = "http://127.0.0.1:1";
    let copy = Running::start(serving().args(["--issuer", issuer, "--signing-key"]).arg(key_file("p256")));
    let token = copy.log_in("me");
    let api = Running::start(serving().env("DEMO_ISSUER_URL", issuer));
    let answer = api.get("/users/me", &token);
    assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("\r\nretry-after: "), "{answer}");
    assert!(api.get("/", "").contains("Access tokens are those of http://127.0.0.1:1"));
}

#[test]
fn the_document_is_printed_though_neither_the_key_nor_the_issuer_is_there() {
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
fn the_key_is_in_no_log() {
    let pem = fs::read_to_string(key_file("p256")).unwrap();
    let secret = pem.lines().nth(1).unwrap();
    let mut command = serving();
    let issuer = Running::start(command.env("RUST_LOG", "trace").arg("--signing-key").arg(key_file("p256")));
    let token = issuer.log_in("me");
    assert!(!issuer.start.contains(secret));
    let log = issuer.stop("TERM");
    assert!(!log.contains(secret) && !log.contains(&token), "{log}");
}
