use super::requirement_of::ScopedExtractor;
use crate::scope::{CredentialScheme, Requirement};

/// An extractor that checks credentials other than access tokens, and refuses a request without valid ones: an API key, the
/// signature of a webhook, a refresh token.
///
/// Implement it beside `FromRequestParts` or, for a signature over the body, `FromRequest`. A handler that takes the extractor
/// has the attribute [`#[authenticated_by]`](macro@crate::authenticated_by) or, if it also needs an access token,
/// [`#[requires_scopes]`](macro@crate::requires_scopes). Report, lock file and document show the scheme. The check is the
/// application's: the scope matrix of the module `testing` finds one that accepts requests without credentials.
///
/// A type with `#[requires_scopes]` on its `impl FromRequestParts` cannot implement this; let it take an extractor that does as
/// a further argument.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an extractor of credentials",
    label = "`CredentialExtractor` is not implemented for this type",
    note = "implement `CredentialExtractor` for an extractor that refuses requests without valid credentials"
)]
pub trait CredentialExtractor {
    /// The credentials.
    const SCHEME: CredentialScheme;
}

impl<T: CredentialExtractor> ScopedExtractor for T {
    const REQUIREMENT: Requirement = Requirement::credentials(const { &T::SCHEME });
    const PROTECTED: bool = false;
}
