//! `ScopedRouter`.

mod random_routers;
mod requests;
