//! Whether one scope implies another, at compile time.

use super::{Node, Requirement};
use crate::scope::credential_scheme::{is_one_of, is_same};

impl Requirement {
    /// Returns whether both are scopes, and each token with the other one satisfies this one.
    pub(crate) const fn is_implied_by(&self, other: &Self) -> bool {
        let (Node::Scope(scope), Node::Scope(other)) = (self.node, other.node) else { return false };
        is_same(scope.name(), other.name()) || is_one_of(other.name(), scope.implied_by())
    }
}
