//! Credentials other than tokens, which extractors of the handler check.

use super::{HAS_CREDENTIALS, HAS_CREDENTIALS_IN_AUTHORIZATION, Node, Requirement};
use crate::scope::CredentialScheme;

/// For generated code.
#[doc(hidden)]
impl Requirement {
    /// Returns the requirement of an extractor that checks credentials.
    #[must_use]
    pub const fn credentials(scheme: &'static CredentialScheme) -> Self {
        let place = if scheme.is_in_authorization() { HAS_CREDENTIALS_IN_AUTHORIZATION } else { 0 };
        Self { properties: HAS_CREDENTIALS | place, ..Self::of_node(Node::Credentials(scheme)) }
    }

    /// Returns whether an extractor checks credentials of this scheme.
    #[must_use]
    pub const fn has_credentials_of(&self, wanted: &CredentialScheme) -> bool {
        if let Node::Credentials(scheme) = self.node {
            return scheme.is_same(wanted);
        }
        let mut at = 0;
        while at < self.parts().len() {
            if self.parts()[at].has_credentials_of(wanted) {
                return true;
            }
            at += 1;
        }
        false
    }

    /// Returns whether an extractor checks credentials.
    #[must_use]
    pub const fn has_credentials(&self) -> bool {
        self.properties & HAS_CREDENTIALS != 0
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
