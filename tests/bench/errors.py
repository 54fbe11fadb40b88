#!/usr/bin/env python3
"""Compares compile errors: `python3 tests/bench/errors.py` prints the table of twelve mistakes.

Checks the same mistakes with this crate, `axum::debug_handler`, `utoipa::path` and poem-openapi, in a generated crate below
`target`. Each cell has the number of errors, the lines of their text, and whether the text contains the fix. `-` means that the
mistake does not exist there, and `compiles` that it is not found.
"""

import json
import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PROJECT = ROOT / "target" / "errors"

OURS = """
use axum::http::Method;
use scopes_runtime::router::{ScopedRouter, get};
use scopes_runtime::{ResourceServer, declare_scopes, requires_scopes};
#[declare_scopes]
pub enum Scope {
    /// Read items.
    Items = "items",
}
pub struct Item;
HANDLER
fn main() { let _ = ScopedRouter::<ResourceServer>::new().route("/items", get(ROUTED)); }
"""
AXUM = """
use axum::http::Method;
use axum::{Router, routing::get};
pub struct Item;
HANDLER
fn main() { let _ = Router::<()>::new().route("/items", get(ROUTED)); }
"""
POEM = """
use poem_openapi::{OAuthScopes, OpenApi, OpenApiService, SecurityScheme, auth::Bearer, payload::PlainText};
use poem::http::Method;
#[derive(OAuthScopes)]
pub enum Scope {
    /// Read items.
    #[oai(rename = "items")]
    Items,
}
#[derive(SecurityScheme)]
#[oai(ty = "oauth2", flows(implicit(authorization_url = "https://issuer.example/authorize", scopes = "Scope")))]
pub struct Auth(pub Bearer);
pub struct Item;
pub struct Api;
HANDLER
fn main() { let _ = poem::Route::new().nest("/", OpenApiService::new(ROUTED, "items", "1.0")); }
"""
PRELUDES = {"scopes-runtime": OURS, "axum::debug_handler": AXUM, "utoipa::path": AXUM, "poem-openapi": POEM}


def attribute(arguments='"items"'):
    return f"#[requires_scopes({arguments})]\n"


DEBUG = "#[axum::debug_handler]\n"


def utoipa(scopes='["items"]', more=""):
    return (
        '#[utoipa::path(get, path = "/items", responses((status = 200, description = "It.")), '
        f'security(("oauth2" = {scopes})){more})]\n'
    )


def poem(function, argument='#[oai(scope = "Scope::Items")] _auth: Auth', method='#[oai(path = "/items", method = "get")]', result="PlainText<String>", body='PlainText(String::new())'):
    function = function.replace("ARGUMENT", argument).replace("RESULT", result).replace("BODY", body)
    return f"#[OpenApi]\nimpl Api {{\n    {method}\n    {function}\n}}"


