//! Properties of the macros for any input: `cargo test` checks them on the fuzz corpus and random changes of it,
//! and the fuzzer in `tests/fuzz` compiles them again.
//!
//! Each function takes any bytes, panics if the property does not hold, and returns whether the macro accepted the
//! input.

pub(crate) mod requirement;
mod tokens;
pub(crate) mod vocabulary;
