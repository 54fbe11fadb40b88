//! Credentials in the access report and the lock file.

use std::fs;
use std::path::Path;

use scopes_runtime::__private::check_lock;
use scopes_runtime::router::get;
use scopes_runtime::{ResourceServer, ScopedRouter, authenticated_by, requires_scopes};
use scopes_tests::Scope;
use serde_json::{Value, json};

use super::{SignedEvent, health, items, prices, router};

const TEXT: &str = "\
METHOD  PATH          REQUIRES                                    HANDLER
POST    /events/{id}  authenticated by partner_key and signature  it::credentials::event
GET     /greeting     public                                      it::credentials::greet
GET     /health       public                                      it::credentials::health
GET     /items        items or me, with partner_key               it::credentials::items
GET     /listing      authenticated by partner_key                it::credentials::listing
GET     /prices       authenticated by partner_key                it::credentials::prices
GET     /user         me, with partner_key                        it::credentials::user";

#[test]
fn the_report_shows_the_credentials() {
    let report = router().report();
    assert_eq!(report.to_string(), TEXT);
    let markdown = report.to_markdown();
    assert!(
        markdown.contains("| `POST` | `/events/{id}` | authenticated by `partner_key` and `signature` |")
    );
    assert!(markdown.contains("| `GET` | `/items` | `items` or `me`, with `partner_key` |"));
}

#[test]
fn the_json_report_names_the_schemes() {
    let report = serde_json::to_value(router().report()).expect("a report is JSON");
    let operation = |path: &str| -> Value {
        let mut all = report["operations"].as_array().expect("a list").iter();
        all.find(|operation| operation["path"] == path).expect("the operation").clone()
    };
    assert_eq!(
        operation("/prices"),
        json!({
            "method": "GET",
            "path": "/prices",
            "handler": "it::credentials::prices",
            "access": "authenticated",
            "credentials": ["partner_key"],
        })
    );
    assert_eq!(
        operation("/items"),
        json!({
            "method": "GET",
            "path": "/items",
            "handler": "it::credentials::items",
            "access": "scoped",
            "alternatives": [["items"], ["me"]],
            "credentials": ["partner_key"],
        })
    );
}

#[requires_scopes(any("items", "me"))]
async fn items_without_key() {}

#[authenticated_by(SignedEvent)]
async fn signed_prices(_: SignedEvent) {}

fn at_items(
    handler: scopes_runtime::router::ScopedMethodRouter<ResourceServer>,
) -> ScopedRouter<ResourceServer> {
    ScopedRouter::new().route("/items", handler)
}

/// Returns the error for a lock file of the router `before` and the report of the router `after`.
fn change(name: &str, before: &ScopedRouter<ResourceServer>, after: &ScopedRouter<ResourceServer>) -> String {
    let directory = env!("CARGO_TARGET_TMPDIR");
    let _ = fs::remove_file(Path::new(directory).join(name));
    check_lock(&before.report(), directory, name, true).expect("the file is written");
    check_lock(&before.report(), directory, name, false).expect("nothing changed");
    let error = check_lock(&after.report(), directory, name, false).expect_err("something changed");
    error.split("\n\n").nth(1).expect("a change").to_owned()
}

#[test]
fn the_lock_file_has_a_line_for_credentials() {
    let name = "credentials.lock";
    check_lock(&router().report(), env!("CARGO_TARGET_TMPDIR"), name, true).expect("the file is written");
    let text = fs::read_to_string(Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)).expect("the file");
    assert!(text.contains("POST /events/{id}\n  authenticated by partner_key signature\n"), "{text}");
    assert!(
        text.contains(
            "GET /items\n  requires items\n    accepts items:write for items\n  or me\n  with partner_key\n"
        ),
        "{text}"
    );
    check_lock(&router().report(), env!("CARGO_TARGET_TMPDIR"), name, false).expect("nothing changed");
}

#[test]
fn credentials_beside_scopes_tighten_an_operation() {
    let (with, without) = (at_items(get(items)), at_items(get(items_without_key)));
    let change_of = |name: &str, before, after| change(name, before, after).replace("\n  - ", "\n- ");
    let tightened = change_of("credentials-tightened.lock", &without, &with);
    assert!(tightened.starts_with("tightened: GET /items"), "{tightened}");
    assert!(
        tightened.ends_with("A token with `items` was accepted before and is refused now."),
        "{tightened}"
    );
    let loosened = change_of("credentials-loosened.lock", &with, &without);
    assert!(loosened.starts_with("loosened: GET /items"), "{loosened}");
    assert!(loosened.ends_with("A token with `items` was refused before and is accepted now."), "{loosened}");
}

#[test]
fn changes_of_authenticated_operations_name_the_credentials() {
    let (key, signature, open) = (at_items(get(prices)), at_items(get(signed_prices)), at_items(get(health)));
    assert_eq!(
        change("credentials-changed.lock", &key, &signature),
        "changed: GET /items\n  - authenticated by partner_key\n  + authenticated by signature\n  \
         A request with `signature`, without a token, was refused before and is accepted now.\n  \
         A request with `partner_key`, without a token, was accepted before and is refused now."
    );
    assert_eq!(
        change("credentials-opened.lock", &key, &open),
        "loosened, OPEN TO EVERYONE: GET /items\n  - authenticated by partner_key\n  + public\n  \
         A request without a token was refused before and is accepted now."
    );
    assert_eq!(
        change("credentials-scoped.lock", &key, &at_items(get(items))),
        "tightened: GET /items\n  - authenticated by partner_key\n  + requires items\n  +   accepts items:write for items\n  \
         + or me\n  + with partner_key\n  \
         A request with `partner_key`, without a token, was accepted before and is refused now."
    );
}
