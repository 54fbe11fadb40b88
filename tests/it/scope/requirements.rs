//! Requirements and their alternatives, and granted scopes.

use scopes_runtime::{AccessToken, GrantedScopes, Requirement, scopes};
use scopes_tests::Scope;
use scopes_tests::billing::BillingScope;

fn alternatives(requirement: Requirement) -> Vec<String> {
    let alternatives = requirement.alternatives();
    alternatives
        .iter()
        .map(|scopes| scopes.iter().map(|scope| scope.name()).collect::<Vec<_>>().join(" "))
        .collect()
}

#[test]
fn a_list_requires_all_scopes() {
    let requirement = scopes!("me", "items");
    for (granted, met) in
        [("me items", true), ("items me", true), ("me", false), ("", false), ("me,items", false)]
    {
        assert_eq!(requirement.is_met_by(&GrantedScopes::from_list(granted)), met, "{granted}");
    }
    assert_eq!(alternatives(requirement), ["me items"]);
}

#[test]
fn an_empty_requirement_is_met_by_every_token() {
    for requirement in [scopes!(), Requirement::ANY_VALID_TOKEN] {
        assert!(requirement.is_met_by(&GrantedScopes::default()));
        assert_eq!(alternatives(requirement), [""]);
    }
}

#[test]
fn any_and_all_nest() {
    let requirement =
        scopes!(any("me", all("items", any(BillingScope::Invoices, BillingScope::InvoicesRead,))));
    for (granted, met) in [
        ("me", true),
        ("items invoices", true),
        ("items invoices:read", true),
        ("items", false),
        ("invoices", false),
    ] {
        assert_eq!(requirement.is_met_by(&GrantedScopes::from_list(granted)), met, "{granted}");
    }
    // `invoices` implies `invoices:read`, so the narrower one is enough.
    assert_eq!(alternatives(requirement), ["me", "items invoices:read"]);
}

#[test]
fn alternatives_are_minimal() {
    assert_eq!(alternatives(scopes!(any("me", all("me", "items")))), ["me"]);
    assert_eq!(alternatives(scopes!(any(all("me", "items"), "me"))), ["me"]);
    assert_eq!(alternatives(scopes!("items", "items:write")), ["items:write"]);
    assert_eq!(alternatives(scopes!(any("items:write", "items"))), ["items"]);
    assert_eq!(alternatives(scopes!(any("me", "items"), any("items", "me"))), ["me", "items"]);
}

