//! Credentials other than tokens, which extractors of the handler check.

use super::{Node, Requirement};
use crate::scope::CredentialScheme;

/// For generated code.
#[doc(hidden)]
impl Requirement {
    /// Returns the requirement of an extractor that checks credentials.
    #[must_use]
    pub const fn credentials(scheme: &'static CredentialScheme) -> Self {
        Self::without_parameters(Node::Credentials(scheme))
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
        let children = match (self.node, wanted) {
            (
                Node::Scope(_)
                | Node::Authentication { .. }
                | Node::Dpop
                | Node::MayRequire(_)
                | Node::Parameter(_),
                _,
            ) => {
                return false;
            }
            (Node::Credentials(_), None) => return true,
            (Node::Credentials(scheme), Some(wanted)) => return scheme.is_same(wanted),
            (Node::All(children) | Node::Any(children), _) => children,
        };
        let mut at = 0;
        while at < children.len() {
            if children[at].has_credentials_where(wanted) {
                return true;
            }
            at += 1;
        }
        false
    }

    /// Returns whether credentials are in the `Authorization` header, which a request with an access token cannot have twice.
    pub(super) const fn has_credentials_in_authorization(&self) -> bool {
        let children = match self.node {
            Node::Scope(_)
            | Node::Authentication { .. }
            | Node::Dpop
            | Node::MayRequire(_)
            | Node::Parameter(_) => {
                return false;
            }
            Node::Credentials(scheme) => return scheme.is_in_authorization(),
            Node::All(children) | Node::Any(children) => children,
        };
        let mut at = 0;
        while at < children.len() {
            if children[at].has_credentials_in_authorization() {
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
        match self.node {
            Node::Scope(_)
            | Node::Authentication { .. }
            | Node::Dpop
            | Node::MayRequire(_)
            | Node::Parameter(_) => {}
            Node::All(requirements) | Node::Any(requirements) => {
                requirements.iter().for_each(|inner| inner.add_credentials(all));
            }
            Node::Credentials(scheme) => {
                if !all.iter().any(|other| other.is_same(scheme)) {
                    all.push(scheme);
                }
            }
        }
    }
}
