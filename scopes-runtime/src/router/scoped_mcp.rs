use std::collections::BTreeSet;
use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{FromRequestParts as _, RawPathParams, Request};
use axum::handler::Handler;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream::StreamExt as _;
use serde_json::{Value, json};
use tower_service::Service;

#[cfg(feature = "testing")]
use super::dry_run::DryRun;
use super::router_requirements::RouterRequirements;
use super::scoped_service::ServiceArguments;
use crate::ResourceServer;
#[cfg(feature = "metrics")]
use crate::http::count_admission;
use crate::http::parameter_values;
use crate::mcp::{
    AcceptedToken, Malformed, McpConfig, Messages, SessionOwner, Visible, is_event_stream, is_json,
};
use crate::operation::ItemKind;
use crate::scope::{Requirement, Requirements};
use crate::token::AccessToken;

const SESSION_ID: HeaderName = HeaderName::from_static("mcp-session-id");
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
const PROTOCOL_VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");
/// Headers that describe a body. A service that forwards a request with these and without its body would let the next request
/// of the connection be read as the body.
const HEADERS_OF_BODY: [HeaderName; 6] = [
    header::CONTENT_ENCODING,
    header::CONTENT_LENGTH,
    header::CONTENT_TYPE,
    header::EXPECT,
    header::TRAILER,
    header::TRANSFER_ENCODING,
];
/// The first version of the protocol without sessions.
const WITHOUT_SESSIONS: &str = "2026-07-28";

/// The error codes of JSON-RPC.
const INVALID_REQUEST: i32 = -32600;
const INVALID_PARAMS: i32 = -32602;

/// An MCP server whose requirements are checked before it runs.
#[derive(Clone)]
pub(super) struct ScopedMcp<T, S> {
    service: T,
    requirement: Requirement,
    config: Arc<McpConfig>,
    server: fn(&S) -> ResourceServer,
    routers: RouterRequirements,
}

impl<T, S> ScopedMcp<T, S> {
    pub(super) fn new(
        service: T,
        requirement: Requirement,
        config: McpConfig,
        server: fn(&S) -> ResourceServer,
        routers: RouterRequirements,
    ) -> Self {
        Self { service, requirement, config: Arc::new(config), server, routers }
    }
}

impl<T, S> Handler<ServiceArguments, S> for ScopedMcp<T, S>
where
    T: Service<Request, Error = Infallible> + Clone + Send + Sync + 'static,
    T::Response: IntoResponse,
    T::Future: Send + 'static,
    S: Clone + Send + Sync + 'static,
{
    type Future = Pin<Box<dyn Future<Output = Response> + Send>>;

    fn call(self, request: Request, state: S) -> Self::Future {
        let check = EndpointCheck {
            server: (self.server)(&state),
            endpoint: Requirements::new(self.requirement, self.routers.get()),
            config: self.config,
        };
        let mut service = self.service;
        Box::pin(async move {
            #[cfg(feature = "testing")]
            let dry_run = DryRun::of(request.extensions());
            let AuthorizedRequest { request, token, path, visible } = match check.authorize(request).await {
                Ok(admitted) => admitted,
                Err(refusal) => return refusal,
            };
            #[cfg(feature = "testing")]
            if let Some(dry_run) = dry_run {
                return dry_run.response();
            }
            #[cfg(feature = "metrics")]
            count_admission();
            let header = request.headers().get(header::AUTHORIZATION).cloned();
            let Ok(()) = poll_fn(|context| service.poll_ready(context)).await;
            let Ok(response) = service.call(request).await;
            let mut response = response.into_response();
            check.bind_session(&token, header.as_ref(), path.as_ref(), response.headers_mut());
            let expired = token.expired();
            if let Some(visible) = visible {
                response = visible.apply(response).await;
            }
            if is_event_stream(response.headers()) {
                // A client resumes its stream with a new token.
                response =
                    response.map(|body| Body::from_stream(body.into_data_stream().take_until(expired)));
            }
            response
        })
    }
}

/// The check of the requests to an endpoint.
struct EndpointCheck {
    server: ResourceServer,
    endpoint: Requirements,
    config: Arc<McpConfig>,
}

/// A request that may reach the service.
struct AuthorizedRequest {
    request: Request,
    token: AccessToken,
    /// `None` if no axum router has routed the request.
    path: Option<RawPathParams>,
    /// If the response is read.
    visible: Option<Visible>,
}

