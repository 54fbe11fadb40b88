//! Rust's tokens, in and out of macros.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// rustc's parser does not go deeper for long, and reads an item before any attribute macro does.
const MAX_BYTES: usize = 2048;
const MAX_DEPTH: usize = 32;

/// What a compiler would hand to a macro.
pub(super) fn read(input: &[u8]) -> Option<TokenStream> {
    let text = std::str::from_utf8(input).ok().filter(|text| text.len() <= MAX_BYTES)?;
    // A process reads one file after another here, and remembers all of them.
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

/// The messages of an expansion's `compile_error!`s, each of which is at a place in the input or at the macro.
pub(super) fn errors(expansion: &TokenStream, input: &[u8]) -> Vec<String> {
    let tokens: Vec<_> = expansion.clone().into_iter().collect();
    let mut errors = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let TokenTree::Group(group) = token else { continue };
        let is_error = at >= 2 && tokens[at - 2].to_string() == "compile_error";
        match group.stream().into_iter().next() {
            Some(TokenTree::Literal(message)) if is_error && group.delimiter() == Delimiter::Brace => {
                assert!(message.span().byte_range().end <= input.len(), "{message} is nowhere");
                errors.push(message.to_string());
            }
            _ => errors.extend(self::errors(&group.stream(), input)),
        }
    }
    errors
}
