//! Requests, handlers and extractors.

mod handlers;
mod kept_requests;
mod may_require;
mod metadata;
mod requests;
mod step_up;
mod wrapped_extractors;
