//! Serves the application over HTTP, with limits for connections and requests.

pub(crate) mod clients;
mod connections;
pub(crate) mod request_limits;
pub(crate) mod server;
