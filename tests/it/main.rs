//! Tests of the public API that can share a process.

mod application;
mod bound;
mod credentials;
mod debug;
mod guide_middleware;
mod http;
mod lock;
mod mcp;
mod openapi;
mod readable_errors;
mod report;
mod router;
mod scope;
mod services;
mod testing;
mod token;
