//! What generated code asks of types: what an extractor requires, and what a state and a rejection must offer.

use std::convert::Infallible;
use std::marker::PhantomData;

use axum::extract::FromRef;

use super::{AuthError, ResourceServer};
use crate::scope::Requirement;

/// An extractor that requires something of the token. `#[requires_scopes]` on its `impl` implements this, and so does
/// `#[derive(ScopedExtractor)]`.
pub trait Requires {
    /// What a token must be allowed to do for the extractor to succeed.
    const REQUIREMENT: Requirement;
    /// Whether the extractor refuses a request without a token.
    const PROTECTED: bool = true;
    /// Whether the extractor accepts a request without a token, but checks a token that is there.
    const ACCEPTS_TOKEN: bool = false;
}

/// Reads what a type [`Requires`], if it does: the inherent constants win over those of [`Unprotected`], which every type
/// has.
///
/// A handler that takes `Option<E>` or `Result<E, _>` decides itself what a refusal of `E` means, so such a handler is not
/// [protected](Requires::PROTECTED) by it. But what `E` requires counts: a handler with `#[requires_scopes]` would otherwise
/// run without it.
pub struct Probe<T: ?Sized>(PhantomData<T>);

impl<T: Requires + ?Sized> Probe<T> {
    /// What the type requires.
    pub const __SCOPES_REQUIREMENT: Requirement = T::REQUIREMENT;
    /// Whether it refuses a request without a token.
    pub const __SCOPES_PROTECTED: bool = T::PROTECTED;
    /// Whether it checks a token that need not be there.
    pub const __SCOPES_ACCEPTS_TOKEN: bool = T::ACCEPTS_TOKEN;
}

impl<T: Requires> Probe<Option<T>> {
    /// What the extractor inside requires.
    pub const __SCOPES_REQUIREMENT: Requirement = T::REQUIREMENT;
    /// Always true.
    pub const __SCOPES_ACCEPTS_TOKEN: bool = true;
}

impl<T: Requires, E> Probe<Result<T, E>> {
    /// What the extractor inside requires.
    pub const __SCOPES_REQUIREMENT: Requirement = T::REQUIREMENT;
    /// Always true.
    pub const __SCOPES_ACCEPTS_TOKEN: bool = true;
}

/// Whether one of them is.
#[must_use]
pub const fn any_of(answers: &[bool]) -> bool {
    let mut at = 0;
    while at < answers.len() {
        if answers[at] {
            return true;
        }
        at += 1;
    }
    false
}

/// The constants of [`Probe`] for types that require nothing.
pub trait Unprotected {
    /// Always false.
    const __SCOPES_ACCEPTS_TOKEN: bool = false;
    /// Any token, or none.
    const __SCOPES_REQUIREMENT: Requirement = Requirement::AUTHENTICATED;
    /// Always false.
    const __SCOPES_PROTECTED: bool = false;
}

impl<T: ?Sized> Unprotected for Probe<T> {}

/// `ResourceServer: FromRef<S>`, with a message that says what to do.
#[diagnostic::on_unimplemented(
    message = "the router state `{Self}` provides no `ResourceServer`",
    label = "this checks access tokens, and asks the state for the server that decodes them",
    note = "put a `ResourceServer` into the state and `impl FromRef<{Self}> for ResourceServer`, or derive `FromRef` on the state"
)]
pub trait ProvidesResourceServer: Send + Sync {
    /// The server that decodes tokens.
    fn resource_server(&self) -> ResourceServer;
}

#[diagnostic::do_not_recommend]
impl<S: Send + Sync> ProvidesResourceServer for S
where
    ResourceServer: FromRef<S>,
{
    /// The server that decodes tokens.
    fn resource_server(&self) -> ResourceServer {
        ResourceServer::from_ref(self)
    }
}

/// `From<AuthError>`, with a message that says what to do.
#[diagnostic::on_unimplemented(
    message = "an extractor that requires scopes cannot reject with `{Self}`",
    label = "this has no `From<AuthError>`",
    note = "implement `From<scopes_runtime::AuthError>` for `{Self}`, or write `type Rejection = AuthError`"
)]
pub trait RejectsWith {
    /// The refusal as this rejection.
    fn from_auth_error(error: AuthError) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: From<AuthError>> RejectsWith for T {
    /// The refusal as this rejection.
    fn from_auth_error(error: AuthError) -> Self {
        error.into()
    }
}

/// Why an extractor that another one takes failed. One that cannot fail needs no conversion: the inherent method wins
/// over that of [`IntoRejection`].
pub struct Rejected<E>(pub E);

impl Rejected<Infallible> {
    /// The rejection that there never is.
    pub fn into_rejection<R>(self) -> R {
        match self.0 {}
    }
}

/// `From<E>`, as a method.
pub trait IntoRejection<R> {
    /// The rejection of the extractor that took the other one.
    fn into_rejection(self) -> R;
}

impl<E, R: From<E>> IntoRejection<R> for Rejected<E> {
    fn into_rejection(self) -> R {
        self.0.into()
    }
}
