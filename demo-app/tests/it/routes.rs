//! Who may call what: as the program prints it, as the README shows it, and as the lock file has it.

use std::fs;

use demo_app::TokenIssuer;
use scopes_runtime::assert_scopes_locked;
use serde_json::{Value, json};

use crate::program::program;

/// What `demo-app routes` prints, without a database.
#[track_caller]
fn printed(arguments: &[&str]) -> String {
    let mut command = program();
    let output = command.args(["--database", "/nowhere/to/be/found.db", "routes"]).args(arguments).output();
    let output = output.unwrap();
    assert!(output.status.success() && output.stderr.is_empty());
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn nobody_gets_in_unnoticed() {
    assert_scopes_locked!(demo_app::routes(&TokenIssuer::Secret), "scopes.lock");
}

#[test]
fn the_program_prints_what_the_readme_shows() {
    let readme = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md")).unwrap();
    let shown = format!("```console\n$ cargo run -p demo-app -- routes\n{}```\n", printed(&[]));
    assert!(readme.contains(&shown), "the README does not show this:\n{shown}");
}

#[test]
fn the_program_prints_markdown_and_json_too() {
    let markdown = printed(&["--format", "markdown"]);
    let line = "| `POST` | `/users/me/items` | `items:write me` | `demo_app::handlers::create_own_item` |  |";
    assert!(markdown.lines().any(|each| each == line), "{markdown}");

    let report: Value = serde_json::from_str(&printed(&["--format", "json"])).unwrap();
    assert_eq!(
        report["operations"][5],
        json!({
            "method": "GET",
            "path": "/users/me",
            "handler": "demo_app::handlers::read_own_user",
            "access": "scoped",
            "alternatives": [["me"]],
        })
    );
    assert_eq!(report["unrequired"], json!([]));
}
