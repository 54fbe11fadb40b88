//! Properties of the runtime. Each function takes any bytes, panics if the property does not hold, and returns whether the
//! input was accepted.

pub mod authorization;
pub mod decoder;
pub mod dpop;
mod json;
pub mod key_set;
pub mod parameters;
