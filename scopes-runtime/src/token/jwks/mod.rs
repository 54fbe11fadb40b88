//! The keys that an issuer publishes: fetched in a task, and again before they expire.

mod current_generation;
mod entra_issuer;
mod first_seen;
mod json_parts;
mod key_set;
mod key_state;
mod location;
mod published_keys;
mod refresher;
mod source;

pub use key_set::usable_keys;
pub(super) use published_keys::{KeyLookup, PublishedKeys};
pub(super) use source::ConnectError;
pub use source::Jwks;
