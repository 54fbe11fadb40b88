use std::ops::Not;
use std::sync::Arc;
use std::{fmt, iter, slice};

use serde::{Serialize, Serializer};

#[cfg(feature = "openapi")]
use super::alternatives::as_written;
use super::alternatives::{RequiredScope, all_combinations, always_satisfies, minimal, written};
use super::flat_requirement::FlatRequirement;
use super::parameter_source::ParameterSource;
use super::parameters::{ParameterValues, SharedValues, values_of};
use super::requirement::{RequirementKey, are_few_enough, authentication_of_all};
use super::{Authenticated, Authentication, CredentialScheme, DeclaredScope, GrantedScopes, Requirement};

/// What an operation requires: its own requirement and those of the routers around it.
#[derive(Clone)]
pub struct Requirements {
    own: Requirement,
    routers: Option<Arc<[Requirement]>>,
    /// Whether the request chose which requirements these are.
    is_combined: bool,
    /// The values of the scopes' parameters, once a request has given them.
    values: Option<SharedValues>,
}

impl Requirements {
    pub(crate) fn new(own: Requirement, routers: Option<Arc<[Requirement]>>) -> Self {
        Self { own, routers, is_combined: false, values: None }
    }

    /// Returns whether the request chose several of the requirements, so that clients can cause any combination of them.
    pub(crate) fn is_combined(&self) -> bool {
        self.is_combined
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Requirement> {
        iter::once(&self.own).chain(self.routers())
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
        Self { own: self.own, routers: Some(others.into()), is_combined, values: self.values.clone() }
    }

    /// Adds the requirement of a router. Returns those of all routers.
    pub(crate) fn add(&mut self, requirement: Requirement) -> Arc<[Requirement]> {
        let routers: Arc<[_]> = [self.routers(), &[requirement]].concat().into();
        self.routers = Some(Arc::clone(&routers));
        routers
    }

    /// Returns whether a refusal can list all alternatives.
    pub(crate) fn has_few_alternatives(&self) -> bool {
        are_few_enough(self.iter())
    }

    /// Returns whether any valid token is accepted without further checks. Other requirements may accept every valid token,
    /// too.
    pub(crate) fn is_empty(&self) -> bool {
        self.routers.is_none() && self.own.is_empty()
    }

    /// Returns how the user must have authenticated.
    pub(crate) fn authentication(&self) -> Authentication {
        authentication_of_all(self.iter())
    }

    /// Returns whether the token must be bound to a DPoP key.
    pub(crate) fn requires_dpop(&self) -> bool {
        self.iter().any(Requirement::requires_dpop)
    }

    /// Returns what the handler may require of the token later, beyond what each request needs.
    pub(crate) fn may_require(&self) -> FlatRequirement {
        let mut later = self.named(true);
        if later.is_empty() {
            return later;
        }
        let mut needed = self.named(false);
        let alternatives = self.alternatives();
        needed.scopes.retain(|scope| {
            alternatives.iter().all(|scopes| scopes.iter().any(|own| always_satisfies(own, scope)))
        });
        later.remove(&needed);
        later
    }

    /// Returns the alternatives, and what else the requirements name: `items or admin, acr mfa`.
    pub(crate) fn in_full(&self) -> String {
        let others = FlatRequirement { scopes: Vec::new(), ..self.named(false) };
        let scopes = Some(self.to_string()).filter(|scopes| !scopes.is_empty());
        scopes.into_iter().chain(others.list()).collect::<Vec<_>>().join(", ")
    }

    /// Returns whether these name everything that the requirement names, for each request or for later.
    pub(crate) fn names_all_of(&self, requirement: &Requirement) -> bool {
        requirement.is_named_in(&|named| self.iter().any(|own| own.names(named)))
    }

    fn named(&self, later: bool) -> FlatRequirement {
        let mut named = FlatRequirement::default();
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
        part: Option<&Self>,
    ) -> (RequirementKey, Option<RequirementKey>, Box<[RequirementKey]>) {
        let routers = self.routers().iter().map(Requirement::key).collect();
        (self.own.key(), part.map(|part| part.own.key()), routers)
    }

    /// Returns whether one of these is the requirement of the part, with the same values.
    pub(crate) fn contains(&self, part: &Self) -> bool {
        let has_same_values = match (&self.values, &part.values) {
            (Some(own), Some(other)) => Arc::ptr_eq(own, other),
            _ => !part.has_parameters(),
        };
        has_same_values && self.iter().any(|own| own.key() == part.own.key())
    }

    /// Returns whether the scopes satisfy the requirements, with these values of parameters. Without a value for each parameter
    /// they do not, not even a scope that implies all values.
    pub(crate) fn is_met_by(
        &self,
        granted: &GrantedScopes,
        values: &(impl ParameterValues + ?Sized),
    ) -> bool {
        self.has_values(values)
            && self
                .iter()
                .all(|requirement| requirement.is_met_where(&|scope| scope.is_granted(granted, values)))
    }

    /// Returns whether the scopes satisfy the requirements with some values of parameters, for reports.
    pub(crate) fn is_met_for_some_values(&self, granted: &GrantedScopes) -> bool {
        self.iter()
            .all(|requirement| requirement.is_met_where(&|scope| scope.is_granted_for_some_values(granted)))
    }

    /// Returns whether a scope outside of `may_require` has a parameter.
    pub(crate) fn has_parameters(&self) -> bool {
        self.iter().any(Requirement::has_parameters)
    }

    /// Returns the parameters of the scopes outside of `may_require`, each once.
    pub(crate) fn parameters(&self) -> Vec<&'static str> {
        let mut parameters = Vec::new();
        if self.has_parameters() {
            self.iter().for_each(|requirement| requirement.add_parameters(&mut parameters));
        }
        parameters
    }

