//! The challenges of a resource server (RFC 6750 section 3): their configuration, and refusals rendered once per operation.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use axum::http::HeaderValue;
use bytes::Bytes;
use foldhash::fast::RandomState;

use super::authentication_schemes::{AuthenticationSchemes, Scheme};
use super::problem::{NOT_REQUESTABLE, Problem};
use super::refusal_reason::{REASONS, RefusalReason};
use crate::scope::{
    Authentication, GrantedScopes, RequiredScope, RequirementKey, Requirements, authentication_of_all,
    cheapest, written,
};

/// The most templates that a server keeps. It limits memory if requirements are created at run time.
const MAX_TEMPLATES: usize = 4096;

/// The maximum length of all alternatives in a body. Scopes with parameters repeat values that clients choose.
const MAX_ALTERNATIVES_BYTES: usize = 16 * 1024;

type TemplateKey = (RequirementKey, Option<RequirementKey>, Box<[RequirementKey]>);

/// What a resource server writes into its challenges, and the refusals that it has rendered.
pub(crate) struct ChallengeConfig {
    parameters: Arc<Parameters>,
    templates: RwLock<HashMap<TemplateKey, Arc<RefusalTemplate>, RandomState>>,
}

/// The parameters that all challenges of a server share, in characters that a challenge can carry.
#[derive(Debug)]
struct Parameters {
    realm: Box<str>,
    names_scopes: bool,
    /// The URL of the protected resource metadata (RFC 9728 section 5.1).
    metadata: Option<Box<str>>,
    schemes: AuthenticationSchemes,
}

/// The refusals of one operation. They depend on little of a request, so each is rendered once.
pub(super) struct RefusalTemplate {
    parameters: Arc<Parameters>,
    alternatives: Vec<Vec<RequiredScope>>,
    authentication: Authentication,
    schemes: AuthenticationSchemes,
    /// Every alternative, for the log.
    pub(super) required: String,
    /// One for each scheme, each reason and each alternative that may be the cheapest.
    rendered: Box<[OnceLock<RenderedRefusal>]>,
}

/// The header `WWW-Authenticate` and the body of a refusal.
#[derive(Clone)]
pub(super) struct RenderedRefusal {
    pub(super) challenge: HeaderValue,
    pub(super) body: Bytes,
}

impl ChallengeConfig {
    pub(super) fn new(
        realm: Box<str>,
        names_scopes: bool,
        metadata: Option<Box<str>>,
        schemes: AuthenticationSchemes,
    ) -> Self {
        let parameters = Arc::new(Parameters { realm, names_scopes, metadata, schemes });
        Self { parameters, templates: RwLock::default() }
    }

    pub(super) fn realm(&self) -> &str {
        &self.parameters.realm
    }

    /// Returns the refusals of an operation, and of the part of it that refuses where that is another requirement.
    pub(super) fn refusal_for(
        &self,
        required: &Requirements,
        part: Option<&Requirements>,
    ) -> Arc<RefusalTemplate> {
        // A part that the operation contains would multiply the alternatives.
        let part = part.filter(|part| !required.contains(part));
        let has_values = required.has_parameters() || part.is_some_and(Requirements::has_parameters);
        if has_values {
            // Clients choose the values, so each refusal is another one.
            return Arc::new(RefusalTemplate::new(required, part, Arc::clone(&self.parameters)));
        }
        let key = required.key(part);
        if let Some(template) = self.templates.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Arc::clone(template);
        }
        let template = Arc::new(RefusalTemplate::new(required, part, Arc::clone(&self.parameters)));
        // Clients could fill the table with combinations, and leave no place for the operations.
        if !required.is_combined() {
            let mut templates = self.templates.write().unwrap_or_else(PoisonError::into_inner);
            if templates.len() < MAX_TEMPLATES {
                templates.insert(key, Arc::clone(&template));
            }
        }
        template
    }
}

impl RefusalTemplate {
    fn new(required: &Requirements, part: Option<&Requirements>, parameters: Arc<Parameters>) -> Self {
        let alternatives = required.required_alternatives(part);
        let requires_dpop = required.requires_dpop() || part.is_some_and(Requirements::requires_dpop);
        let schemes = parameters.schemes.of_operation(requires_dpop);
        let requirements = required.iter().chain(part.into_iter().flat_map(Requirements::iter));
        let authentication = authentication_of_all(requirements);
        let required = written(&alternatives);
        let rendered = schemes.count() * REASONS * alternatives.len().max(1);
        let rendered = (0..rendered).map(|_| OnceLock::new()).collect();
        Self { parameters, alternatives, authentication, schemes, required, rendered }
    }

    /// Returns the scopes to request: all that the cheapest alternative needs (RFC 6750 section 3).
    pub(super) fn scope(&self, granted: &GrantedScopes) -> Option<String> {
        self.scope_of(self.cheapest(granted))
    }

