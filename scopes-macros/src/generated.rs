//! Generated code without a place in the user's code.

extern crate proc_macro;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// Parses generated code. The compiler parses text faster than a dev build of `quote!` makes tokens. proc-macro2 would validate
/// the text with a parser of its own before.
pub(crate) fn code(text: &str) -> TokenStream {
    let valid = "generated code is valid";
    // Tests expand macros outside of the compiler.
    if proc_macro::is_available() {
        return text.parse::<proc_macro::TokenStream>().expect(valid).into();
    }
    text.parse().expect(valid)
}

/// Returns generated code in delimiters.
pub(crate) fn group(delimiter: Delimiter, inside: TokenStream) -> TokenStream {
    TokenTree::Group(Group::new(delimiter, inside)).into()
}

/// Concatenates code at once. Each `extend` would convert the stream between proc-macro2 and the compiler.
pub(crate) fn join<const N: usize>(parts: [TokenStream; N]) -> TokenStream {
    parts.into_iter().collect()
}
