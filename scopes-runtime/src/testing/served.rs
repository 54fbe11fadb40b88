use std::net::{Ipv4Addr, TcpListener};

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::keys::TestKeys;

/// Serves an issuer's metadata and keys on loopback until it is dropped.
pub(super) struct Served {
    pub(super) url: String,
    task: JoinHandle<()>,
}

impl Served {
    pub(super) fn start(keys: TestKeys) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port on loopback");
        listener.set_nonblocking(true).expect("a socket that tokio can use");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let listener = tokio::net::TcpListener::from_std(listener).expect("a tokio runtime");
        let metadata = json!({ "issuer": url, "jwks_uri": format!("{url}/jwks") });
        let metadata = get(move || async move { document(&metadata) });
        let app = Router::new()
            .route("/.well-known/openid-configuration", metadata.clone())
            .route("/.well-known/oauth-authorization-server", metadata)
            .route("/jwks", get(move || async move { document(&keys.set()) }));
        // An error ends the listener; its clients see that.
        let task = tokio::spawn(async { drop(axum::serve(listener, app).await) });
        Self { url, task }
    }
}

fn document(json: &Value) -> ([(axum::http::HeaderName, &'static str); 1], String) {
    ([(CONTENT_TYPE, "application/json")], json.to_string())
}

impl Drop for Served {
    fn drop(&mut self) {
        self.task.abort();
    }
}
