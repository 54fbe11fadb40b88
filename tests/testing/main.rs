//! The test kit: what it sends, what it finds, and what it says then.

mod attacks;
mod guards;
mod issuer;
mod matrix;
mod random;
mod wire;
