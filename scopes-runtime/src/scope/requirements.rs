use std::fmt;
use std::slice;
use std::sync::Arc;

use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};

use super::named_scopes::NamedScopes;
#[cfg(feature = "openapi")]
use super::requirement::written_alternatives_of_all;
use super::requirement::{
    RequirementKey, alternatives_of_all, are_few_enough, authentication_of_all, written,
};
use super::{Authenticated, Authentication, CredentialScheme, DeclaredScope, GrantedScopes, Requirement};

/// What an operation requires: its own requirement and those of the routers around it.
#[derive(Clone, Debug)]
pub struct Requirements {
    own: Requirement,
    routers: Option<Arc<[Requirement]>>,
    /// Whether the request chose which requirements these are.
    is_combined: bool,
}

impl Requirements {
    pub(crate) fn new(own: Requirement, routers: Option<Arc<[Requirement]>>) -> Self {
        Self { own, routers, is_combined: false }
    }

    /// Returns whether the request chose several of the requirements, so that clients can cause any combination of them.
    pub(crate) fn are_combined(&self) -> bool {
        self.is_combined
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Requirement> {
        slice::from_ref(&self.own).iter().chain(self.routers()).copied()
    }

    fn routers(&self) -> &[Requirement] {
        self.routers.as_deref().unwrap_or_default()
    }

    /// Returns the requirements with those of parts of the operation, before those of the routers.
    #[cfg(feature = "mcp")]
    pub(crate) fn with_parts(&self, parts: impl IntoIterator<Item = Requirement>) -> Self {
        let mut others: Vec<_> = parts.into_iter().collect();
        let is_combined = others.len() > 1;
        others.extend(self.routers());
        Self { own: self.own, routers: Some(others.into()), is_combined }
    }

    /// Adds the requirement of a router. Returns those of all routers.
    pub(crate) fn add(&mut self, requirement: Requirement) -> Arc<[Requirement]> {
        let routers: Arc<[_]> = [self.routers(), &[requirement]].concat().into();
        self.routers = Some(Arc::clone(&routers));
        routers
    }

    /// Returns whether a refusal can list all alternatives.
    pub(crate) fn has_few_alternatives(&self) -> bool {
        are_few_enough(&self.iter().collect::<Vec<_>>())
    }

    /// Returns how the user must have authenticated.
    pub(crate) fn authentication(&self) -> Authentication {
        authentication_of_all(self.iter())
    }

    /// Returns what the handler may require of the token later, beyond what each request needs.
    pub(crate) fn may_require(&self) -> NamedScopes {
        let mut later = self.named(true);
        later.remove(&self.named(false));
        later
    }

    /// Returns whether these name everything that the requirement names, for each request or for later.
    pub(crate) fn name_all_of(&self, requirement: &Requirement) -> bool {
        requirement.is_named_in(&|named| self.iter().any(|own| own.names(named)))
    }

    fn named(&self, later: bool) -> NamedScopes {
        let mut named = NamedScopes::default();
        self.iter().for_each(|requirement| requirement.add_named(later, &mut named));
        named
    }

    /// Returns the credentials that the extractors check beside the token, each once.
    pub(crate) fn credentials(&self) -> Vec<&'static CredentialScheme> {
        let mut all = Vec::new();
        self.own.add_credentials(&mut all);
        all
    }

    /// Returns a key for the requirements, and for that of a part of the operation.
    pub(crate) fn key(
        &self,
        part: Option<Requirement>,
    ) -> (RequirementKey, Option<RequirementKey>, Box<[RequirementKey]>) {
        let routers = self.routers().iter().map(Requirement::key).collect();
        (self.own.key(), part.map(|part| part.key()), routers)
    }

    pub(crate) fn is_met_by(&self, granted: &GrantedScopes) -> bool {
        self.own.is_met_by(granted) && self.routers().iter().all(|requirement| requirement.is_met_by(granted))
    }

    pub(crate) fn accepts(&self, authenticated: Authenticated<'_>) -> bool {
        self.own.accepts(authenticated)
            && self.routers().iter().all(|requirement| requirement.accepts(authenticated))
    }

    pub(crate) fn alternatives(&self) -> Vec<Vec<&'static DeclaredScope>> {
        alternatives_of_all(&self.iter().collect::<Vec<_>>())
    }

    /// Returns the alternatives as they are written, also those that another one implies.
    #[cfg(feature = "openapi")]
    pub(crate) fn written_alternatives(&self) -> Vec<Vec<&'static DeclaredScope>> {
        written_alternatives_of_all(&self.iter().collect::<Vec<_>>())
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

/// Serialized as in the access report: the names of the alternatives' scopes, how the user must have authenticated, and the
/// names of the other credentials.
impl Serialize for Requirements {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let names =
            |scopes: &Vec<&DeclaredScope>| scopes.iter().map(|scope| scope.name()).collect::<Vec<_>>();
        let alternatives: Vec<_> = self.alternatives().iter().map(names).collect();
        let authentication = self.authentication();
        let may_require = self.may_require();
        let mut requirements = serializer.serialize_struct("Requirements", 4)?;
        requirements.serialize_field("alternatives", &alternatives)?;
        if authentication.is_nothing() {
            requirements.skip_field("userAuthentication")?;
        } else {
            requirements.serialize_field("userAuthentication", &authentication)?;
        }
        if may_require.is_empty() {
            requirements.skip_field("mayRequire")?;
        } else {
            requirements.serialize_field("mayRequire", &may_require)?;
        }
        let credentials: Vec<_> = self.credentials().iter().map(|scheme| scheme.name()).collect();
        if credentials.is_empty() {
            requirements.skip_field("credentials")?;
        } else {
            requirements.serialize_field("credentials", &credentials)?;
        }
        requirements.end()
    }
}
