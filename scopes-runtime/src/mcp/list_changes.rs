//! Notifications that lists contain other items, after a request of the session with a token of other scopes.

use std::collections::HashMap;
use std::future::ready;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Body;
use bytes::Bytes;
use futures_util::stream::{self, StreamExt as _};
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::operation::ItemKind;

/// The kinds of lists: the capability of the server, and the kind of the items.
const KINDS: [(&str, ItemKind); 3] =
    [("tools", ItemKind::Tool), ("prompts", ItemKind::Prompt), ("resources", ItemKind::Resource)];

/// How often the lists of each kind have changed.
type Changes = [u64; KINDS.len()];

/// Sends notifications on the streams that clients open with `GET`. Only sessions with an open stream are stored, so that
/// clients cannot exhaust memory without connections.
#[derive(Default)]
pub(crate) struct ListChanges {
    /// Whether the server declares `listChanged`, for each kind. Otherwise clients do not expect notifications.
    declared: [AtomicBool; KINDS.len()],
    sessions: Mutex<HashMap<String, Session>>,
}

struct Session {
    /// For each item, whether the last token may use it.
    usable: Vec<(ItemKind, bool)>,
    /// The first one gets the notifications: a message must not be sent on several streams.
    streams: Vec<Arc<watch::Sender<Changes>>>,
}

impl ListChanges {
    /// Reads the capabilities of the server, which the response to `initialize` contains.
    pub(super) fn declare(&self, capabilities: &Value) {
        for (declared, (capability, _)) in self.declared.iter().zip(KINDS) {
            declared.store(capabilities[capability]["listChanged"] == true, Ordering::Relaxed);
        }
    }

    /// Returns whether the session has an open stream.
    pub(crate) fn has_stream(&self, session: &str) -> bool {
        self.sessions().contains_key(session)
    }

    /// Notifies the client of the session, if a token may use other items than the last one.
    pub(crate) fn update(&self, session: &str, usable: Vec<(ItemKind, bool)>) {
        let mut sessions = self.sessions();
        let Some(session) = sessions.get_mut(session) else { return };
        let has_changed = |kind| {
            let of_kind = |all: &[(ItemKind, bool)]| {
                all.iter().copied().filter(|(of, _)| *of == kind).collect::<Vec<_>>()
            };
            of_kind(&session.usable) != of_kind(&usable)
        };
        let changed: Vec<_> = (0..KINDS.len())
            .filter(|at| self.declared[*at].load(Ordering::Relaxed) && has_changed(KINDS[*at].1))
            .collect();
        session.usable = usable;
        if let Some(stream) = session.streams.first().filter(|_| !changed.is_empty()) {
            stream.send_modify(|changes| changed.iter().for_each(|at| changes[*at] += 1));
        }
    }

    /// Returns the stream of a session with notifications between its chunks, each of which contains whole events.
    pub(super) fn notified(
        self: &Arc<Self>,
        session: String,
        usable: Vec<(ItemKind, bool)>,
        events: Body,
    ) -> Body {
        let (sender, receiver) = watch::channel(Changes::default());
        let sender = Arc::new(sender);
        let mut sessions = self.sessions();
        let stored =
            sessions.entry(session.clone()).or_insert_with(|| Session { usable, streams: Vec::new() });
        stored.streams.push(Arc::clone(&sender));
        drop(sessions);
        let open = OpenStream { changes: Arc::clone(self), session, sender };
        let state = (receiver, Changes::default(), open);
        let notifications = stream::unfold(state, |(mut receiver, sent, open)| async move {
            receiver.changed().await.ok()?;
            let now = *receiver.borrow_and_update();
            let changed = KINDS.iter().zip(sent.iter().zip(now)).filter(|(_, (sent, now))| **sent != *now);
            let text: String = changed.map(|((capability, _), _)| event(capability)).collect();
            Some((Some(Ok(Bytes::from(text))), (receiver, now, open)))
        });
        // The notifications end with the events.
        let events = events.into_data_stream().map(Some).chain(stream::once(ready(None)));
        let all = stream::select(events, notifications).take_while(|chunk| ready(chunk.is_some()));
        Body::from_stream(all.filter_map(ready))
    }

    fn sessions(&self) -> MutexGuard<'_, HashMap<String, Session>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn event(capability: &str) -> String {
    let method = format!("notifications/{capability}/list_changed");
    format!("event: message\ndata: {}\n\n", json!({ "jsonrpc": "2.0", "method": method }))
}

/// An open stream, which is removed from its session when it is dropped.
struct OpenStream {
    changes: Arc<ListChanges>,
    session: String,
    sender: Arc<watch::Sender<Changes>>,
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        let mut sessions = self.changes.sessions();
        let Some(session) = sessions.get_mut(&self.session) else { return };
        session.streams.retain(|sender| !Arc::ptr_eq(sender, &self.sender));
        if session.streams.is_empty() {
            sessions.remove(&self.session);
        }
    }
}
