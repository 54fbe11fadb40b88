//! An application with everything at once: `Arc` state, an error format of its own, files, a websocket, gRPC, GraphQL, a
//! webhook with a signature, an API key beside scopes, and two issuers.

mod app;
mod described;
mod requests;
