//! Changes that the test of the lock file reports: loosened, tightened, changed, added and removed.

use scopes_runtime::__private::check_lock;
use scopes_runtime::mcp::McpEndpoint;
use scopes_runtime::router::{any, get, post};
use scopes_runtime::{Requirement, scopes};
use scopes_tests::Scope;

use super::{DIRECTORY, Router, authenticated, both, fresh, greet, me, open};

/// The scopes of [`scopes_tests::Scope`] with other implications.
mod otherwise {
    use scopes_runtime::{declare_scopes, requires_scopes};

    #[declare_scopes]
    pub(crate) enum Scope {
        /// Read information about the current user.
        Me = "me",
        /// Read items.
        Items = "items",
        /// Everything.
        #[implies(Items, Me)]
        Admin = "admin",
    }

    #[requires_scopes("items", "me")]
    pub(super) async fn both() {}

    #[requires_scopes("me")]
    pub(super) async fn me() {}
}

/// Returns the error for a lock file of the router `before` and the report of the router `after`.
pub(super) fn error(name: &str, before: &Router, after: &Router) -> String {
    fresh(name);
    check_lock(&before.report(), DIRECTORY, name, true).expect("the file is written");
    check_lock(&before.report(), DIRECTORY, name, false).expect("nothing changed");
    check_lock(&after.report(), DIRECTORY, name, false).expect_err("something changed")
}

/// Checks the changes in that error.
#[track_caller]
pub(super) fn check(name: &str, before: &Router, after: &Router, changes: &str) {
    let expected = format!(
        "The access report differs from `{name}`.\n\n{changes}\n\nIf these changes are intended, run \
         `UPDATE_SCOPES_LOCK=1 cargo test` and commit the file."
    );
    assert_eq!(error(name, before, after), expected);
}

