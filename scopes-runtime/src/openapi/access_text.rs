//! What an operation requires, in words, for readers of its description. `security` is not shown by all tools, and has no
//! implications.

use utoipa::openapi::path::Operation;

use super::security::OperationSecurity;
use crate::operation::Access;
use crate::scope::{Authentication, CredentialScheme, DeclaredScope, Requirements};

/// Begins the paragraph, which is the last one of a description.
const MARKER: &str = "**Access:** ";

/// Adds the paragraph to the description of the operation. It replaces one that was added before.
pub(super) fn add_access_text(security: &OperationSecurity, operation: &mut Operation) {
    operation.description = with_access_text(operation.description.take(), &security.access);
}

/// Returns a description with the paragraph.
pub(super) fn with_access_text(description: Option<String>, access: &Access) -> Option<String> {
    let mut description = description.unwrap_or_default();
    let start =
        if description.starts_with(MARKER) { Some(0) } else { description.rfind(&format!("\n\n{MARKER}")) };
    description.truncate(start.unwrap_or(description.len()));
    if let Some(text) = text(access) {
        if !description.is_empty() {
            description.push_str("\n\n");
        }
        description.push_str(MARKER);
        description.push_str(&text);
    }
    (!description.is_empty()).then_some(description)
}

/// Returns the text. `None` if the operation checks nothing.
fn text(access: &Access) -> Option<String> {
    match access {
        Access::Public { accepts_token: false, .. } | Access::Unchecked { .. } => None,
        Access::Public { accepts_token: true, .. } => Some("An access token is optional.".to_owned()),
        Access::Authenticated { credentials } => Some(format!("Requires {}.", names(credentials))),
        Access::Scoped(requirements) => Some(text_of_requirements(requirements)),
    }
}

fn text_of_requirements(requirements: &Requirements) -> String {
    let alternatives = requirements.written_alternatives();
    let mut text = if alternatives.iter().any(Vec::is_empty) {
        "Requires a valid access token".to_owned()
    } else {
        let sets: Vec<_> =
            alternatives.iter().map(|scopes| joined(scopes.iter().map(|one| one.name()))).collect();
        format!("Requires an access token with {}", sets.join(", or with "))
    };
    let credentials = requirements.credentials();
    if !credentials.is_empty() {
        text.push_str(&format!(", and {}", names(&credentials)));
    }
    text.push('.');
    let mut described: Vec<&DeclaredScope> = Vec::new();
    for scope in alternatives.into_iter().flatten() {
        let is_new = !described.iter().any(|other| other.name() == scope.name());
        if is_new && !scope.implied_by().is_empty() {
            let broader = scope.implied_by().iter().map(|name| format!("`{name}`")).collect::<Vec<_>>();
            text.push_str(&format!(" {} includes `{}`.", broader.join(" or "), scope.name()));
            described.push(scope);
        }
    }
    for parameter in requirements.parameters() {
        let is_extracted = requirements.has_extractor_of(parameter);
        let source = if is_extracted { "a value of the request" } else { "the path parameter of this name" };
        text.push_str(&format!(" `{{{parameter}}}` is {source}."));
    }
    let Authentication { acr_values, max_age } = requirements.authentication();
    if let Some(values) = acr_values {
        let values: Vec<_> = values.iter().map(|value| format!("`{value}`")).collect();
        text.push_str(&format!(" The user must have authenticated with `acr` {}.", values.join(" or ")));
    }
    if let Some(seconds) = max_age {
        text.push_str(&format!(" The user must have authenticated at most {seconds} s ago."));
    }
    if requirements.requires_dpop() {
        text.push_str(" The token must be bound to a key of the client, and sent with a DPoP proof.");
    }
    let later: Vec<_> = requirements.may_require().list().map(|name| format!("`{name}`")).collect();
    if !later.is_empty() {
        text.push_str(&format!(" May require later: {}.", later.join(", ")));
    }
    text
}

fn names(credentials: &[&CredentialScheme]) -> String {
    format!("the credentials {}", joined(credentials.iter().map(|scheme| scheme.name())))
}

fn joined<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" and ")
}