impl EndpointCheck {
    /// Returns the request, or the response that refuses it.
    async fn authorize(&self, request: Request) -> Result<AuthorizedRequest, Response> {
        let (mut parts, body) = request.into_parts();
        // Messages on an upgraded connection would not be checked. Clients may also offer HTTP/2 by `Upgrade`.
        parts.headers.remove(header::UPGRADE);
        let authenticated = self.server.authenticate_operation(&mut parts, &self.endpoint);
        authenticated.await.map_err(IntoResponse::into_response)?;
        let read = if parts.method == Method::POST {
            self.read(&parts.headers, body).await.map(|(messages, bytes)| (Some(messages), Body::from(bytes)))
        } else if parts.method == Method::CONNECT {
            Err(StatusCode::METHOD_NOT_ALLOWED.into_response())
        } else {
            // Messages come by POST only. A service that reads them from other requests too must not get one unchecked.
            HEADERS_OF_BODY.iter().for_each(|name| drop(parts.headers.remove(name)));
            Ok((None, Body::empty()))
        };
        let operation = match &read {
            Ok((Some(messages), _)) => self.endpoint.with_parts(self.requirements(messages)),
            Ok((None, _)) | Err(_) => self.endpoint.clone(),
        };
        let has_few_alternatives = operation.has_few_alternatives();
        let operation = if has_few_alternatives { operation } else { self.endpoint.clone() };
        // Clients without the scopes get no error about the body.
        let authorized = self.server.authorize_operation(&mut parts, None, operation);
        authorized.await.map_err(IntoResponse::into_response)?;
        let (messages, body) = read?;
        if !has_few_alternatives {
            return Err(malformed(&Malformed("the batch has too many alternatives of scopes")));
        }
        if let Some(unknown) = messages.as_ref().and_then(|messages| self.unknown(messages)) {
            return Err(unknown);
        }
        let token = self.server.authorize_part(&mut parts, Requirement::ANY_VALID_TOKEN);
        let token = token.await.map_err(IntoResponse::into_response)?;
        let path = match RawPathParams::from_request_parts(&mut parts, &()).await {
            Ok(path) => Some(path),
            Err(RawPathParamsRejection::MissingPathParams(_)) => None,
            Err(not_utf_8) => return Err(not_utf_8.into_response()),
        };
        if !self.unbind_session(&token, path.as_ref(), &mut parts.headers) {
            return Err((StatusCode::NOT_FOUND, "the session does not exist").into_response());
        }
        let reads_response = match &messages {
            Some(messages) => messages.0.iter().any(|message| message.reads_response),
            // A stream may be that of an earlier request.
            None => parts.method == Method::GET,
        };
        let visible = self.visible(&mut parts, &token, reads_response);
        parts.extensions.insert(AcceptedToken(token.clone()));
        Ok(AuthorizedRequest { request: Request::from_parts(parts, body), token, path, visible })
    }

    /// Returns what the client may see of lists, if the response is read. Notifies the stream of the session if that is other
    /// than with its last token.
    fn visible(&self, parts: &mut Parts, token: &AccessToken, reads_response: bool) -> Option<Visible> {
        let config = Arc::clone(&self.config);
        let session = parts.headers.get(SESSION_ID).and_then(|id| id.to_str().ok()).map(str::to_owned);
        let notified = session.as_deref().filter(|session| self.config.list_changes.has_stream(session));
        if !reads_response && notified.is_none() {
            return None;
        }
        let all = self.endpoint.with_parts(config.items.iter().map(|(.., requirement)| requirement));
        let endpoint = self.endpoint.clone().with_values(parameter_values(parts, &all));
        let opened = session.clone().filter(|_| parts.method == Method::GET);
        let visible = Visible { config, endpoint, token: token.clone(), session: opened };
        if let Some(session) = notified {
            self.config.list_changes.update(session, visible.usable());
        }
        reads_response.then_some(visible)
    }

