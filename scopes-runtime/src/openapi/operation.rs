use std::collections::HashSet;

use serde_json::Value;
use utoipa::openapi::path::{Operation, OperationBuilder, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{Components, Deprecated, RefOr, Required, Response};

use super::SCHEME_NAME;
use super::refusals::REFUSALS;
use super::responses::add_refusals;
use super::security::typed_without_scopes;
use crate::http::{PublicOperation, ScopedOperation};
use crate::scope::{Authentication, DeclaredScope, Requirement, alternatives_of_all};

/// Where an operation says how its user has to have logged in, by the parameters of RFC 9470: OpenAPI has no word for it.
pub(super) const USER_AUTHENTICATION: &str = "x-user-authentication";

/// A handler as the document describes it.
#[derive(Clone, Debug)]
pub struct Described {
    pub(crate) name: &'static str,
    pub(crate) module: &'static str,
    pub(super) documentation: &'static str,
    pub(super) deprecated: bool,
    pub(super) has_operation_id: bool,
    pub(crate) access: Access,
}

#[derive(Clone, Debug)]
pub(crate) enum Access {
    /// All of them are required: the handler's, and those of the routers around it.
    Scoped(Vec<Requirement>),
    Public {
        accepts_token: bool,
        reason: Option<&'static str>,
    },
}

impl Described {
    /// A handler with `#[requires_scopes]`.
    #[must_use]
    pub fn scoped<O: ScopedOperation>() -> Self {
        Self {
            name: O::NAME,
            module: O::MODULE,
            documentation: O::DOCUMENTATION,
            deprecated: O::DEPRECATED,
            has_operation_id: O::HAS_OPERATION_ID,
            access: Access::Scoped(vec![O::REQUIREMENT]),
        }
    }

    /// A handler with `#[public]`.
    #[must_use]
    pub fn public<O: PublicOperation>() -> Self {
        Self {
            name: O::NAME,
            module: O::MODULE,
            documentation: O::DOCUMENTATION,
            deprecated: O::DEPRECATED,
            has_operation_id: O::HAS_OPERATION_ID,
            access: Access::Public { accepts_token: O::ACCEPTS_TOKEN, reason: O::REASON },
        }
    }

    /// An operation of which no more is known than the handler says.
    pub(super) fn operation(&self) -> Operation {
        let (summary, description) = summary_and_description(self.documentation);
        OperationBuilder::new()
            .summary(summary)
            .description(description)
            .deprecated(self.deprecated.then_some(Deprecated::True))
            .response("default", Response::new("What the operation answers."))
            .build()
    }

    /// Adds to an operation what it requires and how it refuses. Responses of its own are kept, with the refusals beside
    /// their content; one that is a reference stays as it is, because the components are not known here.
    #[must_use]
    pub fn guard(&self, operation: Operation) -> Operation {
        self.guard_in(operation, None)
    }

    /// As [`Described::guard`], with the components of the operation's document, among which references are resolved.
    pub(super) fn guard_in(&self, mut operation: Operation, components: Option<&Components>) -> Operation {
        operation.security = Some(self.access.security_beside(operation.security.take()));
        add_refusals(&mut operation.responses, &self.access.refusals(), components);
        if let Some(authentication) = self.access.user_authentication() {
            let extensions = operation.extensions.get_or_insert_default();
            extensions.insert(USER_AUTHENTICATION.to_owned(), authentication);
        }
        operation
    }
}

impl Access {
    /// Every minimal set of scopes that is enough; none where no token is needed.
    pub(crate) fn alternatives(&self) -> Vec<Vec<&'static DeclaredScope>> {
        match self {
            Self::Scoped(requirements) => alternatives_of_all(requirements),
            Self::Public { .. } => Vec::new(),
        }
    }

    /// How the user has to have logged in, where that matters.
    pub(super) fn user_authentication(&self) -> Option<Value> {
        let Self::Scoped(requirements) = self else { return None };
        let authentication = Authentication::of(requirements.iter().copied());
        (!authentication.is_nothing())
            .then(|| serde_json::to_value(authentication).expect("strings and a number are always JSON"))
    }

    /// Whether a token is looked at.
    pub(super) fn accepts_token(&self) -> bool {
        !matches!(self, Self::Public { accepts_token: false, .. })
    }

    /// Alternatives as several objects, all scopes of one in one; an empty object where no token is needed, and an
    /// empty list where none is looked at.
    pub(super) fn security(&self) -> Vec<SecurityRequirement> {
        match self {
            Self::Public { accepts_token: false, .. } => Vec::new(),
            Self::Public { accepts_token: true, .. } => {
                vec![SecurityRequirement::default(), SecurityRequirement::new(SCHEME_NAME, [""; 0])]
            }
            Self::Scoped(_) => {
                let one = |scopes: &Vec<&'static DeclaredScope>| {
                    let mut names: Vec<_> = scopes.iter().map(|scope| scope.name()).collect();
                    // Of two vocabularies with scopes of one name each stands there once.
                    let mut seen = HashSet::new();
                    names.retain(|name| seen.insert(*name));
                    SecurityRequirement::new(SCHEME_NAME, names)
                };
                self.alternatives().iter().map(one).collect()
            }
        }
    }

    /// The operation's `security`, where it had one before. What others secure on a public operation stays.
    pub(super) fn security_beside(
        &self,
        given: Option<Vec<SecurityRequirement>>,
    ) -> Vec<SecurityRequirement> {
        match (self, given) {
            (Self::Public { accepts_token: false, .. }, Some(given)) => typed_without_scopes(&given),
            _ => self.security(),
        }
    }

    /// The statuses of the refusals that there are, and their names among the components.
    pub(super) fn refusals(&self) -> Vec<(u16, &'static str)> {
        let requires_scopes = match self {
            Self::Public { accepts_token: false, .. } => return Vec::new(),
            Self::Public { .. } => false,
            Self::Scoped(_) => !self.alternatives().iter().any(Vec::is_empty),
        };
        REFUSALS.into_iter().filter(|(status, _)| *status != 403 || requires_scopes).collect()
    }
}

/// Adds the parameters that an OpenAPI path has and the operation does not describe.
pub(super) fn describe_parameters(path: &str, operation: &mut Operation) {
    let parameters = operation.parameters.get_or_insert_default();
    for name in parameter_names(path) {
        let is_described = |parameter: &RefOr<Parameter>| match parameter {
            RefOr::T(parameter) => {
                parameter.name == name && matches!(parameter.parameter_in, ParameterIn::Path)
            }
            // Whatever it refers to, a second description of the same one would make the document invalid.
            RefOr::Ref(_) => true,
        };
        if !parameters.iter().any(is_described) {
            let parameter = ParameterBuilder::new()
                .name(name)
                .parameter_in(ParameterIn::Path)
                .required(Required::True)
                .schema(Some(ObjectBuilder::new().schema_type(Type::String)));
            parameters.push(parameter.build().into());
        }
    }
    if parameters.is_empty() {
        operation.parameters = None;
    }
}

/// The first paragraph, and the rest.
pub(super) fn summary_and_description(documentation: &str) -> (Option<String>, Option<String>) {
    let (summary, description) = documentation.split_once("\n\n").unwrap_or((documentation, ""));
    let given = |text: String| (!text.is_empty()).then_some(text);
    let summary: Vec<_> = summary.lines().map(str::trim).collect();
    (given(summary.join(" ")), given(description.trim().to_owned()))
}

/// The names between braces.
fn parameter_names(path: &str) -> impl Iterator<Item = &str> {
    path.split('{').skip(1).filter_map(|rest| rest.split('}').next())
}
