//! Enums with `#[declare_scopes]`.

use std::collections::{BTreeSet, HashSet};

use scopes_runtime::{GrantedScopes, declare_scopes, scopes};
use scopes_tests::Scope;
use scopes_tests::billing::BillingScope;

/// Scope names in the styles of several providers.
#[declare_scopes]
#[derive(Debug, Default, Clone)]
#[repr(u8)]
enum Names {
    /// Two words
    /// on two lines.
    ///
    /// And a second paragraph.
    #[default]
    UsersRead = "users:read",
    /// Underscores.
    Instagram = "instagram_basic",
    /// A URL.
    Drive = "https://www.googleapis.com/auth/drive",
    /// A wildcard.
    Repo = "repo.*",
    /// A raw string.
    Raw = r"raw",
    /// An escape.
    Escaped = "\x65scaped",
    /// Every character that a scope may have.
    Punctuation = "!#$%&'()*+,-./:;<=>?@[]^_`|~",
    /// A keyword.
    r#Type = "type",
}

#[test]
fn a_variant_has_a_name_and_a_description() {
    let names: Vec<_> = Names::ALL.iter().map(|scope| scope.as_str()).collect();
    assert_eq!(
        names,
        [
            "users:read",
            "instagram_basic",
            "https://www.googleapis.com/auth/drive",
            "repo.*",
            "raw",
            "escaped",
            "!#$%&'()*+,-./:;<=>?@[]^_`|~",
            "type",
        ]
    );
    assert_eq!(Names::UsersRead.description(), "Two words\non two lines.\n\nAnd a second paragraph.");
    const NAME: &str = Names::Drive.as_str();
    assert_eq!(NAME, "https://www.googleapis.com/auth/drive");
}

#[test]
fn a_name_is_displayed_and_parsed() {
    for &scope in Names::ALL {
        assert_eq!(scope.to_string().parse(), Ok(scope));
        assert_eq!(scope.as_ref(), scope.as_str());
    }
    assert_eq!(format!("{:>8}|{:<8}|", Scope::Me, Scope::Me), "      me|me      |");
    let error = "Me".parse::<Scope>().expect_err("`Me` is a variant");
    assert_eq!(error.to_string(), "the scope `Me` is not declared");
}

#[test]
fn a_scope_is_serialized_as_its_name() {
    let json = serde_json::to_string(&[Scope::Me, Scope::ItemsWrite]).expect("names");
    assert_eq!(json, r#"["me","items:write"]"#);
    assert_eq!(serde_json::from_str::<Vec<Scope>>(&json).expect("names"), [Scope::Me, Scope::ItemsWrite]);
    assert_eq!(serde_json::from_str::<Scope>(r#""m\u0065""#).expect("a name"), Scope::Me);
    let error = serde_json::from_str::<Scope>(r#""itmes""#).expect_err("no name");
    assert_eq!(error.to_string(), "the scope `itmes` is not declared");
    assert!(serde_json::from_str::<Scope>("1").is_err());
}

#[test]
fn usual_traits_are_derived_beside_those_of_the_user() {
    let all: HashSet<_> = Scope::ALL.iter().copied().collect();
    let sorted: BTreeSet<_> = Scope::ALL.iter().copied().collect();
    assert_eq!((all.len(), sorted.into_iter().collect::<Vec<_>>()), (3, Scope::ALL.to_vec()));
    assert_eq!(format!("{:?}", Scope::Me), "Me");
    assert_eq!(Names::default(), Names::UsersRead);
    assert_eq!(size_of::<Names>(), 1);
}

#[test]
fn implications_are_transitive() {
    let granted = GrantedScopes::from_list("billing");
    assert!(scopes!(BillingScope::InvoicesRead).is_met_by(&granted));
    assert!(!scopes!(BillingScope::Billing).is_met_by(&GrantedScopes::from_list("invoices invoices:read")));
    assert_eq!(BillingScope::Billing.declared().implies(), ["invoices:read", "invoices"]);
    assert_eq!(BillingScope::InvoicesRead.declared().implied_by(), ["invoices", "billing"]);
}

#[test]
fn implications_can_form_a_diamond() {
    #[declare_scopes]
    enum Diamond {
        /// The top.
        #[implies(Left, Right)]
        Top = "top",
        /// One side.
        #[implies(Bottom)]
        Left = "left",
        /// The other side.
        #[implies(Bottom)]
        Right = "right",
        /// The bottom.
        Bottom = "bottom",
    }
    assert_eq!(Diamond::ALL.len(), 4);
    assert_eq!(Diamond::Top.declared().implies(), ["left", "right", "bottom"]);
    assert_eq!(Diamond::Bottom.declared().implied_by(), ["top", "left", "right"]);
}

mod private_module {
    /// Visible here and above.
    #[scopes_runtime::declare_scopes]
    pub(super) enum Inner {
        /// Read.
        Read = "read",
    }
}

mod aliased {
    use super::private_module::Inner as Scope;
    use scopes_runtime::{Requirement, scopes};

    pub(super) fn requirement() -> Requirement {
        scopes!("read")
    }
}

mod of_another_crate {
    use scopes_runtime::{Requirement, scopes};
    use scopes_tests::billing::BillingScope as Scope;

    pub(super) fn requirement() -> Requirement {
        scopes!("invoices", scopes_tests::Scope::Me)
    }
}

#[test]
fn a_vocabulary_can_be_imported_under_another_name() {
    assert_eq!(aliased::requirement().to_string(), "read");
    assert_eq!(of_another_crate::requirement().to_string(), "invoices me");
}

#[test]
fn two_vocabularies_can_have_one_name() {
    mod one {
        #[scopes_runtime::declare_scopes]
        pub(super) enum Scope {
            /// One.
            One = "one",
        }
    }
    mod two {
        #[scopes_runtime::declare_scopes]
        pub(super) enum Scope {
            /// Two.
            Two = "two",
        }
    }
    fn first() -> String {
        use one::Scope;
        scopes!("one").to_string()
    }
    fn second() -> String {
        use two::Scope;
        scopes!("two", one::Scope::One).to_string()
    }
    assert_eq!((first().as_str(), second().as_str()), ("one", "two one"));
}

#[test]
fn a_vocabulary_can_be_declared_after_its_use() {
    fn requirement() -> String {
        scopes!("late").to_string()
    }
    assert_eq!(requirement(), "late");

    use late::Late as Scope;
}

mod late {
    /// Declared last.
    #[scopes_runtime::declare_scopes]
    pub(crate) enum Late {
        /// Late.
        Late = "late",
    }
}

mod keyword {
    /// A vocabulary that is named like a keyword.
    #[scopes_runtime::declare_scopes]
    #[allow(non_camel_case_types)]
    pub(crate) enum r#type {
        /// Read.
        Read = "read",
    }
}

#[test]
fn a_vocabulary_can_have_a_raw_name() {
    use keyword::r#type as Scope;
    assert!(scopes!("read").is_met_by(&GrantedScopes::from_list("read")));
    assert_eq!("read".parse(), Ok(Scope::Read));
}
