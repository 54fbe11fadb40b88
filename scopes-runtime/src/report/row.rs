use utoipa::openapi::path::HttpMethod;

use super::ANY_METHOD;
use crate::openapi::{self, Method, Route};
use crate::scope::Requirement;

/// One operation of a router, as a report is made of it.
pub(crate) struct Row {
    /// In capitals, or `*` for every method that has no row of its own.
    pub(crate) method: String,
    /// As axum writes it.
    pub(crate) path: String,
    /// The path of the function, where it is one.
    pub(crate) handler: Option<String>,
    pub(crate) access: Access,
}

/// Who may call an operation.
pub(crate) enum Access {
    /// Whoever has a token that meets all of the requirements.
    Scoped(Vec<Requirement>),
    /// Everyone, though a bad token may be refused.
    Public { accepts_token: bool, reason: Option<&'static str> },
    /// Whomever a service lets in that this crate knows nothing of.
    Foreign { reason: &'static str },
}

impl From<&Route> for Row {
    fn from(route: &Route) -> Self {
        let method = match route.method {
            Method::One(HttpMethod::Delete) => "DELETE",
            Method::One(HttpMethod::Get) => "GET",
            Method::One(HttpMethod::Head) => "HEAD",
            Method::One(HttpMethod::Options) => "OPTIONS",
            Method::One(HttpMethod::Patch) => "PATCH",
            Method::One(HttpMethod::Post) => "POST",
            Method::One(HttpMethod::Put) => "PUT",
            Method::One(HttpMethod::Trace) => "TRACE",
            Method::Connect => "CONNECT",
            Method::Other => "OTHER",
            Method::Any | Method::Fallback => ANY_METHOD,
        };
        let access = match &route.described.access {
            openapi::Access::Scoped(requirements) => Access::Scoped(requirements.clone()),
            &openapi::Access::Public { accepts_token, reason } => Access::Public { accepts_token, reason },
        };
        Self {
            method: method.to_owned(),
            path: route.path.clone(),
            handler: Some(format!("{}::{}", route.described.module, route.described.name)),
            access,
        }
    }
}
