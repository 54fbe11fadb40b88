//! Serves the application over HTTP, with limits for connections and requests.

mod connections;
pub(crate) mod request_limits;
pub(crate) mod server;
