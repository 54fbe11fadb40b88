use std::fmt;
use std::sync::Arc;

use super::requirement::{Identity, alternatives_of_all, written};
use super::{Authenticated, DeclaredScope, GrantedScopes, Requirement};

/// What an operation requires: its own requirement and those of the routers around it.
#[derive(Clone, Debug)]
pub(crate) struct Requirements {
    own: Requirement,
    routers: Option<Arc<[Requirement]>>,
}

impl Requirements {
    pub(crate) fn new(own: Requirement, routers: Option<Arc<[Requirement]>>) -> Self {
        Self { own, routers }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Requirement> {
        [self.own].into_iter().chain(self.routers().iter().copied())
    }

    fn routers(&self) -> &[Requirement] {
        self.routers.as_deref().unwrap_or_default()
    }

    /// Returns a key for the requirements, and for that of a part of the operation.
    pub(crate) fn identity(
        &self,
        part: Option<Requirement>,
    ) -> (Identity, Option<Identity>, Box<[Identity]>) {
        let routers = self.routers().iter().map(Requirement::identity).collect();
        (self.own.identity(), part.map(|part| part.identity()), routers)
    }

    pub(crate) fn is_met_by(&self, granted: &GrantedScopes) -> bool {
        self.own.is_met_by(granted) && self.routers().iter().all(|it| it.is_met_by(granted))
    }

    pub(crate) fn accepts(&self, authenticated: Authenticated<'_>) -> bool {
        self.own.accepts(authenticated) && self.routers().iter().all(|it| it.accepts(authenticated))
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
