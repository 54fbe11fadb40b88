//! Tests for your API: an issuer, guards, the scope matrix and attacks. Feature `testing`.
//!
//! ```toml
//! [dev-dependencies]
//! scopes-runtime = { version = "0.1", features = ["testing"] }
//! ```
//!
//! [`ScopeMatrix::check`] sends requests to every operation of a router: without a token, with an invalid one, with each
//! minimal set of scopes, and with sets that are too small. [`ScopeMatrix::check_attacks`] sends attacks.
//!
//! ```
//! # use scopes_runtime::declare_scopes;
//! use scopes_runtime::router::{ScopedRouter, get};
//! use scopes_runtime::testing::TestIssuer;
//! use scopes_runtime::{ResourceServer, requires_scopes};
//! # #[declare_scopes]
//! # enum Scope {
//! #     /// Read items.
//! #     Items = "items",
//! # }
//!
//! #[requires_scopes("items")]
//! async fn read_items() {}
//!
//! fn routes() -> ScopedRouter<ResourceServer> {
//!     ScopedRouter::new().route("/items", get(read_items))
//! }
//!
//! # fn main() {
//! # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
//! let issuer = TestIssuer::new();
//! let app = routes().with_state(issuer.resource_server());
//! issuer.matrix(&routes()).check(app).await;
//! # let app = routes().with_state(issuer.resource_server());
//! # issuer.matrix(&routes()).check_attacks(app).await;
//! # });
//! # }
//! ```
//!
//! To call a handler as a function, pass it a [`guard`] and an [`access_token`].
//!
//! The issuer and the matrix need a backend for signatures (`aws-lc-rs` or `rust-crypto`).
//!
//! # Only for tests
//!
//! No request can reach this module, but code that calls [`guard`] skips the check. Enable the feature in `[dev-dependencies]`
//! only: resolver 2 and later (the default since edition 2021) keep it out of `cargo build`, `cargo run` and `cargo install`.
//! Two cases enable it in programs:
//!
//! - a command that also builds tests (`cargo test`, `cargo build --all-targets`), for the programs of that run;
//! - a workspace member with the feature in `[dependencies]`, for all members that are built together with it.
//!
//! `cargo tree -e features,normal -i scopes-runtime` lists what enables it.

#[cfg(feature = "_jwt")]
mod attacks;
mod claims;
#[cfg(feature = "bound-tokens")]
mod dpop_key;
mod guard;
#[cfg(feature = "_jwt")]
mod issuer;
#[cfg(feature = "_jwt")]
mod keys;
#[cfg(feature = "_jwt")]
mod matrix;
#[cfg(feature = "issuer")]
mod served;
#[cfg(feature = "_jwt")]
mod signing_key;
#[cfg(feature = "_jwt")]
mod token;

#[cfg(any(feature = "aws-lc-rs", feature = "rust-crypto"))]
pub use attacks::Attack;
pub use claims::access_token;
#[cfg(feature = "bound-tokens")]
pub use dpop_key::DpopKey;
pub use guard::{Guard, granted, guard};
#[cfg(any(feature = "aws-lc-rs", feature = "rust-crypto"))]
pub use issuer::TestIssuer;
#[cfg(any(feature = "aws-lc-rs", feature = "rust-crypto"))]
pub use matrix::{MatrixOutcome, ScopeMatrix};
#[cfg(any(feature = "aws-lc-rs", feature = "rust-crypto"))]
pub use token::TestToken;
