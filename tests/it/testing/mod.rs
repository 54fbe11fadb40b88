//! The test kit: what it sends, what it finds, and what it says then.

mod attacks;
mod guards;
mod insecure;
mod issuer;
mod matrix;
mod random;
mod secure;
mod wire;
