//! `Debug` for errors that programs return from `main`, which prints them with `{:?}`.

use std::error::Error;
use std::fmt::{self, Formatter};

/// Implements `Debug` for an error: `{:?}` has the message and its causes, `{:#?}` the type, the message and the source.
macro_rules! readable_debug {
    ($error:ident) => {
        impl std::fmt::Debug for $error {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                crate::readable_debug::fmt(self, stringify!($error), formatter)
            }
        }
    };
}

pub(crate) use readable_debug;

pub(crate) fn fmt(error: &dyn Error, name: &str, formatter: &mut Formatter<'_>) -> fmt::Result {
    if formatter.alternate() {
        let mut fields = formatter.debug_struct(name);
        fields.field("message", &error.to_string());
        if let Some(source) = error.source() {
            fields.field("source", &source);
        }
        return fields.finish();
    }
    let mut message = error.to_string();
    formatter.write_str(&message)?;
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        // Messages end with the text of their source.
        if !message.ends_with(&text) {
            write!(formatter, "\ncaused by: {text}")?;
        }
        message = text;
        cause = error.source();
    }
    Ok(())
}
