//! Whether one scope implies another, at compile time.

use super::{Node, Requirement};
use crate::scope::credential_scheme::is_same;

impl Requirement {
    /// Returns whether both are scopes, and each token with the other one satisfies this one.
    pub(crate) const fn is_implied_by(&self, other: &Self) -> bool {
        let (Node::Scope(scope), Node::Scope(other)) = (self.0, other.0) else { return false };
        let broader = scope.implied_by();
        let mut at = 0;
        while at < broader.len() {
            if is_same(broader[at], other.name()) {
                return true;
            }
            at += 1;
        }
        is_same(scope.name(), other.name())
    }
}
