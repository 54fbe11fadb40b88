//! Each takes any bytes, panics where it does not hold, and tells whether the input was accepted.

pub mod authorization;
pub mod decoder;
mod json;
pub mod key_set;
pub mod requirement;
mod tokens;
pub mod vocabulary;