    /// Returns whether each parameter has a value.
    pub(crate) fn has_values(&self, values: &(impl ParameterValues + ?Sized)) -> bool {
        self.iter()
            .all(|requirement| requirement.all_parameters(&|parameter| values.bytes(parameter).is_some()))
    }

    /// Returns the parameters that have no value.
    pub(crate) fn missing_parameters(
        &self,
        values: &(impl ParameterValues + ?Sized),
    ) -> impl Iterator<Item = &'static str> {
        self.parameters().into_iter().filter(|parameter| values.bytes(parameter).is_none())
    }

    /// Returns the extractors that give values of parameters.
    pub(crate) fn parameter_sources(&self) -> Vec<&'static ParameterSource> {
        let mut sources = Vec::new();
        self.own.add_parameter_sources(&mut sources);
        sources
    }

    /// Returns the values of the scopes' parameters.
    pub(crate) fn values(&self) -> &dyn ParameterValues {
        values_of(&self.values)
    }

    /// Returns whether an extractor gives the value of the parameter.
    pub(crate) fn has_extractor_of(&self, parameter: &str) -> bool {
        self.parameter_sources().iter().any(|source| source.parameter == parameter)
    }

    /// Sets the values of the scopes' parameters.
    pub(crate) fn with_values(self, values: Option<SharedValues>) -> Self {
        Self { values, ..self }
    }

    /// Returns whether the user must have authenticated in some way.
    pub(crate) fn requires_authentication(&self) -> bool {
        self.iter().any(Requirement::requires_authentication)
    }

    /// Returns whether the user authenticated as required.
    pub(crate) fn accepts_authentication(&self, authenticated: Authenticated<'_>) -> bool {
        self.iter().all(|requirement| requirement.accepts_authentication(authenticated))
    }

    pub(crate) fn alternatives(&self) -> Vec<Vec<&'static DeclaredScope>> {
        minimal(Self::unreduced([self], &|scope, _| scope))
    }

    /// Returns the alternatives of these requirements and of a part of the operation, with the values of the request.
    pub(crate) fn required_alternatives(&self, part: Option<&Self>) -> Vec<Vec<RequiredScope>> {
        minimal(Self::unreduced(iter::once(self).chain(part), &|declared, of| {
            let values = of.values.clone().filter(|_| declared.has_parameters());
            RequiredScope { declared, values }
        }))
    }

    /// Returns the sets of scopes that satisfy all requirements, with no regard to implications. If there are too many to list,
    /// returns those of the last requirement.
    fn unreduced<'a, S: Clone>(
        all: impl IntoIterator<Item = &'a Self>,
        scope_of: &impl Fn(&'static DeclaredScope, &Self) -> S,
    ) -> Vec<Vec<S>> {
        let requirements: Vec<_> =
            all.into_iter().flat_map(|all| all.iter().map(move |one| (one, all))).collect();
        let listed = match &*requirements {
            [.., last] if !are_few_enough(requirements.iter().map(|&(one, _)| one)) => slice::from_ref(last),
            all => all,
        };
        all_combinations(listed.iter().map(|(one, all)| one.unreduced(&|scope| scope_of(scope, all))))
    }

    /// Returns the alternatives as they are written, also those that another one implies.
    #[cfg(feature = "openapi")]
    pub(crate) fn written_alternatives(&self) -> Vec<Vec<&'static DeclaredScope>> {
        as_written(Self::unreduced([self], &|scope, _| scope))
    }
}

impl From<Requirement> for Requirements {
    fn from(own: Requirement) -> Self {
        Self::new(own, None)
    }
}

impl fmt::Display for Requirements {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&written(&self.required_alternatives(None)))
    }
}

impl fmt::Debug for Requirements {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Requirements").field(&self.to_string()).finish()
    }
}

/// Requirements as the access report has them.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SerializedRequirements {
    /// The names of the scopes.
    alternatives: Vec<Vec<&'static str>>,
    #[serde(skip_serializing_if = "Authentication::is_nothing")]
    user_authentication: Authentication,
    #[serde(skip_serializing_if = "Not::not")]
    dpop_required: bool,
    #[serde(skip_serializing_if = "FlatRequirement::is_empty")]
    may_require: FlatRequirement,
    /// The names of the schemes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    credentials: Vec<&'static str>,
}

impl Serialize for Requirements {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let names = |scopes: &Vec<&'static DeclaredScope>| scopes.iter().map(|scope| scope.name()).collect();
        let requirements = SerializedRequirements {
            alternatives: self.alternatives().iter().map(names).collect(),
            user_authentication: self.authentication(),
            dpop_required: self.requires_dpop(),
            may_require: self.may_require(),
            credentials: self.credentials().iter().map(|scheme| scheme.name()).collect(),
        };
        requirements.serialize(serializer)
    }
}
