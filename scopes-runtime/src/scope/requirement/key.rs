//! Keys for what is derived from a requirement.

use std::hash::{Hash, Hasher};
use std::ptr;

use super::{Node, Requirement};

/// The address of a requirement's static data: a key for what is derived from the requirement. The compiler may duplicate
/// constants, so one requirement can have several keys. Requirements with the same key have the same scopes, authentication and
/// binding; no refusal depends on the rest.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct RequirementKey {
    kind: u8,
    address: usize,
    len: usize,
    max_age: Option<u64>,
}

/// Hashes the address only: most keys differ in it, and each refusal computes the hash.
impl Hash for RequirementKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.address.hash(state);
    }
}

impl Requirement {
    pub(crate) fn key(&self) -> RequirementKey {
        let (kind, address, len, max_age) = match self.node {
            Node::Scope(scope) => (0, ptr::from_ref(scope).addr(), 0, None),
            Node::All(inner) => (1, inner.as_ptr().addr(), inner.len(), None),
            Node::Any(inner) => (2, inner.as_ptr().addr(), inner.len(), None),
            Node::Authentication { acr_values, max_age } => {
                (3, acr_values.as_ptr().addr(), acr_values.len(), max_age)
            }
            Node::MayRequire(inner) => (4, inner.as_ptr().addr(), inner.len(), None),
            Node::Credentials(scheme) => (5, ptr::from_ref(scheme).addr(), 0, None),
            Node::Parameter(source) => (6, ptr::from_ref(source).addr(), 0, None),
            Node::Dpop => (7, 0, 0, None),
        };
        RequirementKey { kind, address, len, max_age }
    }
}
