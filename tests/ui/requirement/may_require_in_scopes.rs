use scopes_runtime::{Requirement, scopes};
use scopes_tests::Scope;

const REQUIREMENT: Requirement = scopes!("me", may_require("items"));

fn main() {}
