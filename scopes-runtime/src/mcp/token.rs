//! The access token in tools and prompts.

use rmcp::handler::server::common::{AsRequestContext, FromContextPart};
use rmcp::model::{ErrorCode, ErrorData, Extensions};
use serde_json::{Map, Value};

use crate::http::AuthError;
use crate::token::AccessToken;

/// The token that the request was accepted with, in the extensions of the HTTP request.
#[derive(Clone)]
pub(crate) struct AcceptedToken(pub(crate) AccessToken);

/// The token of the request, as an argument of tools and prompts: subject, claims, scopes, and
/// [`require`](AccessToken::require).
///
/// ```
/// use rmcp::ErrorData;
/// use scopes_runtime::AccessToken;
///
/// # struct Notes;
/// # #[rmcp::tool_router]
/// # impl Notes {
/// #[rmcp::tool(description = "Returns the name of the user.")]
/// async fn whoami(&self, token: AccessToken) -> Result<String, ErrorData> {
///     Ok(token.subject().unwrap_or("unknown").to_owned())
/// }
/// # }
/// ```
impl<C: AsRequestContext> FromContextPart<C> for AccessToken {
    fn from_context_part(context: &mut C) -> Result<Self, ErrorData> {
        access_token(&context.as_request_context().extensions)
    }
}

/// Returns the token of a request from the extensions of rmcp's `RequestContext`, for methods of `ServerHandler` such as
/// `read_resource`. The [guide](crate::guide::mcp) has a server.
///
/// # Errors
///
/// Returns an internal error if the server is not served by [`ScopedRouter::route_mcp`](crate::ScopedRouter::route_mcp).
pub fn access_token(extensions: &Extensions) -> Result<AccessToken, ErrorData> {
    let parts = extensions.get::<axum::http::request::Parts>();
    let token = parts.and_then(|parts| parts.extensions.get::<AcceptedToken>());
    token.map(|AcceptedToken(token)| token.clone()).ok_or_else(|| {
        ErrorData::internal_error("the server is not served by `ScopedRouter::route_mcp`", None)
    })
}

/// A refusal inside of a tool, for `?`. The HTTP status is sent already, so the client gets a JSON-RPC error: `data` has
/// `error`, the code of RFC 6750, and `scope`, the scopes to request.
impl From<AuthError> for ErrorData {
    fn from(error: AuthError) -> Self {
        let mut data = Map::new();
        if let Some(code) = error.code() {
            data.insert("error".to_owned(), code.into());
        }
        if let Some(scope) = error.challenge().and_then(|challenge| challenge.scope()) {
            data.insert("scope".to_owned(), scope.into());
        }
        Self::new(ErrorCode::INVALID_REQUEST, error.to_string(), Some(Value::Object(data)))
    }
}
