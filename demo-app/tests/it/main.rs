//! The application, asked over HTTP, and the program around it.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

mod browser;
mod docs;
mod items;
mod log_in;
mod paths;
mod program;
mod readme;
mod routes;
mod storage;
mod story;
mod support;
mod users;
