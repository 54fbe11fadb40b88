//! Types of another vocabulary, with the traits of generated code written by hand.

use std::any::TypeId;

use scopes_runtime::__private::ParameterValues;
use scopes_runtime::testing::access_token;
use scopes_runtime::{
    Granted, Implies, ImpliesAll, Provable, Requirement, WithoutParameters, declare_scopes,
};

use super::scope::OrgRead;

#[declare_scopes(types = mine)]
enum Mine {
    /// The name of a scope of the other vocabulary.
    All = "org:read",
    /// What the other vocabulary does not know.
    #[implies(All)]
    Forged = "forged",
}

impl ImpliesAll<OrgRead> for mine::All {}

#[test]
#[should_panic(expected = "the scope does not imply the other one")]
fn a_scope_of_the_same_name_implies_nothing() {
    let grant: Granted<mine::All> = access_token("alice", ["forged"]).grant().expect("it is implied here");
    let _proof: Granted<OrgRead> = grant.implied_for(OrgRead { org: "acme".into() });
}

/// Has the requirement of the other scope, and other values at each call.
struct Liar(std::cell::Cell<bool>);

impl Provable for Liar {
    const REQUIREMENT: Requirement = OrgRead::REQUIREMENT;

    fn read(_: &dyn ParameterValues) -> Option<Self> {
        None
    }

    fn values(&self) -> Vec<(&'static str, &str)> {
        vec![("org", if self.0.replace(true) { "victim" } else { "acme" })]
    }

    fn is_implied_by(_: TypeId) -> bool {
        true
    }
}

impl Implies<OrgRead> for Liar {}

impl ImpliesAll<OrgRead> for Liar {}

impl WithoutParameters for Liar {}

#[test]
#[should_panic(expected = "the scope does not imply the other one")]
fn a_type_with_the_same_requirement_implies_nothing() {
    let grant = access_token("alice", ["org:acme:read"]).grant_for(Liar(false.into())).expect("the scope");
    let _proof: Granted<OrgRead> = grant.implied();
}

#[test]
#[should_panic(expected = "the scope does not imply the other one")]
fn a_type_with_the_same_requirement_implies_no_values() {
    let grant = access_token("alice", ["org:acme:read"]).grant_for(Liar(false.into())).expect("the scope");
    let _proof = grant.implied_for(OrgRead { org: "victim".into() });
}