#[test]
fn a_requirement_is_displayed_as_its_alternatives() {
    let requirement = scopes!("me", any("items", BillingScope::Billing));
    assert_eq!(requirement.to_string(), "me items or me billing");
    assert_eq!(format!("{requirement:?}"), r#"Requirement("me items or me billing")"#);
}

#[test]
fn a_requirement_is_met_exactly_if_one_of_its_alternatives_is() {
    let names = ["me", "items", "items:write", "invoices:read", "invoices", "billing"];
    let requirements = [
        scopes!(),
        scopes!("items"),
        scopes!("me", any("items", BillingScope::Invoices)),
        scopes!(any(
            all("me", BillingScope::InvoicesRead),
            all("items:write", any("me", BillingScope::Billing))
        )),
        scopes!(
            any("me", "items"),
            any("items:write", BillingScope::InvoicesRead),
            BillingScope::InvoicesRead
        ),
    ];
    let satisfied = |granted: &[&str], scope: &scopes_runtime::DeclaredScope| {
        granted.iter().any(|name| *name == scope.name() || scope.implied_by().contains(name))
    };
    for requirement in requirements {
        for set in 0..1_u32 << names.len() {
            let granted: Vec<_> =
                (0..names.len()).filter(|bit| set >> bit & 1 == 1).map(|bit| names[bit]).collect();
            let by_alternatives = requirement
                .alternatives()
                .iter()
                .any(|all| all.iter().all(|scope| satisfied(&granted, scope)));
            let granted: GrantedScopes = granted.into_iter().collect();
            assert_eq!(requirement.is_met_by(&granted), by_alternatives, "{requirement:?} {granted}");
        }
    }
}

#[test]
fn malformed_scopes_are_never_granted() {
    let granted = GrantedScopes::from_list("  me  items\t it\"ems \\ größe ");
    assert_eq!(granted.to_string(), "me");
    let granted: GrantedScopes = ["me items", "", "items"].into_iter().collect();
    assert_eq!(granted.iter().collect::<Vec<_>>(), ["items"]);
    assert!(granted.contains(Scope::Items) && !granted.contains("me") && !granted.contains(""));
    assert!(GrantedScopes::from_list("   ").is_empty() && GrantedScopes::default().iter().next().is_none());
}

#[test]
fn a_repeated_scope_counts_once() {
    let granted = GrantedScopes::from_list("me items me me items");
    assert_eq!(granted.iter().collect::<Vec<_>>(), ["me", "items"]);
    assert_eq!(granted.to_string(), "me items");
}

/// Prefixes, suffixes and neighbours of a scope in the list are not that scope. Lists of up to 128 bytes, here 34 scopes, have
/// no index.
#[test]
fn a_scope_is_found_by_its_whole_name() {
    for count in [1, 2, 33, 34, 35, 36, 1024] {
        let names: Vec<_> = (0..count).map(|number| format!("s{number}")).collect();
        let granted = GrantedScopes::from_list(&names.join(" "));
        assert_eq!(granted.to_string(), names.join(" "));
        assert!(granted.iter().eq(&names));
        assert!(names.iter().all(|name| granted.contains(name)), "{count}");
        assert_eq!(granted, GrantedScopes::from_iter(names.iter().rev().map(String::as_str)), "{count}");
        for name in &names {
            let others =
                [&name[..1], &name[1..], &format!("{name}s"), &format!("{name} "), &format!(" {name}"), ""];
            for other in others {
                assert!(!granted.contains(other), "{other:?}");
            }
        }
        for neighbours in names.windows(2) {
            assert!(!granted.contains(neighbours.join(" ")), "{neighbours:?}");
        }
    }
}

#[test]
fn scopes_are_equal_in_any_order() {
    let of = GrantedScopes::from_list;
    assert_eq!(of("me items"), of("items  me items"));
    assert_eq!(of(""), GrantedScopes::default());
    for other in ["me", "me items x", "me items:write", "", "me item s"] {
        assert_ne!(of("me items"), of(other), "{other}");
        assert_ne!(of(other), of("me items"), "{other}");
    }
    assert_eq!(format!("{:?}", of("me items")), r#"{"me", "items"}"#);
}

#[test]
fn a_token_with_more_than_1024_scopes_is_refused() {
    let token = |count: usize| {
        let list: Vec<_> = (0..count).map(|number| format!("scope:{number}")).collect();
        AccessToken::new(serde_json::Map::new(), GrantedScopes::from_list(&list.join(" ")))
    };
    assert!(token(1024).is_ok());
    let refused = token(1025).expect_err("too many");
    assert_eq!(refused.to_string(), "the access token is not valid: the token has more than 1024 scopes");
    let repeated = GrantedScopes::from_list(&"me items ".repeat(3000));
    assert!(AccessToken::new(serde_json::Map::new(), repeated).is_ok());
}

/// Two vocabularies with scopes of the same names and other implications.
mod homonyms {
    pub(super) mod broad {
        /// Writing implies reading.
        #[scopes_runtime::declare_scopes]
        pub(crate) enum Scope {
            /// Read items.
            Items = "items",
            /// Change items.
            #[implies(Items)]
            Write = "items:write",
        }
    }

    pub(super) mod narrow {
        /// Writing does not imply reading.
        #[scopes_runtime::declare_scopes]
        pub(crate) enum Scope {
            /// Read items.
            Items = "items",
            /// Change items.
            Write = "items:write",
            /// Everything.
            #[implies(Write)]
            Admin = "admin",
        }
    }
}

#[test]
fn scopes_with_one_name_keep_their_own_implications() {
    use homonyms::{broad, narrow};

    for (requirement, minimal) in [
        (scopes!(any(narrow::Scope::Items, broad::Scope::Items)), vec![vec!["items"]]),
        (scopes!(all(narrow::Scope::Items, broad::Scope::Items)), vec![vec!["items"]]),
        (scopes!(any(broad::Scope::Items, narrow::Scope::Write)), vec![vec!["items"], vec!["items:write"]]),
    ] {
        let alternatives = requirement.alternatives();
        let names: Vec<Vec<_>> =
            alternatives.iter().map(|scopes| scopes.iter().map(|scope| scope.name()).collect()).collect();
        assert_eq!(names, minimal);
        // A requirement is met exactly if one of its alternatives is.
        for granted in ["items", "items:write", "admin", "items admin", ""] {
            let granted = GrantedScopes::from_list(granted);
            let has = |scope: &&scopes_runtime::DeclaredScope| {
                granted.iter().any(|name| name == scope.name() || scope.implied_by().contains(&name))
            };
            let met = alternatives.iter().any(|scopes| scopes.iter().all(has));
            assert_eq!(requirement.is_met_by(&granted), met, "{granted}");
        }
    }
}