    /// Returns the scopes of the cheapest alternative that were not granted, for the log.
    pub(super) fn missing(&self, granted: &GrantedScopes) -> Vec<RequiredScope> {
        let cheapest = self.cheapest(granted).map(|at| &self.alternatives[at]);
        let scopes = cheapest.into_iter().flatten();
        scopes.filter(|scope| !scope.is_granted(granted)).cloned().collect()
    }

    /// Returns how the user must have authenticated.
    pub(super) fn authentication(&self) -> &Authentication {
        &self.authentication
    }

    /// Returns the refusal for a token with these scopes, rendered at the first call.
    pub(super) fn render(
        &self,
        reason: RefusalReason,
        scheme: Scheme,
        granted: &GrantedScopes,
    ) -> RenderedRefusal {
        let cheapest = self.cheapest(granted);
        let at = REASONS * cheapest.unwrap_or_default() + reason as usize;
        let at = self.schemes.count() * at + self.schemes.index_of(scheme);
        self.rendered[at].get_or_init(|| self.render_uncached(reason, scheme, cheapest)).clone()
    }

    fn cheapest(&self, granted: &GrantedScopes) -> Option<usize> {
        match &*self.alternatives {
            [_] => Some(0),
            all => cheapest(all, |scope| scope.is_granted(granted)),
        }
    }

    /// The alternatives that clients may see.
    fn visible_alternatives(&self) -> &[Vec<RequiredScope>] {
        if self.parameters.names_scopes { &self.alternatives } else { &[] }
    }

    /// Returns whether no visible alternative can be requested, because of the value of a parameter.
    fn has_no_requestable_alternative(&self) -> bool {
        let alternatives = self.visible_alternatives();
        !alternatives.is_empty() && alternatives.iter().all(|scopes| requestable(scopes).is_none())
    }

    /// Returns the scopes of each alternative, if there are several and clients may see them.
    pub(super) fn named_alternatives(&self) -> Vec<String> {
        let alternatives = self.visible_alternatives();
        if alternatives.len() < 2 {
            return Vec::new();
        }
        alternatives.iter().filter_map(|scopes| requestable(scopes)).collect()
    }

    pub(super) fn acr_values(&self, reason: RefusalReason) -> Option<String> {
        let values = self.authentication.acr_values.as_ref().filter(|values| !values.is_empty())?;
        (reason == RefusalReason::InsufficientUserAuthentication).then(|| values.join(" "))
    }

    pub(super) fn max_age(&self, reason: RefusalReason) -> Option<u64> {
        self.authentication.max_age.filter(|_| reason == RefusalReason::InsufficientUserAuthentication)
    }

    fn scope_of(&self, alternative: Option<usize>) -> Option<String> {
        let scopes = self.visible_alternatives().get(alternative?)?;
        if scopes.is_empty() { None } else { requestable(scopes) }
    }

    fn render_uncached(
        &self,
        reason: RefusalReason,
        scheme: Scheme,
        cheapest: Option<usize>,
    ) -> RenderedRefusal {
        let mut problem = Problem::of(reason, self.schemes.attempted(scheme));
        // A malformed request gets no hint about scopes.
        let has_hints = reason != RefusalReason::InvalidRequest;
        if has_hints {
            problem.scope = self.scope_of(cheapest);
            let is_listed = |all: &Vec<String>| {
                !all.is_empty() && all.iter().map(String::len).sum::<usize>() <= MAX_ALTERNATIVES_BYTES
            };
            problem.alternatives = Some(self.named_alternatives()).filter(is_listed);
        }
        if reason == RefusalReason::InsufficientScope && self.has_no_requestable_alternative() {
            problem.detail = NOT_REQUESTABLE.into();
        }
        (problem.acr_values, problem.max_age) = (self.acr_values(reason), self.max_age(reason));
        let max_age = problem.max_age.map(|seconds| seconds.to_string());
        let parameters = [
            ("error", problem.error),
            ("acr_values", problem.acr_values.as_deref()),
            ("max_age", max_age.as_deref()),
            ("scope", problem.scope.as_deref()),
            ("resource_metadata", self.parameters.metadata.as_deref().filter(|_| has_hints)),
        ];
        let mut challenge = self.schemes.first_challenge(scheme, &self.parameters.realm);
        for (name, parameter) in parameters {
            if let Some(parameter) = parameter {
                challenge.push_str(&format!(", {name}=\"{parameter}\""));
            }
        }
        if let Some(second) = self.schemes.second_challenge(scheme, &self.parameters.realm) {
            challenge.push_str(&format!(", {second}"));
        }
        let challenge = HeaderValue::from_maybe_shared(Bytes::from(challenge))
            .expect("realm, scopes, contexts and URL are visible ASCII, checked when built");
        RenderedRefusal { challenge, body: problem.to_json().into() }
    }
}

