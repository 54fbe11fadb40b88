//! How the user must have authenticated.

use super::{Node, REQUIRES_AUTHENTICATION, Requirement};
use crate::scope::{Authenticated, Authentication};

/// For generated code.
#[doc(hidden)]
impl Requirement {
    /// Requires one of these authentication contexts (any, if the list is empty) and, if given, an authentication at most
    /// `max_age` seconds ago.
    #[must_use]
    pub const fn authentication(acr_values: &'static [&'static str], max_age: Option<u64>) -> Self {
        let node = Node::Authentication { acr_values, max_age };
        Self { properties: REQUIRES_AUTHENTICATION, ..Self::of_node(node) }
    }
}

impl Requirement {
    /// Returns whether the user authenticated as required. `acr` and `max_age` are never inside an alternative.
    pub(crate) fn accepts_authentication(&self, authenticated: Authenticated<'_>) -> bool {
        match self.node {
            Node::Scope(_) | Node::Dpop | Node::MayRequire(_) | Node::Credentials(_) | Node::Parameter(_) => {
                true
            }
            Node::All(requirements) | Node::Any(requirements) => {
                requirements.iter().all(|inner| inner.accepts_authentication(authenticated))
            }
            Node::Authentication { acr_values, max_age } => authenticated.meets(acr_values, max_age),
        }
    }

    /// Returns whether the user must have authenticated in some way.
    pub(crate) const fn requires_authentication(&self) -> bool {
        self.properties & REQUIRES_AUTHENTICATION != 0
    }

    fn add_authentication(&self, all: &mut Authentication) {
        if let Node::Authentication { acr_values, max_age } = self.node {
            all.add(acr_values, max_age);
        }
        self.parts().iter().for_each(|part| part.add_authentication(all));
    }
}

/// Returns how the user must have authenticated for all of the requirements.
pub(crate) fn authentication_of_all<'a>(
    requirements: impl IntoIterator<Item = &'a Requirement>,
) -> Authentication {
    let mut all = Authentication::default();
    requirements.into_iter().for_each(|requirement| requirement.add_authentication(&mut all));
    all
}
