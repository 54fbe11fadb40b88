use std::fmt;
use std::sync::Arc;

use super::requirement::{alternatives_of_all, written};
use super::{Authenticated, DeclaredScope, GrantedScopes, Requirement};

/// What one operation requires: all of its own requirement and of those that the routers around it add.
#[derive(Clone)]
pub(crate) struct Requirements {
    own: Requirement,
    routers: Option<Arc<[Requirement]>>,
}

impl Requirements {
    pub(crate) fn new(own: Requirement, routers: Option<Arc<[Requirement]>>) -> Self {
        Self { own, routers }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Requirement> {
        [self.own].into_iter().chain(self.routers.iter().flat_map(|routers| routers.iter().copied()))
    }

    /// Whether this is the other one, cloned. What is stated twice would count as twice as many alternatives, which may be
    /// too many to tell a client.
    pub(crate) fn is(&self, other: &Self) -> bool {
        let same_routers = match (&self.routers, &other.routers) {
            (Some(routers), Some(others)) => Arc::ptr_eq(routers, others),
            (None, None) => true,
            _ => false,
        };
        same_routers && self.own.is(other.own)
    }

    pub(crate) fn is_met_by(&self, granted: &GrantedScopes) -> bool {
        self.iter().all(|requirement| requirement.is_met_by(granted))
    }

    pub(crate) fn accepts(&self, authenticated: Authenticated<'_>) -> bool {
        self.iter().all(|requirement| requirement.accepts(authenticated))
    }

    pub(crate) fn alternatives(&self) -> Vec<Vec<&'static DeclaredScope>> {
        alternatives_of_all(&self.iter().collect::<Vec<_>>())
    }
}

impl From<Requirement> for Requirements {
    fn from(own: Requirement) -> Self {
        Self::new(own, None)
    }
}

impl fmt::Display for Requirements {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&written(&self.alternatives()))
    }
}
