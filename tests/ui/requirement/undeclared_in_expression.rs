use scopes_runtime::{Requirement, scopes};
use scopes_tests::Scope;

fn requirement() -> Requirement {
    scopes!("me", "itmes")
}

fn main() {}
