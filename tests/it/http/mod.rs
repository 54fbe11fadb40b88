//! Requests, handlers and extractors.

mod handlers;
mod kept_requests;
mod metadata;
mod requests;
mod step_up;
mod wrapped_extractors;