    /// Reads the messages of a body, up to the limit.
    async fn read(&self, headers: &HeaderMap, body: Body) -> Result<(Messages, Bytes), Response> {
        if !is_json(headers) {
            let problem = "the body must be `application/json`";
            return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, problem).into_response());
        }
        let mut chunks = body.into_data_stream();
        let mut bytes = Vec::new();
        while let Some(chunk) = chunks.next().await {
            let Ok(chunk) = chunk else { return Err(StatusCode::BAD_REQUEST.into_response()) };
            if chunk.len() > self.config.max_body_bytes - bytes.len() {
                return Err(StatusCode::PAYLOAD_TOO_LARGE.into_response());
            }
            bytes.extend_from_slice(&chunk);
        }
        let messages = Messages::parse(&bytes).map_err(|problem| malformed(&problem))?;
        Ok((messages, bytes.into()))
    }

    /// Returns the requirements of the items that the messages use, each once and in the order of the endpoint's items.
    fn requirements(&self, messages: &Messages) -> Vec<Requirement> {
        let used = messages.0.iter().flat_map(|message| &message.items);
        let positions: BTreeSet<_> =
            used.flat_map(|(kind, name)| self.config.items.find(*kind, name)).collect();
        positions.into_iter().map(|at| self.config.items.requirement(at)).collect()
    }

    /// Returns the response to messages that use an item which is not declared.
    fn unknown(&self, messages: &Messages) -> Option<Response> {
        let is_unknown = |(kind, name): &&(ItemKind, String)| self.config.items.find(*kind, name).is_empty();
        let (message, (kind, _)) =
            messages.0.iter().find_map(|message| Some((message, message.items.iter().find(is_unknown)?)))?;
        if messages.0.len() > 1 {
            return Some(malformed(&Malformed("a message of the batch uses what does not exist")));
        }
        let Some(id) = &message.id else { return Some(StatusCode::ACCEPTED.into_response()) };
        // -32602 is the code of rmcp; -32002 was that of resources before 2026-07-28.
        Some(json_rpc_error(StatusCode::OK, id, INVALID_PARAMS, &format!("{} not found", kind.word())))
    }

    /// Replaces the session id of the request by that of the service. Returns whether the client may use the session and the
    /// stream.
    fn unbind_session(
        &self,
        token: &AccessToken,
        path: Option<&RawPathParams>,
        headers: &mut HeaderMap,
    ) -> bool {
        let mut ids = headers.get_all(SESSION_ID).iter();
        let id = match (ids.next(), ids.next()) {
            (None, _) => None,
            (Some(id), None) => {
                let owner = SessionOwner::new(token, authorization(headers.get(header::AUTHORIZATION)), path);
                let id = id.to_str().ok().and_then(|id| self.config.sessions.unbind(id, &owner));
                match id.and_then(|id| HeaderValue::from_str(id).ok()) {
                    Some(id) => Some(id),
                    None => return false,
                }
            }
            (Some(_), Some(_)) => return false,
        };
        // Events without a session have no owner, so that any client could read them.
        let version = headers.get(PROTOCOL_VERSION).map(HeaderValue::as_bytes).unwrap_or_default();
        let has_session = id.is_some() && version < WITHOUT_SESSIONS.as_bytes();
        if let Some(id) = id {
            headers.insert(SESSION_ID, id);
        }
        has_session || !headers.contains_key(LAST_EVENT_ID)
    }

    /// Replaces the session id of the service by one that only the owner of the token can use, with these parameters of the
    /// path.
    fn bind_session(
        &self,
        token: &AccessToken,
        header: Option<&HeaderValue>,
        path: Option<&RawPathParams>,
        headers: &mut HeaderMap,
    ) {
        let Some(id) = headers.get(SESSION_ID) else { return };
        let owner = SessionOwner::new(token, authorization(header), path);
        let bound = id.to_str().ok().map(|id| self.config.sessions.bind(id, &owner));
        match bound.and_then(|bound| HeaderValue::try_from(bound).ok()) {
            Some(bound) => drop(headers.insert(SESSION_ID, bound)),
            None => drop(headers.remove(SESSION_ID)),
        }
    }
}

fn authorization(header: Option<&HeaderValue>) -> Option<&str> {
    header.and_then(|header| header.to_str().ok())
}

fn malformed(Malformed(problem): &Malformed) -> Response {
    json_rpc_error(StatusCode::BAD_REQUEST, &Value::Null, INVALID_REQUEST, problem)
}

fn json_rpc_error(status: StatusCode, id: &Value, code: i32, message: &str) -> Response {
    let body = json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code, "message": message } });
    (status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}
