//! The conversions of refusals into an extractor's rejection.

use std::convert::Infallible;

use super::AuthError;

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
