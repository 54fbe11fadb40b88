//! Tools for the tests of your API: an issuer, guards, the scope matrix and attacks. Feature `testing`.
//!
//! ```toml
//! [dev-dependencies]
//! scopes-runtime = { version = "0.1", features = ["testing"] }
//! ```
//!
//! [`ScopeMatrix::check`] sends requests to every operation of a router: without a token, with garbage, with exactly the required
//! scopes, with each of them missing, and with all other scopes; and to the methods and spellings of its path that no operation
//! has. [`ScopeMatrix::check_attacks`] sends attacks to all scoped operations. Handlers run for real: see [`ScopeMatrix`].
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
//! [`guard`] and [`access_token`] make the arguments to call a handler directly.
//!
//! The issuer and the matrix need a backend for signatures, as `JwtDecoder` does.
//!
//! # For tests alone
//!
//! [`guard`] checks nothing, so enable the feature in `[dev-dependencies]` only. Resolver 2 and later (the default since edition
//! 2021) then keep it out of `cargo build`, `cargo run` and `cargo install`. A command that also builds tests (`cargo test`,
//! `cargo build --all-targets`) builds the program with the feature, and a workspace member that has it in `[dependencies]`
//! enables it for all members that are built together. `cargo tree -e features,normal -i scopes-runtime` lists the crates that
//! enable it.

#[cfg(feature = "_jwt")]
mod attacks;
mod claims;
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

#[cfg(feature = "_jwt")]
pub use attacks::Attack;
pub use claims::access_token;
pub use guard::{Guard, guard};
#[cfg(feature = "_jwt")]
pub use issuer::TestIssuer;
#[cfg(feature = "_jwt")]
pub use matrix::ScopeMatrix;
#[cfg(feature = "_jwt")]
pub use token::TestToken;