/// Returns a router with an MCP server that has these resources.
fn with_resources(templates: &[(&'static str, Requirement)]) -> Router {
    let service = axum::routing::any(async || ());
    let endpoint = McpEndpoint::new(service, scopes!());
    let endpoint =
        templates.iter().fold(endpoint, |endpoint, (uri, required)| endpoint.resource(*uri, *required));
    Router::new().route_mcp("/mcp", endpoint)
}

#[test]
fn resources_whose_templates_differ_in_parameters_are_compared_one_by_one() {
    let me = scopes!("me");
    let one_segment = with_resources(&[("notes://{id}", me)]);
    let any_path = with_resources(&[("notes://{+id}", me)]);
    let removed = "removed: RESOURCE /mcp#notes://{id}\n  - requires me";
    let added = "added: RESOURCE /mcp#notes://{+id}\n  + requires me";
    check("other_template.lock", &one_segment, &any_path, &format!("{added}\n\n{removed}"));
    let both = with_resources(&[("notes://{id}", me), ("notes://{name}", me)]);
    let open = with_resources(&[("notes://{id}", Requirement::ANY_VALID_TOKEN), ("notes://{name}", me)]);
    let changes = error("two_templates.lock", &both, &open);
    assert!(changes.contains("loosened: RESOURCE /mcp#notes://{id}\n"), "{changes}");
}

#[test]
fn paths_that_match_other_requests_are_compared_one_by_one() {
    let (one, all) = (Router::new().route("/{id}", get(me)), Router::new().route("/{*id}", get(me)));
    let changes = "added: GET /{*id}\n  + requires me\n\nremoved: GET /{id}\n  - requires me";
    check("catch_all.lock", &one, &all, changes);
    let escaped = Router::new().route("/{{a}}", get(both)).route("/{{b}}", get(me));
    let loosened = Router::new().route("/{{a}}", get(me)).route("/{{b}}", get(me));
    let changes = error("escaped.lock", &escaped, &loosened);
    assert!(changes.contains("loosened: GET /{{a}}\n"), "{changes}");
}

#[test]
fn fewer_scopes_are_loosened_and_more_scopes_are_tightened() {
    let (narrow, wide) = (Router::new().route("/items", get(both)), Router::new().route("/items", get(me)));
    check(
        "loosened.lock",
        &narrow,
        &wide,
        "loosened: GET /items\n  - requires items me\n  -   accepts items:write for items\n  + requires me\n  \
         A token with `me` was refused before and is accepted now.",
    );
    check(
        "tightened.lock",
        &wide,
        &narrow,
        "tightened: GET /items\n  - requires me\n  + requires items me\n  +   accepts items:write for items\n  \
         A token with `me` was accepted before and is refused now.",
    );
}

#[test]
fn other_scopes_are_changed() {
    check(
        "changed.lock",
        &Router::new().route("/items", get(both)),
        &Router::new().route("/items", get(otherwise::both)),
        "changed: GET /items\n  - requires items me\n  -   accepts items:write for items\n  \
         + requires items me\n  +   accepts admin for items\n  +   accepts admin for me\n  \
         A token with `admin` was refused before and is accepted now.\n  \
         A token with `items:write me` was accepted before and is refused now.",
    );
}

#[test]
fn a_new_implication_changes_every_operation_that_it_opens() {
    let before = Router::new().route("/a", get(me)).route("/b", post(me)).route("/c", get(authenticated));
    let after = Router::new()
        .route("/a", get(otherwise::me))
        .route("/b", post(otherwise::me))
        .route("/c", get(authenticated));
    check(
        "implied.lock",
        &before,
        &after,
        "loosened: GET /a\n  - requires me\n  + requires me\n  +   accepts admin for me\n  \
         A token with `admin` was refused before and is accepted now.\n\n\
         loosened: POST /b\n  - requires me\n  + requires me\n  +   accepts admin for me\n  \
         A token with `admin` was refused before and is accepted now.",
    );
    check(
        "no-longer-implied.lock",
        &Router::new().route("/a", get(otherwise::me)),
        &Router::new().route("/a", get(me)),
        "tightened: GET /a\n  - requires me\n  -   accepts admin for me\n  + requires me\n  \
         A token with `admin` was accepted before and is refused now.",
    );
}

#[test]
fn an_operation_that_becomes_public_is_marked() {
    check(
        "opened.lock",
        &Router::new().route("/a", get(authenticated)).route("/b", get(me)),
        &Router::new().route("/a", get(open)).route("/b", get(authenticated)),
        "loosened, OPEN TO EVERYONE: GET /a\n  - any valid token\n  + public\n  \
         A request without a token was refused before and is accepted now.\n\n\
         loosened: GET /b\n  - requires me\n  + any valid token\n  \
         A token without any scope was refused before and is accepted now.",
    );
    check(
        "closed.lock",
        &Router::new().route("/a", get(open)),
        &Router::new().route("/a", get(authenticated)),
        "tightened: GET /a\n  - public\n  + any valid token\n  \
         A request without a token was accepted before and is refused now.",
    );
}

#[test]
fn an_optional_token_neither_loosens_nor_tightens_a_public_operation() {
    let (blind, looking) = (Router::new().route("/", get(open)), Router::new().route("/", get(greet)));
    check(
        "optional-token.lock",
        &blind,
        &looking,
        "changed: GET /\n  - public\n  + public, optional token\n  \
         Still open without a token. An invalid token is refused now.",
    );
    check(
        "no-optional-token.lock",
        &looking,
        &blind,
        "changed: GET /\n  - public, optional token\n  + public\n  \
         Still open without a token, and now with an invalid one.",
    );
}

#[test]
fn added_and_removed_operations_are_changes() {
    let old = Router::new().route("/items", get(both));
    let new = Router::new().route("/items", get(both).post(me)).route("/debug", get(open));
    check(
        "added.lock",
        &old,
        &new,
        "added, OPEN TO EVERYONE: GET /debug\n  + public\n\nadded: POST /items\n  + requires me",
    );
    check(
        "removed.lock",
        &new,
        &old,
        "removed: GET /debug\n  - public\n\nremoved: POST /items\n  - requires me",
    );
}

#[test]
fn a_method_is_compared_with_the_any_handler_that_served_it() {
    let all = Router::new().route("/", any(me));
    check(
        "taken-out.lock",
        &all,
        &Router::new().route("/", any(me).get(open).post(authenticated)),
        "loosened, OPEN TO EVERYONE: GET /\n  - requires me\n  + public\n  \
         A request without a token was refused before and is accepted now.\n\n\
         loosened: POST /\n  - requires me\n  + any valid token\n  \
         A token without any scope was refused before and is accepted now.",
    );
    check(
        "one-left.lock",
        &all,
        &Router::new().route("/", get(authenticated)),
        "removed: * /\n  - requires me\n\nloosened: GET /\n  - requires me\n  + any valid token\n  \
         A token without any scope was refused before and is accepted now.",
    );
}

#[test]
fn a_head_is_compared_with_the_get_that_serves_it() {
    check(
        "head.lock",
        &Router::new().route("/", get(open).head(me)),
        &Router::new().route("/", get(open)),
        "loosened, OPEN TO EVERYONE: HEAD /\n  - requires me\n  + public\n  \
         A request without a token was refused before and is accepted now.",
    );
}

#[test]
fn fallbacks_are_locked_too() {
    let before = Router::new().route("/x", get(me)).fallback(me).method_not_allowed_fallback(me);
    let after = Router::new().route("/x", get(me)).fallback(open).method_not_allowed_fallback(open);
    let error = error("no-operation", &before, &after);
    assert!(error.contains("loosened, OPEN TO EVERYONE: * /*\n"), "{error}");
    assert!(error.contains("loosened, OPEN TO EVERYONE: OTHER /*\n"), "{error}");
}

/// Each path is locked with its own method-not-allowed fallback.
#[test]
fn different_method_not_allowed_fallbacks_are_locked() {
    let one = || Router::new().route("/x", get(me)).method_not_allowed_fallback(me);
    let other = Router::new().route("/y", get(me)).method_not_allowed_fallback(open);
    let error = error("alike", &one(), &one().merge(other));
    assert!(error.contains("added: OTHER /x\n  + requires me\n"), "{error}");
    assert!(error.contains("added, OPEN TO EVERYONE: OTHER /y\n"), "{error}");
}

#[test]
fn a_renamed_path_parameter_is_no_change() {
    let (before, after) = (Router::new().route("/x/{a}", get(me)), Router::new().route("/x/{b}", get(open)));
    check(
        "renamed.lock",
        &before,
        &after,
        "loosened, OPEN TO EVERYONE: GET /x/{b}\n  - requires me\n  + public\n  \
         A request without a token was refused before and is accepted now.",
    );
    let renamed = Router::new().route("/x/{b}", get(me));
    fresh("renamed-alone.lock");
    check_lock(&before.report(), DIRECTORY, "renamed-alone.lock", true).expect("the file is written");
    check_lock(&renamed.report(), DIRECTORY, "renamed-alone.lock", false).expect("nothing changed");
}

#[test]
fn what_a_handler_may_require_later_is_locked() {
    use scopes_runtime::requires_scopes;
    use scopes_tests::Scope;

    #[requires_scopes("me", may_require("items:write", acr = "mfa"))]
    async fn later() {}

    let (before, after) = (Router::new().route("/", get(me)), Router::new().route("/", get(later)));
    check(
        "may_require.lock",
        &before,
        &after,
        "changed: GET /
  - requires me
  + requires me
  + may require acr mfa
  + may require items:write
  It accepts the same tokens as before.
  For some requests it requires `acr mfa` now.
  For some requests it requires `items:write` now.",
    );
    check(
        "may_require_no_longer.lock",
        &after,
        &before,
        "changed: GET /
  - requires me
  - may require acr mfa
  - may require items:write
  + requires me
  It accepts the same tokens as before.
  For some requests it required `acr mfa`, and no longer does.
  For some requests it required `items:write`, and no longer does.",
    );
}

#[test]
fn each_unchecked_router_is_locked() {
    let unchecked = |count: usize| {
        (0..count).fold(Router::new().route("/", get(me)), |router, at| {
            let hooks = axum::Router::new().route(&format!("/hooks/{at}"), axum::routing::get(async || ()));
            router.merge_unchecked(hooks, if at == 0 { "It checks signatures." } else { "Not ported yet." })
        })
    };
    check(
        "unchecked-routers.lock",
        &unchecked(1),
        &unchecked(2),
        "added, UNCHECKED: * /**#2
  + unchecked",
    );
    assert_eq!(unchecked(2).report().to_string().matches("unchecked").count(), 2);
}
