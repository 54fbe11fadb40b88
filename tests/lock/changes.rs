//! Loosened, tightened, changed, added and removed.

use scopes_runtime::__private::check_lock;
use scopes_runtime::router::{any, get, post};

use crate::{DIRECTORY, Router, authenticated, both, fresh, greet, me, open};

/// The names of [`Scope`], otherwise implied.
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

/// What is said when the first router was locked and is the second one now.
fn said(name: &str, before: &Router, after: &Router) -> String {
    fresh(name);
    check_lock(&before.report(), DIRECTORY, name, true).expect("the file is written");
    check_lock(&before.report(), DIRECTORY, name, false).expect("nothing changed");
    check_lock(&after.report(), DIRECTORY, name, false).expect_err("something changed")
}

/// The same, of changes alone.
#[track_caller]
fn check(name: &str, before: &Router, after: &Router, changes: &str) {
    let expected = format!(
        "The access report differs from `{name}`.\n\n{changes}\n\nIf all of this is meant, \
         `UPDATE_SCOPES_LOCK=1 cargo test` writes the file anew; commit it then."
    );
    assert_eq!(said(name, before, after), expected);
}

#[test]
fn fewer_scopes_are_loosened_and_more_are_tightened() {
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
fn an_implication_is_a_change_of_every_operation_that_it_opens() {
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
fn an_operation_that_opens_stands_out() {
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
fn a_public_operation_that_looks_at_a_token_is_as_open_as_one_that_does_not() {
    let (blind, looking) = (Router::new().route("/", get(open)), Router::new().route("/", get(greet)));
    check(
        "optional-token.lock",
        &blind,
        &looking,
        "changed: GET /\n  - public\n  + public, optional token\n  \
         Everyone may call it as before, but a bad token is refused now.",
    );
    check(
        "no-optional-token.lock",
        &looking,
        &blind,
        "changed: GET /\n  - public, optional token\n  + public\n  \
         Everyone may call it as before, and with a bad token too.",
    );
}

#[test]
fn operations_come_and_go() {
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
fn a_method_is_compared_with_the_handler_of_any_method_that_it_comes_from() {
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
fn what_is_no_operation_is_locked_too() {
    let before = Router::new().route("/x", get(me)).fallback(me).method_not_allowed_fallback(me);
    let after = Router::new().route("/x", get(me)).fallback(open).method_not_allowed_fallback(open);
    let said = said("no-operation", &before, &after);
    assert!(said.contains("loosened, OPEN TO EVERYONE: * /*\n"), "{said}");
    assert!(said.contains("loosened, OPEN TO EVERYONE: OTHER /*\n"), "{said}");
}

/// Each path has its own handler of other methods.
#[test]
fn routers_of_different_other_methods_are_locked() {
    let one = || Router::new().route("/x", get(me)).method_not_allowed_fallback(me);
    let other = Router::new().route("/y", get(me)).method_not_allowed_fallback(open);
    let said = said("alike", &one(), &one().merge(other));
    assert!(said.contains("added: OTHER /x\n  + requires me\n"), "{said}");
    assert!(said.contains("added, OPEN TO EVERYONE: OTHER /y\n"), "{said}");
}

#[test]
fn the_name_of_a_parameter_is_no_part_of_the_path() {
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

/// Of scopes of one name, that of each vocabulary is required.
mod homonyms {
    use scopes_runtime::{declare_scopes, requires_scopes};

    pub(super) mod one {
        #[scopes_runtime::declare_scopes]
        pub(crate) enum Scope {
            /// Read items.
            Items = "items",
            /// Everything.
            #[implies(Items)]
            Admin = "admin",
        }
    }

    #[declare_scopes]
    pub(super) enum Scope {
        /// Read items.
        Items = "items",
        /// Everything.
        #[implies(Items)]
        Root = "root",
    }

    #[requires_scopes(Scope::Items, one::Scope::Items)]
    pub(super) async fn both() {}

    #[requires_scopes(Scope::Items)]
    pub(super) async fn alone() {}
}

#[test]
fn what_stands_for_one_of_two_homonyms_does_not_for_both() {
    check(
        "homonyms.lock",
        &Router::new().route("/items", get(homonyms::both)),
        &Router::new().route("/items", get(homonyms::alone)),
        "loosened: GET /items\n  - requires items\n  + requires items\n  +   accepts root for items\n  \
         A token with `root` was refused before and is accepted now.",
    );
}

mod login {
    use scopes_runtime::requires_scopes;
    use scopes_tests::Scope;

    #[requires_scopes("me", acr = "mfa", max_age = 300)]
    pub(super) async fn strict() {}

    #[requires_scopes("me", acr = any("mfa", "hwk"), max_age = 600)]
    pub(super) async fn lenient() {}

    #[requires_scopes(acr = "mfa")]
    pub(super) async fn without_scopes() {}
}

#[test]
fn what_a_login_has_to_be_like_counts() {
    let strict = Router::new().route("/pay", get(login::strict));
    let lenient = Router::new().route("/pay", get(login::lenient));
    let any_login = Router::new().route("/pay", get(me));
    check(
        "login_loosened.lock",
        &strict,
        &lenient,
        "loosened: GET /pay\n  - requires me\n  - after a login of acr mfa\n  - after a login within 300 seconds\n  \
         + requires me\n  + after a login of acr hwk mfa\n  + after a login within 600 seconds\n  \
         A token with `me` and a login of acr hwk and a login 600 seconds ago was refused before and is accepted now.",
    );
    check(
        "login_tightened.lock",
        &any_login,
        &strict,
        "tightened: GET /pay\n  - requires me\n  + requires me\n  + after a login of acr mfa\n  \
         + after a login within 300 seconds\n  A token with `me` was accepted before and is refused now.",
    );
    check(
        "login_instead_of_a_scope.lock",
        &any_login,
        &Router::new().route("/pay", get(login::without_scopes)),
        "changed: GET /pay\n  - requires me\n  + any valid token\n  + after a login of acr mfa\n  \
         A token without any scope and a login of acr mfa was refused before and is accepted now.\n  \
         A token with `me` was accepted before and is refused now.",
    );
}
