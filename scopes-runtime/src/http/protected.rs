//! What generated code asks of types: what an extractor requires, and what a state and a rejection must offer.

use std::convert::Infallible;
use std::marker::PhantomData;

use axum::extract::FromRef;

use super::{AuthError, ResourceServer};
use crate::scope::Requirement;

/// An extractor that requires something of the token. `#[requires_scopes]` on its `impl` implements this.
pub trait Requires {
    /// What a token must be allowed to do for the extractor to succeed.
    const REQUIREMENT: Requirement;
}

/// Asks of any type whether it [`Requires`] something: where it does, the inherent constants win over those of
/// [`Unprotected`], which every type has.
pub struct Probe<T: ?Sized>(PhantomData<T>);

impl<T: Requires + ?Sized> Probe<T> {
    /// What the type requires.
    pub const __SCOPES_REQUIREMENT: Requirement = T::REQUIREMENT;
    /// Whether it insists on a token.
    pub const __SCOPES_PROTECTED: bool = true;
}

/// An extractor that takes a token where there is one.
pub trait OptionalToken {}

impl<T: OptionalToken + ?Sized> Probe<T> {
    /// It does.
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

/// What [`Probe`] says of types that require nothing.
pub trait Unprotected {
    /// It does not.
    const __SCOPES_ACCEPTS_TOKEN: bool = false;
    /// Nothing.
    const __SCOPES_REQUIREMENT: Requirement = Requirement::AUTHENTICATED;
    /// It does not.
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
