//! Requests, handlers and extractors.

mod arc_state;
mod granted;
mod handlers;
mod impl_blocks;
mod kept_requests;
mod may_require;
mod metadata;
mod optional_token_in_layers;
mod own_errors;
mod parameters;
mod requests;
mod step_up;
mod wrapped_extractors;
