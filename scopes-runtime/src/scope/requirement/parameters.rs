//! Parameters of the scopes of a requirement, and the extractors that give their values.

use super::{HAS_PARAMETERS, Node, Requirement};
use crate::scope::DeclaredScope;
use crate::scope::const_str::{ConstText, is_one_of, str_eq};
use crate::scope::parameter_source::ParameterSource;
use crate::scope::parameters::next_parameter;

/// For generated code.
#[doc(hidden)]
impl Requirement {
    /// Returns the requirement of a handler whose path has these parameters.
    #[must_use]
    #[track_caller]
    pub const fn at_path(self, parameters: &[&str]) -> Self {
        if self.has_parameters()
            && let Some((parameter, scope)) = self.missing_parameter_of(&self, parameters)
        {
            let message = ConstText::of(&[
                "path without the parameter `{",
                parameter,
                "}` of the required scope `",
                scope.name(),
                "`; give a parameter of the path this name, or document it in `params(…)` if `nest` adds it",
            ]);
            panic!("{}", message.as_str());
        }
        self
    }

    /// Returns whether a scope has the parameter.
    #[must_use]
    pub const fn names_parameter(&self, parameter: &str) -> bool {
        if let Node::Scope(scope) = self.node {
            let mut rest = scope.name();
            while let Some((_, own, after)) = next_parameter(rest) {
                if str_eq(own, parameter) {
                    return true;
                }
                rest = after;
            }
        }
        let mut at = 0;
        while at < self.parts().len() {
            if self.parts()[at].names_parameter(parameter) {
                return true;
            }
            at += 1;
        }
        false
    }

    /// Returns whether the scopes have only these parameters.
    #[must_use]
    pub const fn names_only_parameters(&self, parameters: &[&str]) -> bool {
        Self::ANY_VALID_TOKEN.missing_parameter_of(self, parameters).is_none()
    }

    /// Returns a parameter of the scopes of `other`, and its scope, that is neither in the list nor given by an extractor of
    /// this requirement.
    const fn missing_parameter_of(
        &self,
        other: &Self,
        parameters: &[&str],
    ) -> Option<(&'static str, &'static DeclaredScope)> {
        if let Node::Scope(scope) = other.node {
            let mut rest = scope.name();
            while let Some((_, parameter, after)) = next_parameter(rest) {
                if !is_one_of(parameter, parameters) && !self.gives(parameter) {
                    return Some((parameter, scope));
                }
                rest = after;
            }
        }
        let mut at = 0;
        while at < other.parts().len() {
            let missing = self.missing_parameter_of(&other.parts()[at], parameters);
            if missing.is_some() {
                return missing;
            }
            at += 1;
        }
        None
    }

    /// Returns whether an extractor gives the value of the parameter.
    const fn gives(&self, parameter: &str) -> bool {
        if let Node::Parameter(source) = self.node {
            return str_eq(source.parameter, parameter);
        }
        let mut at = 0;
        while at < self.parts().len() {
            if self.parts()[at].gives(parameter) {
                return true;
            }
            at += 1;
        }
        false
    }
}

impl Requirement {
    /// Returns the declaration that an extractor gives the value of a parameter.
    pub(crate) const fn parameter(source: &'static ParameterSource) -> Self {
        Self::of_node(Node::Parameter(source))
    }

    /// Returns whether a scope outside of `may_require` has a parameter.
    pub(crate) const fn has_parameters(&self) -> bool {
        self.properties & HAS_PARAMETERS != 0
    }

    /// Returns whether this holds for each parameter of the scopes outside of `may_require`.
    pub(in crate::scope) fn all_parameters(&self, holds: &impl Fn(&'static str) -> bool) -> bool {
        if !self.has_parameters() {
            return true;
        }
        if let Node::Scope(scope) = self.node {
            return scope.parameters().all(holds);
        }
        self.parts().iter().all(|part| part.all_parameters(holds))
    }

    /// Adds the parameters of the scopes outside of `may_require`, each once.
    pub(in crate::scope) fn add_parameters(&self, all: &mut Vec<&'static str>) {
        if let Node::Scope(scope) = self.node {
            for parameter in scope.parameters() {
                if !all.contains(&parameter) {
                    all.push(parameter);
                }
            }
        }
        self.parts().iter().for_each(|part| part.add_parameters(all));
    }

    /// Adds the extractors that give values of parameters.
    pub(in crate::scope) fn add_parameter_sources(&self, all: &mut Vec<&'static ParameterSource>) {
        if let Node::Parameter(source) = self.node {
            all.push(source);
        }
        self.parts().iter().for_each(|part| part.add_parameter_sources(all));
    }
}
