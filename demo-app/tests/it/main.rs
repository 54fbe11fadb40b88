//! Tests of the application over HTTP, and of the program with its options, log and signals.

#![allow(clippy::unwrap_used, reason = "a test should fail at the line that unwraps")]

mod browser;
#[path = "../../../tests/child_process.rs"]
mod child_process;
mod copies;
mod docs;
mod dpop;
mod faults;
mod guessing;
mod issuer;
mod items;
mod log_in;
mod matrix;
mod paths;
mod postgres;
mod program;
mod readme;
#[path = "../../../tests/redis_server.rs"]
mod redis;
mod routes;
mod signing_key;
mod stopping;
mod storage;
mod story;
mod support;
mod users;