READ = "async fn read() {}"
METHOD = "async fn read(&self, ARGUMENT) -> RESULT { BODY }"
# The mistake, the pattern of the fix, and the code for each crate, with what the router gets.
MISTAKES = [
    ("misspelt scope", "similar name|`items`|Items", [
        attribute('"itmes"') + READ, None, utoipa('["itmes"]') + READ, poem(METHOD, '#[oai(scope = "Scope::Itmes")] _auth: Auth'),
    ]),
    ("scope without quotes", "quotes|expected literal|string literal|`\"items\"`", [
        attribute("items") + READ, None, utoipa("[items]") + READ, None,
    ]),
    ("unknown option", "use `acr`|`acr`|expected one of|expected any of|`operation_id`|Did you mean|expected `state`", [
        attribute('"items", arc = "mfa"') + READ, "#[axum::debug_handler(staet = ())]\n" + READ,
        utoipa(more=', operationid = "read"') + READ, poem(METHOD, method='#[oai(path = "/items", method = "get", operationid = "read")]'),
    ]),
    ("`fn` without `async`", "write `async fn`|must be async|add `async`|asynchronous|`async fn`", [
        attribute() + "fn read() {}", DEBUG + "fn read() {}", utoipa() + "fn read() {}", poem("fn read(&self, ARGUMENT) -> RESULT { BODY }"),
    ]),
    ("on a struct", "`async fn`|expected `fn`|expected `impl`", [
        attribute() + "struct Read;\n" + attribute() + READ, DEBUG + "struct Read;\n" + READ, utoipa() + "struct Read;\n" + READ,
        "#[OpenApi]\nstruct Read;\n" + poem(METHOD),
    ]),
    ("on a method with `self`", "free function|write a function|remove", [
        "struct Api;\nimpl Api { " + attribute() + "async fn read(&self) {} }\n" + attribute() + READ, "struct Api;\nimpl Api { " + DEBUG + "async fn read(&self) {} }\n" + READ,
        "struct Api;\nimpl Api { " + utoipa() + "async fn read(&self) {} }\n" + READ, None,
    ]),
    ("twice", "remove", [
        attribute() + attribute() + READ, DEBUG + DEBUG + READ, utoipa() + utoipa() + READ,
        poem(METHOD, method='#[oai(path = "/items", method = "get")]\n#[oai(path = "/items", method = "get")]'),
    ]),
    ("argument that is no extractor", "must be an extractor|FromRequest|ApiExtractor", [
        attribute() + "async fn read(_: Item) {}", DEBUG + "async fn read(_: Item) {}", utoipa() + "async fn read(_: Item) {}",
        poem(METHOD, "_item: Item"),
    ]),
    ("body before another argument", "last", [
        attribute() + "async fn read(_: String, _: Method) {}", DEBUG + "async fn read(_: String, _: Method) {}",
        utoipa() + "async fn read(_: String, _: Method) {}", None,
    ]),
    ("result that is no response", "must be a response|IntoResponse|ApiResponse", [
        attribute() + "async fn read() -> Item { Item }", DEBUG + "async fn read() -> Item { Item }",
        utoipa() + "async fn read() -> Item { Item }", poem(METHOD, result="Item", body="Item"),
    ]),
    ("future that is not `Send`", "must be `Send`|not `Send`|cannot be sent", [
        attribute() + "async fn read() { let rc = std::rc::Rc::new(()); std::future::ready(()).await; drop(rc); }",
        DEBUG + "async fn read() { let rc = std::rc::Rc::new(()); std::future::ready(()).await; drop(rc); }",
        utoipa() + "async fn read() { let rc = std::rc::Rc::new(()); std::future::ready(()).await; drop(rc); }",
        poem(METHOD, body="let rc = std::rc::Rc::new(()); std::future::ready(()).await; drop(rc); PlainText(String::new())"),
    ]),
    ("attribute forgotten", "add `#", [READ, READ, READ, "impl Api { async fn read(&self) {} }"]),
]


def measure(source):
    (PROJECT / "src" / "main.rs").write_text("#![allow(unused)]\n" + source)
    output = subprocess.run(
        ["cargo", "check", "--quiet", "--message-format=json"], cwd=PROJECT, capture_output=True, text=True,
        env={**os.environ, "CARGO_TARGET_DIR": str(PROJECT / "target"), "CARGO_INCREMENTAL": "0"},
    )
    texts = []
    for line in output.stdout.splitlines():
        message = json.loads(line)
        if message["reason"] == "compiler-message" and message["message"]["level"] == "error" and message["message"]["spans"]:
            texts.append(message["message"]["rendered"].rstrip())
    if not texts and output.returncode:
        raise SystemExit(output.stderr)
    return texts


def main():
    (PROJECT / "src").mkdir(parents=True, exist_ok=True)
    runtime = json.dumps(str(ROOT / "scopes-runtime"))
    (PROJECT / "Cargo.toml").write_text(
        '[package]\nname = "errors"\nversion = "0.1.0"\nedition = "2024"\n[workspace]\n[dependencies]\n'
        'axum = { version = "0.8", features = ["macros"] }\npoem = "3"\npoem-openapi = "5"\n'
        f'scopes-runtime = {{ path = {runtime} }}\nutoipa = {{ version = "6", features = ["axum_extras"] }}\n'
    )
    print("| mistake | " + " | ".join(f"{name}" for name in PRELUDES) + " |")
    print("| --- " * (len(PRELUDES) + 1) + "|")
    for mistake, fix, codes in MISTAKES:
        cells = []
        for (name, prelude), code in zip(PRELUDES.items(), codes):
            if code is None:
                cells.append("-")
                continue
            routed = "Api" if name == "poem-openapi" else "read"
            texts = measure(prelude.replace("HANDLER", code).replace("ROUTED", routed))
            lines = sum(text.count("\n") + 1 for text in texts)
            has_fix = any(re.search(fix, text) for text in texts)
            cells.append(f"{len(texts)}, {lines}, {'fix' if has_fix else 'no fix'}" if texts else "compiles")
        print(f"| {mistake} | " + " | ".join(cells) + " |")


main()
