//! Credentials other than tokens, which extractors of the handler check.

use super::{HAS_CREDENTIALS_IN_AUTHORIZATION, Node, Requirement};
use crate::scope::CredentialScheme;

/// For generated code.
#[doc(hidden)]
impl Requirement {
    /// Returns the requirement of an extractor that checks credentials.
    #[must_use]
    pub const fn credentials(scheme: &'static CredentialScheme) -> Self {
        let properties = if scheme.is_in_authorization() { HAS_CREDENTIALS_IN_AUTHORIZATION } else { 0 };
        Self { properties, ..Self::of_node(Node::Credentials(scheme)) }
    }

    /// Returns whether an extractor checks credentials of this scheme.
    #[must_use]
    pub const fn has_credentials_of(&self, scheme: &CredentialScheme) -> bool {
        self.has_credentials_where(Some(scheme))
    }

    /// Returns whether an extractor checks credentials.
    #[must_use]
    pub const fn has_credentials(&self) -> bool {
        self.has_credentials_where(None)
    }

    const fn has_credentials_where(&self, wanted: Option<&CredentialScheme>) -> bool {
        if let Node::Credentials(scheme) = self.node {
            return match wanted {
                Some(wanted) => scheme.is_same(wanted),
                None => true,
            };
        }
        let mut at = 0;
        while at < self.parts().len() {
            if self.parts()[at].has_credentials_where(wanted) {
                return true;
            }
            at += 1;
        }
        false
    }
}

impl Requirement {
    /// Adds the schemes that are not yet in the list. It may get different schemes of one name, which documents reject.
    pub(in crate::scope) fn add_credentials(&self, all: &mut Vec<&'static CredentialScheme>) {
        if let Node::Credentials(scheme) = self.node
            && !all.iter().any(|other| other.is_same(scheme))
        {
            all.push(scheme);
        }
        self.parts().iter().for_each(|part| part.add_credentials(all));
    }
}
