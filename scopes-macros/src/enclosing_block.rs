//! Whether an attribute is in an `impl` block. An attribute macro does not see what is around its item, so this reads the source
//! file. Without it, rustc reports each item that the attribute adds to the block.

extern crate proc_macro;

use std::fs;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// Inserted before the attribute.
const MARKER: &str = "__scopes_attribute";

/// Returns whether the attribute that is being expanded is certainly on a function of an `impl` block. Reads the file only if the
/// line with less indentation above is that of an `impl`.
pub(crate) fn is_in_impl_block() -> bool {
    // Tests expand macros outside of the compiler.
    if !proc_macro::is_available() {
        return false;
    }
    let attribute = proc_macro::Span::call_site();
    if attribute.column() == 1 {
        return false;
    }
    let source = attribute.local_file().and_then(|file| fs::read_to_string(file).ok());
    source.is_some_and(|source| is_at_impl_function(&source, attribute.line(), attribute.column()))
}

/// `line` and `column` are those of `proc_macro::Span`: from 1, `column` in bytes.
fn is_at_impl_function(source: &str, line: usize, column: usize) -> bool {
    let lines = source.split_inclusive('\n').take(line - 1);
    let start: usize = lines.clone().map(str::len).sum();
    is_indented_below_impl(lines, column)
        && is_parsed_inside_impl(source, start + column - 1).unwrap_or(false)
}

/// Returns whether the next line above with less indentation begins a block of an `impl`.
fn is_indented_below_impl<'a>(lines: impl Iterator<Item = &'a str>, column: usize) -> bool {
    let lines: Vec<_> = lines.collect();
    let mut outer = lines.iter().rev().filter(|line| {
        let text = line.trim_start();
        let is_clause = ["{", "where"].contains(&text.trim_end());
        !text.is_empty() && !is_clause && line.len() - text.len() < column - 1
    });
    outer.next().is_some_and(|line| begins_impl(line.trim_start()))
}

fn begins_impl(text: &str) -> bool {
    let text = text.strip_prefix("unsafe ").unwrap_or(text);
    text.starts_with("impl ") || text.starts_with("impl<")
}

/// Returns whether the position is directly in an `impl` block, and no other macro can change the block. `None` if it is in no
/// block.
fn is_parsed_inside_impl(source: &str, attribute: usize) -> Option<bool> {
    let (before, after) = (source.get(..attribute)?, source.get(attribute..)?);
    let marked: TokenStream = format!("{before}{MARKER} {after}").parse().ok()?;
    marker_is_in_impl(marked, Enclosing::Other)
}

#[derive(Clone, Copy, PartialEq)]
enum Enclosing {
    Impl,
    /// An item with an attribute, or the input of a macro.
    MacroInput,
    Other,
}

/// Returns whether the innermost block around the marker is an `impl`, and none around it is that of a macro. `None` if the marker
/// is not in this block.
fn marker_is_in_impl(tokens: TokenStream, block: Enclosing) -> Option<bool> {
    // The tokens of the item so far.
    let mut item = Vec::new();
    for token in tokens {
        match &token {
            TokenTree::Ident(ident) if ident == MARKER => return Some(block == Enclosing::Impl),
            TokenTree::Group(group) => {
                let inner = if group.delimiter() == Delimiter::Brace {
                    block_of(&item)
                } else {
                    Enclosing::MacroInput
                };
                if let Some(is_impl) = marker_is_in_impl(group.stream(), inner) {
                    return Some(is_impl && block != Enclosing::MacroInput);
                }
            }
            _ => {}
        }
        if ends_item(&token) {
            item.clear();
        } else {
            item.push(token);
        }
    }
    None
}

fn ends_item(token: &TokenTree) -> bool {
    match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Punct(punct) => punct.as_char() == ';',
        TokenTree::Ident(_) | TokenTree::Literal(_) => false,
    }
}

/// Returns the kind of the block after these tokens of an item.
fn block_of(item: &[TokenTree]) -> Enclosing {
    let mut rest = item;
    while let [TokenTree::Punct(hash), after @ ..] = rest
        && hash.as_char() == '#'
    {
        // An inner attribute, as of a file, has a `!`.
        let after = match after {
            [TokenTree::Punct(_), after @ ..] => after,
            _ => after,
        };
        let [TokenTree::Group(attribute), after @ ..] = after else { return Enclosing::MacroInput };
        if !is_inert(&attribute.stream()) {
            return Enclosing::MacroInput;
        }
        rest = after;
    }
    let has_invocation =
        rest.iter().any(|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == '!'));
    let mut words = rest.iter().map(ToString::to_string).skip_while(|word| word == "unsafe");
    match words.next() {
        _ if has_invocation => Enclosing::MacroInput,
        Some(word) if word == "impl" => Enclosing::Impl,
        _ => Enclosing::Other,
    }
}

/// Returns whether an attribute leaves the item as it is.
fn is_inert(attribute: &TokenStream) -> bool {
    let name = attribute.clone().into_iter().next().map(|name| name.to_string());
    name.is_some_and(|name| ["allow", "cfg", "deny", "doc", "expect", "warn"].contains(&name.as_str()))
}
