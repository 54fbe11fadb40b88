//! Lists of tools, prompts and resources in responses of the service.

use std::sync::Arc;

use axum::body::{Body, HttpBody as _};
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use bytes::{Bytes, BytesMut};
use futures_util::stream::{self, StreamExt as _};
use serde_json::Value;

use super::McpConfig;
use super::messages::media_type;
use crate::http::is_sufficient;
use crate::operation::ItemKind;
use crate::scope::Requirements;
use crate::token::{AccessToken, strict_json};

/// The longest message that contains a list, in bytes.
const MAX_BYTES: usize = 8 * 1024 * 1024;

/// The lists of a result: the member, that of an entry which identifies it, and the kind of the entries.
const LISTS: [(&str, &str, ItemKind); 5] = [
    ("tools", "name", ItemKind::Tool),
    ("prompts", "name", ItemKind::Prompt),
    ("resources", "uri", ItemKind::Resource),
    ("resourceTemplates", "uriTemplate", ItemKind::Resource),
    ("skills", "uri", ItemKind::Resource),
];

/// Why a response or an event that may contain a list cannot be read. A list in it would be shown whole, so it is not sent.
struct Unreadable(&'static str);

impl Unreadable {
    fn log(&self) {
        let Self(reason) = self;
        tracing::warn!(
            target: "scopes_runtime::unreadable_list",
            reason,
            "an MCP server's response that may contain a list is not sent"
        );
    }
}

/// What a client may see of lists.
pub(crate) struct Visible {
    pub(crate) config: Arc<McpConfig>,
    /// With the values of the request for the parameters of all items.
    pub(crate) endpoint: Requirements,
    pub(crate) token: AccessToken,
    /// The session, if this is the response to a `GET` that opens its stream.
    pub(crate) session: Option<String>,
}

impl Visible {
    /// Returns the response with its lists reduced or annotated, or status 500 if it cannot be read.
    pub(crate) async fn apply(self, response: Response) -> Response {
        self.applied(response).await.unwrap_or_else(|unreadable| {
            unreadable.log();
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        })
    }

    async fn applied(self, response: Response) -> Result<Response, Unreadable> {
        let headers = response.headers();
        let is_json = content_type(headers).eq_ignore_ascii_case(b"application/json");
        let is_events = is_event_stream(headers);
        let has_one_type = headers.get_all(CONTENT_TYPE).iter().nth(1).is_none();
        if !(is_json || is_events) || !has_one_type {
            let has_list = response.status().is_success() && response.body().size_hint().exact() != Some(0);
            let unreadable = Unreadable("its content type is neither JSON nor a stream of events");
            return if has_list { Err(unreadable) } else { Ok(response) };
        }
        if headers.contains_key(CONTENT_ENCODING) {
            return Err(Unreadable("it has a `Content-Encoding`: compress outside of the router"));
        }
        if is_events {
            return Ok(self.events(response));
        }
        let (mut parts, body) = response.into_parts();
        let text = axum::body::to_bytes(body, MAX_BYTES).await;
        let text = text.map_err(|_| Unreadable("its body is longer than 8 MiB, or is not complete"))?;
        parts.headers.remove(CONTENT_LENGTH);
        let changed = self.message(&text)?;
        Ok(Response::from_parts(parts, Body::from(changed.map_or(text, Bytes::from))))
    }

    fn events(self, response: Response) -> Response {
        let (mut parts, body) = response.into_parts();
        parts.headers.remove(CONTENT_LENGTH);
        let opened = self.session.clone().filter(|_| !self.config.lists_all);
        let opened = opened.map(|session| (session, Arc::clone(&self.config.list_changes), self.usable()));
        let state = (body.into_data_stream(), Events::default(), self);
        let events = stream::unfold(Some(state), |state| async {
            let (mut chunks, mut buffer, visible) = state?;
            while buffer.bytes.len() <= MAX_BYTES {
                match chunks.next().await? {
                    Err(error) => return Some((Err(error), None)),
                    Ok(chunk) => buffer.bytes.extend_from_slice(&chunk),
                }
                let mut events = Vec::new();
                while let Some(event) = buffer.next() {
                    match visible.event(&event) {
                        Ok(Some(changed)) => events.extend(changed),
                        Ok(None) => events.extend_from_slice(&event),
                        Err(unreadable) => unreadable.log(),
                    }
                }
                if !events.is_empty() {
                    return Some((Ok(Bytes::from(events)), Some((chunks, buffer, visible))));
                }
            }
            Some((Err(axum::Error::new("an event is too long")), None))
        });
        let mut events = Body::from_stream(events);
        if let Some((session, list_changes, usable)) = opened {
            events = list_changes.notified(session, usable, events);
        }
        Response::from_parts(parts, events)
    }

    /// Returns the changed event, or `None` if it has no list. Clients also end lines at a lone CR, and skip a byte order mark.
    fn event(&self, event: &[u8]) -> Result<Option<Vec<u8>>, Unreadable> {
        let lines =
            || event.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
        let data = |line: &[u8]| {
            line.strip_prefix(b"data:").map(|data| data.strip_prefix(b" ").unwrap_or(data).to_vec())
        };
        if event.starts_with(b"\xef\xbb\xbf") || lines().any(|line| line.contains(&b'\r')) {
            return Err(Unreadable("an event has a byte order mark, or a line that ends with CR alone"));
        }
        let text = lines().filter_map(data).collect::<Vec<_>>().join(&b'\n');
        let Some(changed) = self.message(&text)? else { return Ok(None) };
        let mut out = Vec::new();
        for line in lines().filter(|line| !line.is_empty() && !line.starts_with(b"data:")) {
            out.extend([line, b"\n"].concat());
        }
        out.extend([b"data: ", &*changed, b"\n\n"].concat());
        Ok(Some(out))
    }

    /// Returns the changed message or batch, or `None` if it has no list. Empty text has none.
    fn message(&self, text: &[u8]) -> Result<Option<Vec<u8>>, Unreadable> {
        if text.trim_ascii().is_empty() {
            return Ok(None);
        }
        // Clients that take the first of repeated members would see another list.
        let mut message =
            strict_json(text).map_err(|_| Unreadable("a message is not JSON, or repeats a member name"))?;
        let mut has_list = false;
        match &mut message {
            Value::Array(batch) => batch.iter_mut().for_each(|message| has_list |= self.result(message)),
            single => has_list = self.result(single),
        }
        Ok(has_list.then(|| serde_json::to_vec(&message).expect("a JSON value is always JSON")))
    }

    /// Changes the lists of a response. Returns whether it has any.
    fn result(&self, message: &mut Value) -> bool {
        let Some(result) = message.get_mut("result").and_then(Value::as_object_mut) else { return false };
        if let Some(capabilities) = result.get("capabilities") {
            self.config.list_changes.declare(capabilities);
        }
        let mut has_list = false;
        for (member, key, kind) in LISTS {
            let Some(Value::Array(entries)) = result.get_mut(member) else { continue };
            has_list = true;
            entries.retain_mut(|entry| self.entry(kind, key, entry));
        }
        // A list for one token must not be served to another one.
        if has_list && result.contains_key("cacheScope") {
            result.insert("cacheScope".to_owned(), "private".into());
        }
        has_list
    }

    /// Returns whether the client may see the entry. Adds a note if the token may not use it.
    fn entry(&self, kind: ItemKind, key: &str, entry: &mut Value) -> bool {
        let Some(name) = entry.get(key).and_then(Value::as_str) else { return false };
        let items = &self.config.items;
        let found = items.find(kind, name);
        if found.is_empty() {
            return false;
        }
        let required = self.endpoint.with_parts(found.into_iter().map(|at| items.requirement(at)));
        if self.may_use(&required) {
            return true;
        }
        if self.config.lists_all
            && let Some(entry) = entry.as_object_mut()
        {
            let described =
                entry.get("description").and_then(Value::as_str).map(|text| format!("{text}\n\n"));
            let note = format!("{}Requires the scopes: {required}.", described.unwrap_or_default());
            entry.insert("description".to_owned(), note.into());
        }
        self.config.lists_all
    }

    fn may_use(&self, required: &Requirements) -> bool {
        is_sufficient(&self.token, required)
    }

    /// Returns for each item whether the token may use it.
    pub(crate) fn usable(&self) -> Vec<(ItemKind, bool)> {
        let items = self.config.items.iter();
        items.map(|(kind, _, item)| (kind, self.may_use(&self.endpoint.with_parts([item])))).collect()
    }
}

/// Returns whether a response is a stream of events.
pub(crate) fn is_event_stream(headers: &HeaderMap) -> bool {
    content_type(headers).eq_ignore_ascii_case(b"text/event-stream")
}

/// Returns the content type without its parameters.
fn content_type(headers: &HeaderMap) -> &[u8] {
    headers.get(CONTENT_TYPE).map(media_type).unwrap_or_default()
}

/// The bytes of a stream that are not a whole event yet.
#[derive(Default)]
struct Events {
    bytes: BytesMut,
    /// How many bytes contain no end of an event. They are not searched again, or the time would grow with the square of the
    /// length of an event that comes in small chunks.
    searched: usize,
}

impl Events {
    /// Removes the first event, with the empty line that ends it.
    fn next(&mut self) -> Option<BytesMut> {
        let from = self.searched.saturating_sub(LONGEST_END - 1);
        let end = end_of_event(&self.bytes[from..]);
        self.searched = if end.is_some() { 0 } else { self.bytes.len() };
        Some(self.bytes.split_to(from + end?))
    }
}

const LONGEST_END: usize = b"\r\n\r\n".len();

/// Returns the position after the first empty line.
fn end_of_event(bytes: &[u8]) -> Option<usize> {
    (1..=bytes.len()).find(|&end| bytes[..end].ends_with(b"\n\n") || bytes[..end].ends_with(b"\r\n\r\n"))
}
