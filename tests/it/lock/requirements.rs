//! Changes of implications and of required logins.

use scopes_runtime::router::get;

use super::changes::{check, error};
use super::{Router, me};

/// Two vocabularies with a scope of the same name.
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
fn a_scope_of_each_vocabulary_is_compared_by_its_own_implications() {
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

    #[requires_scopes("me", dpop)]
    pub(super) async fn bound() {}

    #[requires_scopes("me", may_require("items", acr = "mfa", max_age = 300))]
    pub(super) async fn strict_later() {}

    #[requires_scopes("me", may_require(dpop))]
    pub(super) async fn bound_later() {}
}

#[test]
fn a_changed_login_requirement_is_a_change() {
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

#[test]
fn a_key_that_a_token_must_be_bound_to_is_a_requirement() {
    let bound = Router::new().route("/pay", get(login::bound));
    let plain = Router::new().route("/pay", get(me));
    check(
        "dpop_removed.lock",
        &bound,
        &plain,
        "loosened: GET /pay\n  - requires me\n  - bound to a DPoP key\n  + requires me\n  \
         A token with `me` was refused before and is accepted now.",
    );
    check(
        "dpop_added.lock",
        &plain,
        &bound,
        "tightened: GET /pay\n  - requires me\n  + requires me\n  + bound to a DPoP key\n  \
         A token with `me` was accepted before and is refused now.",
    );
    check(
        "dpop_instead_of_a_scope.lock",
        &Router::new().route("/pay", get(super::both)),
        &bound,
        "changed: GET /pay\n  - requires items me\n  -   accepts items:write for items\n  + requires me\n  \
         + bound to a DPoP key\n  A DPoP-bound token with `me` was refused before and is accepted now.\n  \
         A token with `items me` was accepted before and is refused now.",
    );
    check(
        "dpop_for_some_requests.lock",
        &bound,
        &Router::new().route("/pay", get(login::bound_later)),
        "loosened: GET /pay\n  - requires me\n  - bound to a DPoP key\n  + requires me\n  + may require DPoP key\n  \
         A token with `me` was refused before and is accepted now.",
    );
    check(
        "dpop_for_all_requests.lock",
        &Router::new().route("/pay", get(login::bound_later)),
        &bound,
        "tightened: GET /pay\n  - requires me\n  - may require DPoP key\n  + requires me\n  + bound to a DPoP key\n  \
         A token with `me` was accepted before and is refused now.",
    );
    check(
        "login_for_some_requests.lock",
        &Router::new().route("/pay", get(login::strict)),
        &Router::new().route("/pay", get(login::strict_later)),
        "loosened: GET /pay\n  - requires me\n  - after a login of acr mfa\n  - after a login within 300 seconds\n  \
         + requires me\n  + may require acr mfa\n  + may require items\n  + may require max_age 300\n  \
         A token with `me` was refused before and is accepted now.\n  For some requests it requires `items` now.",
    );
    check(
        "dpop_later.lock",
        &plain,
        &Router::new().route("/pay", get(login::bound_later)),
        "changed: GET /pay\n  - requires me\n  + requires me\n  + may require DPoP key\n  \
         It accepts the same tokens as before.\n  For some requests it requires `DPoP key` now.",
    );
}

/// Four scopes, each with eight broader ones: 9^4 combinations satisfy all four.
mod combinations {
    use scopes_runtime::{declare_scopes, requires_scopes};

    #[declare_scopes]
    pub(super) enum Scope {
        /// One.
        A = "a",
        /// Two.
        B = "b",
        /// Three.
        C = "c",
        /// Four.
        D = "d",
        /// All.
        #[implies(A, B, C, D)]
        E1 = "e1",
        /// All.
        #[implies(A, B, C, D)]
        E2 = "e2",
        /// All.
        #[implies(A, B, C, D)]
        E3 = "e3",
        /// All.
        #[implies(A, B, C, D)]
        E4 = "e4",
        /// All.
        #[implies(A, B, C, D)]
        E5 = "e5",
        /// All.
        #[implies(A, B, C, D)]
        E6 = "e6",
        /// All.
        #[implies(A, B, C, D)]
        E7 = "e7",
        /// All.
        #[implies(A, B, C, D)]
        E8 = "e8",
        /// Five.
        F = "f",
    }

    #[requires_scopes("a", "b", "c", "d", dpop, max_age = 60)]
    pub(super) async fn strict() {}

    #[requires_scopes("a", "b", "c", "d")]
    pub(super) async fn lenient() {}

    #[requires_scopes("a", "b", "c", "d", "f")]
    pub(super) async fn other() {}
}

#[test]
fn with_too_many_combinations_of_scopes_the_rest_is_compared() {
    let router = |methods| Router::new().route("/pay", methods);
    // Without the sentences around the change.
    let found = |name: &str, before: &Router, after: &Router| {
        error(name, before, after).split("\n\n").nth(1).map(str::to_owned).expect("a change")
    };
    let strict = router(get(combinations::strict));
    let change = found("combinations.lock", &strict, &router(get(combinations::lenient)));
    assert!(change.starts_with("loosened: GET /pay\n"), "{change}");
    let accepted = "A token with `any of the combinations` was refused before and is accepted now.";
    assert!(change.ends_with(accepted), "{change}");

    let change = found("other_combinations.lock", &strict, &router(get(combinations::other)));
    assert!(change.starts_with("changed: GET /pay\n"), "{change}");
    let notes =
        format!("It has more than 4096 combinations of scopes, which are not compared.\n  {accepted}");
    assert!(change.ends_with(&notes), "{change}");
}
