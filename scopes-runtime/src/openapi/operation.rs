use utoipa::openapi::path::{OperationBuilder, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{Ref, Required, Response, path};

use super::SCHEME_NAME;
use super::document::{FORBIDDEN, MALFORMED, UNAUTHENTICATED};
use crate::http::{PublicOperation, ScopedOperation};
use crate::scope::Requirement;

/// A handler as the document describes it.
#[derive(Clone, Copy, Debug)]
pub struct Described {
    pub(crate) name: &'static str,
    pub(crate) module: &'static str,
    documentation: &'static str,
    pub(crate) access: Access,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Access {
    Scoped(Requirement),
    Public { accepts_token: bool },
}

impl Described {
    pub(crate) fn scoped<O: ScopedOperation>() -> Self {
        Self {
            name: O::NAME,
            module: O::MODULE,
            documentation: O::DOCUMENTATION,
            access: Access::Scoped(O::REQUIREMENT),
        }
    }

    pub(crate) fn public<O: PublicOperation>() -> Self {
        Self {
            name: O::NAME,
            module: O::MODULE,
            documentation: O::DOCUMENTATION,
            access: Access::Public { accepts_token: O::ACCEPTS_TOKEN },
        }
    }

    /// The operation at an OpenAPI path.
    pub(super) fn operation(&self, path: &str, id: String) -> path::Operation {
        let (summary, description) = summary_and_description(self.documentation);
        let mut operation = OperationBuilder::new()
            .operation_id(Some(id))
            .summary(summary)
            .description(description)
            .response("default", Response::new("What the operation answers."));
        for name in parameters(path) {
            let parameter = ParameterBuilder::new()
                .name(name)
                .parameter_in(ParameterIn::Path)
                .required(Required::True)
                .schema(Some(ObjectBuilder::new().schema_type(Type::String)));
            operation = operation.parameter(parameter);
        }
        let refusals: &[_] = match self.access {
            Access::Public { accepts_token: false } => &[],
            Access::Scoped(requirement) if !accepts_every_token(requirement) => {
                &[("400", MALFORMED), ("401", UNAUTHENTICATED), ("403", FORBIDDEN)]
            }
            Access::Public { .. } | Access::Scoped(_) => &[("400", MALFORMED), ("401", UNAUTHENTICATED)],
        };
        for (status, name) in refusals {
            operation = operation.response(*status, Ref::from_response_name(*name));
        }
        operation.securities(Some(self.security())).build()
    }

    /// Alternatives as several objects, all scopes of one in one; an empty object where no token is needed, and an
    /// empty list where none is looked at.
    fn security(&self) -> Vec<SecurityRequirement> {
        let no_scopes = || SecurityRequirement::new(SCHEME_NAME, [""; 0]);
        match self.access {
            Access::Public { accepts_token: false } => Vec::new(),
            Access::Public { accepts_token: true } => vec![SecurityRequirement::default(), no_scopes()],
            Access::Scoped(requirement) => requirement
                .alternatives()
                .iter()
                .map(|scopes| SecurityRequirement::new(SCHEME_NAME, scopes.iter().map(|scope| scope.name())))
                .collect(),
        }
    }
}

fn accepts_every_token(requirement: Requirement) -> bool {
    requirement.alternatives().iter().any(Vec::is_empty)
}

/// The first paragraph, and the rest.
fn summary_and_description(documentation: &str) -> (Option<String>, Option<String>) {
    let (summary, description) = documentation.split_once("\n\n").unwrap_or((documentation, ""));
    let given = |text: String| (!text.is_empty()).then_some(text);
    (given(summary.replace('\n', " ")), given(description.trim().to_owned()))
}

/// The names between braces.
fn parameters(path: &str) -> impl Iterator<Item = &str> {
    path.split('{').skip(1).filter_map(|rest| rest.split('}').next())
}
