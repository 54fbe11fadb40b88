//! Declared scopes, requirements and granted scopes: plain data.

mod declared;
mod granted;
mod requirement;

pub use declared::{DeclaredScope, UndeclaredScope, Vocabulary};
pub use declared::{deserialize, find};
pub use granted::GrantedScopes;
pub use requirement::Requirement;
pub(crate) use requirement::{alternatives_of_all, cheapest, list};
