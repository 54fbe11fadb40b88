//! The access report: the output of the program, the guide and the lock file.

use std::fs;

use demo_app::TokenIssuer;
use scopes_runtime::assert_scopes_locked;
use serde_json::{Value, json};

use crate::program::program;

/// Returns the output of `demo-app routes`, which needs no database.
#[track_caller]
fn printed(arguments: &[&str]) -> String {
    let mut command = program();
    let output = command.args(["--database", "/nowhere/to/be/found.db", "routes"]).args(arguments).output();
    let output = output.unwrap();
    assert!(output.status.success() && output.stderr.is_empty());
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_requirements_match_the_lock_file() {
    assert_scopes_locked!(demo_app::routes(&TokenIssuer::Secret), "scopes.lock");
}

#[test]
fn the_guide_shows_the_report() {
    let guide =
        fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../scopes-runtime/src/guide/report.md"))
            .unwrap();
    let shown = format!("```console\n$ cargo run -p demo-app -- routes\n{}```\n", printed(&[]));
    assert!(guide.contains(&shown), "the guide does not contain:\n{shown}");
}

#[test]
fn the_report_is_available_as_markdown_and_json() {
    let markdown = printed(&["--format", "markdown"]);
    let line =
        "| `POST` | `/users/me/items` | `items:write me` | `demo_app::api::handlers::create_own_item` |  |";
    assert!(markdown.lines().any(|each| each == line), "{markdown}");

    let report: Value = serde_json::from_str(&printed(&["--format", "json"])).unwrap();
    assert_eq!(
        report["operations"][5],
        json!({
            "method": "GET",
            "path": "/users/me",
            "handler": "demo_app::api::handlers::read_own_user",
            "access": "scoped",
            "alternatives": [["me"]],
        })
    );
    assert_eq!(report["unrequired"], json!([]));
}

#[test]
fn the_program_shows_what_a_token_may_call() {
    assert_eq!(
        printed(&["--with", "me items"]),
        "\
✓ GET   /
✓ *     /*
✓ OTHER /*
✓ GET   /status
✓ POST  /token
✓ GET   /users/me
✓ GET   /users/me/items
✗ POST  /users/me/items      missing: items:write
✗ POST  /users/{username}/items missing: users:{username}:items
"
    );
}

#[test]
fn the_program_shows_the_least_scopes_for_operations() {
    assert_eq!(printed(&["--for", "read_own_items"]), "items me (also allows GET /users/me)\n");
    assert_eq!(
        printed(&["--for", "read_own_items,create_own_item"]),
        "me items:write (also allows GET /users/me)\n"
    );
    let output = program().args(["routes", "--for", "nothing"]).output().unwrap();
    assert_eq!(
        crate::program::refusal(&output),
        "error: no operation has the handler `nothing`; `demo-app routes` lists the handlers"
    );
}

/// Both print text alone, so another format would be ignored.
#[test]
fn a_format_is_that_of_the_whole_report() {
    for option in [["--with", "me"], ["--for", "read_own_items"]] {
        let output = program().args(["routes", "--format", "json"]).args(option).output().unwrap();
        assert!(!output.status.success());
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(error.contains("cannot be used with"), "{error}");
    }
}

#[test]
fn options_can_follow_the_command() {
    let output = program().args(["openapi", "--issuer-url", "https://issuer.example"]).output().unwrap();
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["components"]["securitySchemes"]["oauth2"]["type"], "openIdConnect");
}
