//! What the macros generate about a handler: constants of its hidden type.

use super::handler_signature::Describe;
#[cfg(feature = "openapi")]
use super::handler_signature::SignatureDescription;
use crate::scope::Requirement;

/// A handler with one of the attributes. The hidden type of the handler implements it.
pub trait HandlerInfo: 'static {
    /// The description of the handler, from its attribute and signature.
    const SOURCE: HandlerSource;
    /// What the attribute requires, and what the extractors require.
    const PARTS: &'static [Requirement] =
        &[Self::SOURCE.requirement, Requirement::of_extractors(Self::SOURCE.extractors)];
    /// The requirement, for the checks of requests: a program that reads only this does not contain names and descriptions.
    const REQUIREMENT: Requirement = Requirement::of_handler(Self::PARTS);
}

/// A handler, read from its source. The macros declare one constant, because each one takes time to compile. They call a
/// function with what most handlers have, because that compiles faster than a struct with more fields.
#[derive(Clone, Copy, Debug)]
pub struct HandlerSource {
    /// The path of the function.
    path: &'static str,
    /// The function's doc comment.
    pub documentation: &'static str,
    /// Whether the function has `#[deprecated]`.
    pub deprecated: bool,
    /// What the attribute requires.
    pub requirement: Requirement,
    /// What the extractors require. Empty if `requirement` contains that.
    extractors: &'static [Requirement],
    /// The extractors of bodies, queries and paths, and at last the return type. With `#[utoipa::path]`, the attribute and
    /// `None`.
    pub types: &'static [Describe],
    /// Whether a public handler takes an optional token.
    pub accepts_token: bool,
    /// Why a public handler is public, if the attribute gives a reason.
    pub reason: Option<&'static str>,
}

impl HandlerSource {
    /// Returns a handler with `#[requires_scopes]`.
    ///
    /// # Panics
    ///
    /// Panics if the attribute and the extractors cannot be required together.
    #[must_use]
    #[track_caller]
    pub const fn scoped(
        requirement: Requirement,
        extractors: &'static [Requirement],
        types: &'static [Describe],
        documentation: &'static str,
        path: &'static str,
    ) -> Self {
        requirement.check_with_extractors(extractors);
        let (deprecated, accepts_token, reason) = (false, false, None);
        Self { path, documentation, deprecated, requirement, extractors, types, accepts_token, reason }
    }

    /// Returns a handler with a requirement that contains those of its extractors.
    #[must_use]
    pub const fn new(
        requirement: Requirement,
        types: &'static [Describe],
        documentation: &'static str,
        path: &'static str,
    ) -> Self {
        let (deprecated, accepts_token, reason) = (false, false, None);
        Self { path, documentation, deprecated, requirement, extractors: &[], types, accepts_token, reason }
    }

    /// Sets that the function has `#[deprecated]`.
    #[must_use]
    pub const fn deprecated(self) -> Self {
        Self { deprecated: true, ..self }
    }

    /// Sets what only public handlers have.
    #[must_use]
    pub const fn public(self, accepts_token: bool, reason: Option<&'static str>) -> Self {
        Self { accepts_token, reason, ..self }
    }

    /// Returns the path of the function.
    pub(crate) fn path(&self) -> &'static str {
        self.path
    }

    /// Returns the function's name.
    #[cfg(feature = "openapi")]
    pub(crate) fn name(&self) -> &'static str {
        self.path.rsplit("::").next().unwrap_or_default()
    }

    /// Returns whether the return type is described. With `#[utoipa::path]` it is not.
    #[cfg(feature = "openapi")]
    pub(crate) fn describes_output(&self) -> bool {
        self.types.last().is_some_and(Option::is_some)
    }

    /// Adds the descriptions of the types, or that of `#[utoipa::path]`.
    #[cfg(feature = "openapi")]
    pub(crate) fn describe_types(&self, all: &mut SignatureDescription) {
        self.types.iter().flatten().for_each(|describe| describe(all));
    }
}

/// The hidden type of a handler whose attribute is an error, so that its routes cause no further errors.
#[derive(Debug)]
pub enum MisplacedHandler {}

impl HandlerInfo for MisplacedHandler {
    const SOURCE: HandlerSource = HandlerSource::new(Requirement::ANY_VALID_TOKEN, &[], "", "");
}
