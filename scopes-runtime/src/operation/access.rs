use serde::{Serialize, Serializer};

use crate::scope::{CredentialScheme, DeclaredScope, FlatRequirement, Requirements};

/// Who may call an operation.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "access", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Access {
    /// Clients with a token, and with other credentials if there are any, that satisfy the requirements.
    Scoped(Requirements),
    /// Clients with credentials of all of these schemes, which are no access tokens.
    Authenticated {
        #[serde(serialize_with = "names")]
        credentials: Vec<&'static CredentialScheme>,
    },
    /// Every client. An invalid token is refused if the operation accepts one.
    Public {
        accepts_token: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<&'static str>,
    },
    /// Every client that the service admits: this crate checks nothing.
    Unchecked { reason: &'static str },
}

impl Access {
    /// Returns the minimal sets of scopes that satisfy the requirements. No set if no token is required; an empty one if any
    /// valid token is accepted.
    pub(crate) fn alternatives(&self) -> Vec<Vec<&'static DeclaredScope>> {
        match self {
            Self::Scoped(requirements) => requirements.alternatives(),
            Self::Authenticated { .. } | Self::Public { .. } | Self::Unchecked { .. } => Vec::new(),
        }
    }

    /// Returns the credentials that the operation requires beside or instead of a token.
    #[cfg(any(feature = "openapi", all(feature = "testing", feature = "_jwt")))]
    pub(crate) fn credentials(&self) -> Vec<&'static CredentialScheme> {
        match self {
            Self::Scoped(requirements) => requirements.credentials(),
            Self::Authenticated { credentials } => credentials.clone(),
            Self::Public { .. } | Self::Unchecked { .. } => Vec::new(),
        }
    }

    /// Returns what the handler may require of the token later.
    pub(crate) fn may_require(&self) -> FlatRequirement {
        match self {
            Self::Scoped(requirements) => requirements.may_require(),
            Self::Authenticated { .. } | Self::Public { .. } | Self::Unchecked { .. } => {
                FlatRequirement::default()
            }
        }
    }

    /// Returns all scopes that the operation requires, or may require later.
    pub(crate) fn scopes(&self) -> impl Iterator<Item = &'static DeclaredScope> {
        self.alternatives().into_iter().flatten().chain(self.may_require().scopes)
    }

    /// Returns whether a token of the request is checked.
    #[cfg(feature = "openapi")]
    pub(crate) fn accepts_token(&self) -> bool {
        match *self {
            Self::Scoped(_) => true,
            Self::Public { accepts_token, .. } => accepts_token,
            Self::Authenticated { .. } | Self::Unchecked { .. } => false,
        }
    }

    /// Returns why the operation requires no token.
    pub(crate) fn reason(&self) -> Option<&'static str> {
        match *self {
            Self::Scoped(_) | Self::Authenticated { .. } => None,
            Self::Public { reason, .. } => reason,
            Self::Unchecked { reason } => Some(reason),
        }
    }
}

fn names<S: Serializer>(schemes: &[&CredentialScheme], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(schemes.iter().map(|scheme| scheme.name()))
}