/// Returns the scopes as a `scope` parameter (RFC 6749 section 3.3). `None` if no token can have one of them, because of the
/// value of a parameter.
fn requestable(scopes: &[RequiredScope]) -> Option<String> {
    let names: Option<Vec<_>> = scopes.iter().map(RequiredScope::name).collect();
    names.map(|names| names.join(" "))
}

impl Default for ChallengeConfig {
    fn default() -> Self {
        Self::new("api".into(), true, None, AuthenticationSchemes::Bearer)
    }
}

impl fmt::Debug for ChallengeConfig {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("ChallengeConfig").field(&self.parameters).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scope::{DeclaredScope, Requirement};

    static ITEMS: DeclaredScope = DeclaredScope::new("items", 0, "Read items.", &[], &[]);
    static ME: DeclaredScope = DeclaredScope::new("me", 0, "Read the current user.", &[], &[]);
    static ADMIN: DeclaredScope = DeclaredScope::new("admin", 0, "Read everything.", &[], &[]);

    const ALL_REASONS: [RefusalReason; REASONS] = [
        RefusalReason::MissingToken,
        RefusalReason::InvalidRequest,
        RefusalReason::InvalidToken,
        RefusalReason::UnboundToken,
        #[cfg(feature = "bound-tokens")]
        RefusalReason::InvalidDpopProof,
        #[cfg(feature = "bound-tokens")]
        RefusalReason::UseDpopNonce,
        RefusalReason::InsufficientScope,
        RefusalReason::InsufficientUserAuthentication,
    ];

    fn count(config: &ChallengeConfig) -> usize {
        config.templates.read().expect("no panic").len()
    }

    #[test]
    fn an_operation_has_one_template_and_one_for_each_part_that_it_does_not_contain() {
        let config = ChallengeConfig::default();
        let [items, me] = [&ITEMS, &ME].map(|scope| Requirements::from(Requirement::scope(scope)));
        let template = |part| config.refusal_for(&items, part);
        assert!(Arc::ptr_eq(&template(None), &template(None)));
        assert!(Arc::ptr_eq(&template(None), &template(Some(&items))));
        assert!(Arc::ptr_eq(&template(Some(&me)), &template(Some(&me))));
        assert!(!Arc::ptr_eq(&template(None), &template(Some(&me))));
        assert_eq!(count(&config), 2);
    }

    #[cfg(feature = "mcp")]
    #[test]
    fn combinations_that_clients_choose_are_not_stored() {
        let config = ChallengeConfig::default();
        let endpoint = Requirements::from(Requirement::ANY_VALID_TOKEN);
        let [items, me] = [&ITEMS, &ME].map(Requirement::scope);
        config.refusal_for(&endpoint.with_parts([items, me]), None);
        assert_eq!(count(&config), 0);
        config.refusal_for(&endpoint.with_parts([items]), None);
        assert_eq!(count(&config), 1);
    }

    #[test]
    fn requirements_that_are_made_at_run_time_take_bounded_memory() {
        let config = ChallengeConfig::default();
        for _ in 0..=MAX_TEMPLATES {
            let scopes = vec![Requirement::scope(&ITEMS)].leak();
            config.refusal_for(&Requirement::any(scopes).into(), None);
        }
        assert_eq!(count(&config), MAX_TEMPLATES);
    }

    #[test]
    fn each_reason_scheme_and_alternative_has_a_refusal_of_its_own() {
        const SCOPES: [Requirement; 3] =
            [Requirement::scope(&ITEMS), Requirement::scope(&ME), Requirement::scope(&ADMIN)];
        const BOTH: [Requirement; 2] = [
            Requirement::all(const { &[SCOPES[0], SCOPES[1]] }),
            Requirement::all(const { &[SCOPES[0], SCOPES[2]] }),
        ];
        let required = Requirements::from(Requirement::any(&BOTH));
        let all_schemes = [
            AuthenticationSchemes::Bearer,
            #[cfg(feature = "bound-tokens")]
            AuthenticationSchemes::BearerAndDpop,
            #[cfg(feature = "bound-tokens")]
            AuthenticationSchemes::Dpop,
        ];
        for schemes in all_schemes {
            let config = ChallengeConfig::new("api".into(), true, None, schemes);
            let template = || RefusalTemplate::new(&required, None, Arc::clone(&config.parameters));
            let filled = template();
            for reason in ALL_REASONS {
                for scheme in [Scheme::Bearer, Scheme::Dpop] {
                    for granted in ["me", "admin"].map(GrantedScopes::from_list) {
                        let [stored, new] = [&filled, &template()].map(|template| {
                            let RenderedRefusal { challenge, body } =
                                template.render(reason, scheme, &granted);
                            (challenge, body)
                        });
                        assert_eq!(stored, new, "{reason:?} {scheme:?} {granted:?}");
                    }
                }
            }
        }
    }
}
