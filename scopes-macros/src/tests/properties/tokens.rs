//! Reads Rust's tokens from bytes, and errors from expansions.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// rustc parses an item before it expands an attribute macro, and its recursion limit is not much larger.
const MAX_BYTES: usize = 2048;
const MAX_DEPTH: usize = 32;

/// Returns the tokens that the compiler would pass to a macro, if any.
pub(super) fn read(input: &[u8]) -> Option<TokenStream> {
    let text = std::str::from_utf8(input).ok().filter(|text| text.len() <= MAX_BYTES)?;
    // Without this, memory grows: proc-macro2 keeps the text of each parsed input.
    proc_macro2::extra::invalidate_current_thread_spans();
    let tokens: TokenStream = text.parse().ok()?;
    (depth(&tokens) <= MAX_DEPTH).then_some(tokens)
}

fn depth(tokens: &TokenStream) -> usize {
    let groups = tokens.clone().into_iter().filter_map(|token| match token {
        TokenTree::Group(group) => Some(1 + depth(&group.stream())),
        _ => None,
    });
    groups.max().unwrap_or(0)
}

/// Returns the messages of the `compile_error!`s in an expansion, and checks that each one's span is in the input
/// or at the macro.
pub(super) fn errors(expansion: &TokenStream, input: &[u8]) -> Vec<String> {
    let tokens: Vec<_> = expansion.clone().into_iter().collect();
    let mut errors = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let TokenTree::Group(group) = token else { continue };
        let is_error = at >= 2 && tokens[at - 2].to_string() == "compile_error";
        match group.stream().into_iter().next() {
            Some(TokenTree::Literal(message)) if is_error && group.delimiter() == Delimiter::Brace => {
                assert!(
                    message.span().byte_range().end <= input.len(),
                    "{message} has a span outside of the input"
                );
                errors.push(message.to_string());
            }
            _ => errors.extend(self::errors(&group.stream(), input)),
        }
    }
    errors
}
