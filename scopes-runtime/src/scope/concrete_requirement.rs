use super::Requirement;

/// A [`Requirement`] with values for the parameters of its scopes. [`scopes!`](crate::scopes) makes it, for
/// [`AccessToken::require`](crate::AccessToken::require).
///
/// ```
/// # use scopes_runtime::declare_scopes;
/// use scopes_runtime::{AccessToken, AuthError, requires_scopes, scopes};
/// # #[declare_scopes]
/// # enum Scope {
/// #     /// Read the projects of an organization.
/// #     OrgRead = "org:{org}:read",
/// # }
/// # struct Project { org: String }
/// # fn find_project() -> Project { Project { org: "acme".to_owned() } }
///
/// #[requires_scopes(may_require("org:{org}:read"))]
/// async fn read_project(token: AccessToken) -> Result<&'static str, AuthError> {
///     let project = find_project();
///     token.require(scopes!("org:{org}:read", org = project.org))?;
///     Ok("the project")
/// }
/// # fn main() {}
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ConcreteRequirement<'a, const N: usize> {
    requirement: Requirement,
    values: [(&'static str, &'a str); N],
}

impl<'a, const N: usize> ConcreteRequirement<'a, N> {
    /// For generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(requirement: Requirement, values: [(&'static str, &'a str); N]) -> Self {
        Self { requirement, values }
    }
}

/// A [`Requirement`], with or without values for its parameters. [`AccessToken::require`](crate::AccessToken::require) takes
/// it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a requirement",
    label = "expected a requirement, such as `scopes!(\"items\")`"
)]
pub trait TokenRequirement: sealed::Sealed {}

impl TokenRequirement for Requirement {}

impl<const N: usize> TokenRequirement for ConcreteRequirement<'_, N> {}

/// The argument of [`ScopedRouter::require`](crate::ScopedRouter::require): a [`Requirement`]. The values of its parameters are
/// read from the request.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a requirement",
    label = "expected a requirement, such as `scopes!(\"items\")`"
)]
pub trait RouterRequirement: TokenRequirement {}

impl RouterRequirement for Requirement {}

pub(crate) mod sealed {
    use super::{ConcreteRequirement, Requirement};

    pub trait Sealed {
        fn requirement(&self) -> Requirement;

        fn values(&self) -> &[(&'static str, &str)];
    }

    impl Sealed for Requirement {
        fn requirement(&self) -> Requirement {
            *self
        }

        fn values(&self) -> &[(&'static str, &str)] {
            &[]
        }
    }

    impl<const N: usize> Sealed for ConcreteRequirement<'_, N> {
        fn requirement(&self) -> Requirement {
            self.requirement
        }

        fn values(&self) -> &[(&'static str, &str)] {
            &self.values
        }
    }
}
