use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use bytes::Bytes;
use foldhash::fast::RandomState;

use crate::scope::{
    Authentication, DeclaredScope, GrantedScopes, Identity, Requirement, Requirements, alternatives_of_all,
    cheapest, list, satisfies, written,
};

/// Beyond so many operations what clients are told is worked out each time.
const MOST_TOLD: usize = 4096;

type Key = (Identity, Option<Identity>, Box<[Identity]>);

/// How a resource server speaks of itself in a challenge.
pub(crate) struct Protection {
    pub(crate) realm: Box<str>,
    pub(crate) names_scopes: bool,
    /// The URL of the metadata, in characters that a challenge can carry.
    pub(crate) metadata: Option<Box<str>>,
    /// By keys that the program itself makes.
    told: RwLock<HashMap<Key, Arc<Told>, RandomState>>,
}

/// What clients are told that an operation refuses: it depends on little, so it is worked out once.
pub(crate) struct Told {
    alternatives: Vec<Vec<&'static DeclaredScope>>,
    names_scopes: bool,
    /// Every alternative, for the log.
    pub(crate) required: String,
    pub(crate) authentication: Authentication,
    /// For each alternative that may be the cheapest, and each reason.
    answers: Box<[OnceLock<Answer>]>,
}

/// Why an operation refuses.
#[derive(Clone, Copy)]
pub(crate) enum Reason {
    MissingToken,
    MalformedHeader,
    InvalidToken,
    InsufficientScope,
    InsufficientAuthentication,
}

const REASONS: usize = Reason::InsufficientAuthentication as usize + 1;

/// A challenge and a body as they are sent.
#[derive(Clone)]
pub(crate) struct Answer {
    pub(crate) challenge: Bytes,
    pub(crate) body: Bytes,
}

impl Protection {
    pub(crate) fn new(realm: Box<str>, names_scopes: bool, metadata: Option<Box<str>>) -> Self {
        Self { realm, names_scopes, metadata, told: RwLock::default() }
    }

    /// What clients are told of the operation, and of the part of it that refused where that is another requirement.
    pub(crate) fn told(&self, operation: &Requirements, part: Option<Requirement>) -> Arc<Told> {
        // Stated twice it would count as twice as many alternatives, which may be too many to tell a client.
        let part = part.filter(|part| operation.iter().all(|own| own.identity() != part.identity()));
        let key = operation.identity(part);
        if let Some(told) = self.told.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Arc::clone(told);
        }
        let told = Arc::new(Told::new(operation.iter().chain(part).collect(), self.names_scopes));
        let mut all = self.told.write().unwrap_or_else(PoisonError::into_inner);
        if all.len() < MOST_TOLD {
            all.insert(key, Arc::clone(&told));
        }
        told
    }
}

impl Told {
    fn new(requirements: Vec<Requirement>, names_scopes: bool) -> Self {
        let alternatives = alternatives_of_all(&requirements);
        let required = written(&alternatives);
        let answers = (0..REASONS * alternatives.len().max(1)).map(|_| OnceLock::new()).collect();
        Self {
            alternatives,
            names_scopes,
            required,
            authentication: Authentication::of(requirements),
            answers,
        }
    }

    /// The alternatives that clients may see.
    pub(crate) fn named_alternatives(&self) -> &[Vec<&'static DeclaredScope>] {
        if self.names_scopes { &self.alternatives } else { &[] }
    }

    /// The scopes of the cheapest alternative that were not granted, for the log.
    pub(crate) fn missing(&self, granted: &GrantedScopes) -> Option<String> {
        let cheapest = &self.alternatives[self.cheapest(granted)?];
        let missing: Vec<_> = cheapest.iter().copied().filter(|scope| !satisfies(granted, scope)).collect();
        (!missing.is_empty()).then(|| list(&missing))
    }

    /// The alternative to ask for.
    pub(crate) fn cheapest(&self, granted: &GrantedScopes) -> Option<usize> {
        match &*self.alternatives {
            [_] => Some(0),
            all => cheapest(all, granted),
        }
    }

    /// The scopes of an alternative, as a challenge lists them; `None` for an empty one, and where clients may see none.
    pub(crate) fn scope(&self, alternative: Option<usize>) -> Option<String> {
        let scopes = self.named_alternatives().get(alternative?)?;
        (!scopes.is_empty()).then(|| list(scopes))
    }

    /// The answer for a reason, rendered where it was not given before.
    pub(crate) fn answer(
        &self,
        reason: Reason,
        cheapest: Option<usize>,
        render: impl FnOnce() -> Answer,
    ) -> Answer {
        let at = REASONS * cheapest.unwrap_or_default() + reason as usize;
        self.answers[at].get_or_init(render).clone()
    }
}

impl Default for Protection {
    fn default() -> Self {
        Self::new("api".into(), true, None)
    }
}

impl fmt::Debug for Protection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Protection")
            .field("realm", &self.realm)
            .field("names_scopes", &self.names_scopes)
            .field("metadata", &self.metadata)
            .finish_non_exhaustive()
    }
}
