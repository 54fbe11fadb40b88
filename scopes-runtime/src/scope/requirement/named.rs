//! The scopes, the authentication and the binding that a requirement names.

use super::{Node, Requirement};
use crate::scope::DeclaredScope;
use crate::scope::alternatives::always_satisfies;
use crate::scope::flat_requirement::FlatRequirement;

impl Requirement {
    /// Adds the scopes, the authentication and the binding that the requirement names. `later` selects those that the handler
    /// may require later; otherwise they are left out.
    pub(in crate::scope) fn add_named(&self, later: bool, named: &mut FlatRequirement) {
        match self.node {
            Node::Scope(scope) if !later => named.add_scope(scope),
            Node::Authentication { acr_values, max_age } if !later => {
                named.add_authentication(acr_values, max_age);
            }
            Node::Dpop if !later => named.dpop = true,
            Node::Scope(_)
            | Node::Authentication { .. }
            | Node::Dpop
            | Node::Credentials(_)
            | Node::Parameter(_) => {}
            Node::All(requirements) | Node::Any(requirements) => {
                requirements.iter().for_each(|inner| inner.add_named(later, named));
            }
            Node::MayRequire(requirements) if later => {
                requirements.iter().for_each(|inner| inner.add_named(false, named));
            }
            Node::MayRequire(_) => {}
        }
    }

    /// Returns whether `declared` names everything that this requirement names.
    pub(in crate::scope) fn is_named_in(&self, declared: &impl Fn(&Self) -> bool) -> bool {
        match self.node {
            Node::Scope(_) | Node::Authentication { .. } | Node::Dpop => declared(self),
            Node::Credentials(_) | Node::Parameter(_) => true,
            Node::All(requirements) | Node::Any(requirements) | Node::MayRequire(requirements) => {
                requirements.iter().all(|inner| inner.is_named_in(declared))
            }
        }
    }

    /// Returns whether this requirement, or what it may require later, names the scope, the authentication or the binding
    /// `other`. A scope that each request needs names those that it includes, too.
    pub(in crate::scope) fn names(&self, other: &Self) -> bool {
        self.names_as(other, |own, other| own.name() == other.name() || always_satisfies(own, other))
    }

    fn names_as(&self, other: &Self, is_named: fn(&DeclaredScope, &DeclaredScope) -> bool) -> bool {
        match (self.node, other.node) {
            (Node::Scope(own), Node::Scope(other)) => is_named(own, other),
            (
                Node::Authentication { acr_values, max_age },
                Node::Authentication { acr_values: other_values, max_age: other_age },
            ) => acr_values == other_values && max_age == other_age,
            (Node::Dpop, Node::Dpop) => true,
            (Node::All(inner) | Node::Any(inner), _) => {
                inner.iter().any(|inner| inner.names_as(other, is_named))
            }
            (Node::MayRequire(later), _) => {
                later.iter().any(|later| later.names_as(other, |own, other| own.name() == other.name()))
            }
            _ => false,
        }
    }
}
