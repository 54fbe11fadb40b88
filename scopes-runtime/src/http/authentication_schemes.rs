//! The authentication schemes of requests and challenges: `Bearer` (RFC 6750) and `DPoP` (RFC 9449).

use crate::token::AccessToken;

/// The authentication schemes of a server.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) enum AuthenticationSchemes {
    #[default]
    Bearer,
    #[cfg(feature = "bound-tokens")]
    BearerAndDpop,
    #[cfg(feature = "bound-tokens")]
    Dpop,
}

/// The authentication scheme of a request.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Scheme {
    Bearer,
    Dpop,
}

impl Scheme {
    /// Returns the scheme that a valid token was sent with. A server accepts a token that is bound to a key with `DPoP` only.
    #[cfg_attr(not(feature = "bound-tokens"), expect(unused_variables))]
    pub(super) fn of(token: &AccessToken) -> Self {
        #[cfg(feature = "bound-tokens")]
        if token.confirmation().is_some_and(|confirmation| confirmation.key.is_some()) {
            return Self::Dpop;
        }
        Self::Bearer
    }
}

impl AuthenticationSchemes {
    /// Returns the schemes of an operation of a server with these: only `DPoP` if the token must be bound to a key (RFC 9449
    /// section 7.1).
    #[cfg_attr(not(feature = "bound-tokens"), expect(unused_variables))]
    pub(super) fn of_operation(self, requires_dpop: bool) -> Self {
        #[cfg(feature = "bound-tokens")]
        if requires_dpop {
            return Self::Dpop;
        }
        self
    }

    /// Returns how many schemes a refusal may be rendered for.
    pub(super) fn count(self) -> usize {
        match self {
            Self::Bearer => 1,
            #[cfg(feature = "bound-tokens")]
            Self::Dpop => 1,
            #[cfg(feature = "bound-tokens")]
            Self::BearerAndDpop => 2,
        }
    }

    /// Returns the name of the scheme that clients should use.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Bearer => "Bearer",
            #[cfg(feature = "bound-tokens")]
            Self::BearerAndDpop => "Bearer",
            #[cfg(feature = "bound-tokens")]
            Self::Dpop => "DPoP",
        }
    }

    /// Returns only `DPoP` for a request that used it, otherwise all schemes.
    pub(super) fn attempted(self, scheme: Scheme) -> Self {
        match (self, scheme) {
            #[cfg(feature = "bound-tokens")]
            (Self::BearerAndDpop, Scheme::Dpop) => Self::Dpop,
            _ => self,
        }
    }

    pub(super) fn index_of(self, scheme: Scheme) -> usize {
        if self.count() == 1 { 0 } else { scheme as usize }
    }

    /// Returns the start of the challenge that has the parameters of the refusal: that of the scheme of the request (RFC 9449
    /// section 7.2).
    pub(super) fn first_challenge(self, scheme: Scheme, realm: &str) -> String {
        match (self, scheme) {
            #[cfg(feature = "bound-tokens")]
            (Self::Dpop, _) | (Self::BearerAndDpop, Scheme::Dpop) => dpop_challenge(realm),
            _ => bearer_challenge(realm),
        }
    }

    /// Returns the challenge of the other scheme, if the server accepts both. It has no error, because the client did not use
    /// the scheme.
    pub(super) fn second_challenge(self, scheme: Scheme, realm: &str) -> Option<String> {
        match (self, scheme) {
            #[cfg(feature = "bound-tokens")]
            (Self::BearerAndDpop, Scheme::Bearer) => Some(dpop_challenge(realm)),
            #[cfg(feature = "bound-tokens")]
            (Self::BearerAndDpop, Scheme::Dpop) => Some(bearer_challenge(realm)),
            _ => {
                let _ = realm;
                None
            }
        }
    }
}

fn bearer_challenge(realm: &str) -> String {
    format!("Bearer realm=\"{realm}\"")
}

#[cfg(feature = "bound-tokens")]
fn dpop_challenge(realm: &str) -> String {
    format!("DPoP realm=\"{realm}\", algs=\"{}\"", crate::token::DPOP_ALGORITHMS.join(" "))
}
