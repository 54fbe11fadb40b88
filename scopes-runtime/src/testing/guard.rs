use std::marker::PhantomData;

use crate::http::{AuthenticatedBy, Authorized, Granted, Provable, Public, WithoutParameters, proof_of};

/// The first argument of a handler with one of the attributes: [`Authorized`], [`AuthenticatedBy`] or [`Public`]; or a proof,
/// [`Granted`]. [`guard`] returns one.
pub trait Guard: sealed::Sealed {}

impl<O> Guard for Authorized<O> {}

impl<O> Guard for AuthenticatedBy<O> {}

impl<O> Guard for Public<O> {}

impl<S: WithoutParameters> Guard for Granted<S> {}

/// Returns the guard of a handler, to call the handler as a function, or the proof that a function takes.
///
/// It checks nothing. To test the check itself, use the [`ScopeMatrix`](super::ScopeMatrix), or send a request through the
/// router.
///
/// ```
/// # use scopes_runtime::declare_scopes;
/// use scopes_runtime::testing::{access_token, guard};
/// use scopes_runtime::{AccessToken, public, requires_scopes};
/// # #[declare_scopes]
/// # enum Scope {
/// #     /// Read items.
/// #     Items = "items",
/// # }
///
/// #[requires_scopes("items")]
/// async fn greet(token: AccessToken) -> String {
///     format!("hello, {}", token.subject().unwrap_or("unknown"))
/// }
///
/// #[public]
/// async fn health() -> &'static str {
///     "ok"
/// }
///
/// # fn main() {
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// assert_eq!(greet(guard(), access_token("alice", ["items"])).await, "hello, alice");
/// assert_eq!(health(guard()).await, "ok");
/// # });
/// # }
/// ```
#[must_use]
pub fn guard<G: Guard>() -> G {
    sealed::Sealed::new()
}

/// Returns the proof of a scope with parameters, for these values, to call a function that takes it. It checks nothing.
///
/// ```
/// use scopes_runtime::testing::granted;
/// use scopes_runtime::{Granted, declare_scopes};
///
/// #[declare_scopes(types = scope)]
/// pub enum Scope {
///     /// Read the projects of an organization.
///     OrgRead = "org:{org}:read",
/// }
///
/// fn projects(grant: Granted<scope::OrgRead>) -> String {
///     format!("the projects of {}", grant.org)
/// }
///
/// let grant = granted(scope::OrgRead { org: "acme".into() });
/// assert_eq!(projects(grant), "the projects of acme");
/// ```
pub fn granted<S: Provable>(values: S) -> Granted<S> {
    proof_of(values)
}

mod sealed {
    use super::{AuthenticatedBy, Authorized, Granted, PhantomData, Public, WithoutParameters, proof_of};

    pub trait Sealed {
        fn new() -> Self;
    }

    impl<O> Sealed for Authorized<O> {
        fn new() -> Self {
            Self(PhantomData)
        }
    }

    impl<O> Sealed for AuthenticatedBy<O> {
        fn new() -> Self {
            Self(PhantomData)
        }
    }

    impl<O> Sealed for Public<O> {
        fn new() -> Self {
            Self(PhantomData)
        }
    }

    impl<S: WithoutParameters> Sealed for Granted<S> {
        fn new() -> Self {
            proof_of(S::read(&()).expect("a scope without parameters"))
        }
    }
}
