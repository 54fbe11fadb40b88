//! Reads from the body of a request what it needs.

use axum::http::{HeaderMap, HeaderValue, header::CONTENT_TYPE};
use serde_json::{Map, Value};

use crate::operation::ItemKind;
use crate::token::strict_json;

/// The most messages of a batch.
const MAX_MESSAGES: usize = 64;

/// The most URIs of a subscription.
const MAX_URIS: usize = 1024;

/// The messages of a body.
pub(crate) struct Messages(pub(crate) Vec<Message>);

/// A JSON-RPC message.
#[derive(Debug)]
pub(crate) struct Message {
    /// `None` for a notification.
    pub(crate) id: Option<Value>,
    /// The tools, prompts and resources that it names.
    pub(crate) items: Vec<(ItemKind, String)>,
    /// Whether the router reads the response: it may list items, or contain the capabilities of the server.
    pub(crate) reads_response: bool,
}

/// A body that is no message of MCP. The text tells the client why.
#[derive(Debug)]
pub(crate) struct Malformed(pub(crate) &'static str);

type Object = Map<String, Value>;

impl Messages {
    /// Parses a message or a batch.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, Malformed> {
        match strict_json(body) {
            Ok(Value::Object(message)) => Ok(Self(vec![Message::new(&message)?])),
            Ok(Value::Array(batch)) if batch.is_empty() || batch.len() > MAX_MESSAGES => {
                Err(Malformed("a batch has 1 to 64 messages"))
            }
            Ok(Value::Array(batch)) => {
                let messages = batch.iter().map(|message| match message {
                    Value::Object(message) => Message::new(message),
                    _ => Err(Malformed("a message of a batch is an object")),
                });
                messages.collect::<Result<_, _>>().map(Self)
            }
            Ok(_) => Err(Malformed("a message is an object")),
            Err(_) => Err(Malformed("the body is not JSON, or repeats a member name")),
        }
    }
}

impl Message {
    /// Every member that a service might read an item from has to have the type that the protocol defines. Deserializers of
    /// structs accept an array in place of an object, and the item in it would not be found here. All members are read by
    /// [`member`].
    fn new(message: &Object) -> Result<Self, Malformed> {
        let id = member(message, "id")?.cloned();
        let params = match member(message, "params")? {
            None => &Map::new(),
            Some(Value::Object(params)) => params,
            Some(_) => return Err(Malformed("`params` is an object")),
        };
        let method = match member(message, "method")? {
            None => return Ok(Self { id, items: Vec::new(), reads_response: false }),
            Some(Value::String(method)) => &**method,
            Some(_) => return Err(Malformed("`method` is a string")),
        };
        let item = |kind, object: &Object, name| text(object, name).map(|text| vec![(kind, text)]);
        let items = match method {
            "tools/call" => item(ItemKind::Tool, params, "name")?,
            "prompts/get" => item(ItemKind::Prompt, params, "name")?,
            "resources/read" | "resources/subscribe" | "resources/directory/read" | "skills/get" => {
                item(ItemKind::Resource, params, "uri")?
            }
            "completion/complete" => {
                let reference = object(params, "ref")?;
                match &*text(reference, "type")? {
                    "ref/prompt" => item(ItemKind::Prompt, reference, "name")?,
                    "ref/resource" => item(ItemKind::Resource, reference, "uri")?,
                    _ => return Err(Malformed("`ref` refers to a prompt or a resource")),
                }
            }
            "subscriptions/listen" => subscribed(object(params, "notifications")?)?,
            _ => Vec::new(),
        };
        let reads_response =
            method.ends_with("/list") || ["initialize", "resources/directory/read"].contains(&method);
        Ok(Self { id, items, reads_response })
    }
}

fn subscribed(notifications: &Object) -> Result<Vec<(ItemKind, String)>, Malformed> {
    let malformed = Malformed("`resourceSubscriptions` is an array of at most 1024 URIs");
    match member(notifications, "resourceSubscriptions")? {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(uris)) if uris.len() <= MAX_URIS => {
            let uris = uris.iter().map(|uri| Some((ItemKind::Resource, uri.as_str()?.to_owned())));
            uris.collect::<Option<_>>().ok_or(malformed)
        }
        Some(_) => Err(malformed),
    }
}

fn text(object: &Object, name: &str) -> Result<String, Malformed> {
    let text = member(object, name)?.and_then(Value::as_str);
    text.map(str::to_owned).ok_or(Malformed("`params` lacks the name or the URI that the method needs"))
}

fn object<'a>(object: &'a Object, name: &str) -> Result<&'a Object, Malformed> {
    let inner = member(object, name)?.and_then(Value::as_object);
    inner.ok_or(Malformed("`params` lacks an object that the method needs"))
}

/// Returns a member of this name. An object with another spelling of the name is refused, because the service might read that
/// one: Go's `encoding/json` ignores case, and a version of Go's SDK for MCP ignored U+0000.
fn member<'a>(object: &'a Object, name: &str) -> Result<Option<&'a Value>, Malformed> {
    if object.keys().any(|other| other != name && folded(other).eq(folded(name))) {
        return Err(Malformed("a member name differs from one of the protocol only in case, or by U+0000"));
    }
    Ok(object.get(name))
}

/// Returns the characters without case. Lower case first: U+212A becomes `k`, and then U+017F becomes `S`.
fn folded(name: &str) -> impl Iterator<Item = char> {
    name.chars().filter(|char| *char != '\0').flat_map(char::to_lowercase).flat_map(char::to_uppercase)
}

/// Returns whether the body is declared as JSON.
pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    let mut lines = headers.get_all(CONTENT_TYPE).iter();
    let (Some(line), None) = (lines.next(), lines.next()) else { return false };
    media_type(line).eq_ignore_ascii_case(b"application/json")
}

/// Returns a content type without its parameters.
pub(super) fn media_type(content_type: &HeaderValue) -> &[u8] {
    content_type.as_bytes().split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii()
}
