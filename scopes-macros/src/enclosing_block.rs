//! Whether an attribute is in an `impl` block or a trait. An attribute macro does not see what is around its item, so this
//! reads the source file. Without it, rustc reports each item that the attribute adds to the block.

extern crate proc_macro;

use std::fs;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// Inserted before the attribute.
const MARKER: &str = "__scopes_attribute";

/// A block whose functions cannot be handlers by themselves.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum EnclosingBlock {
    /// Of a type, without a trait.
    Impl,
    /// Of a trait, or of its `impl` for a type.
    Trait,
}

/// Returns the block of the attribute that is being expanded, if it is certainly on a function of one. Reads the file only if
/// the line with less indentation above begins such a block, or this line does.
pub(crate) fn find() -> Option<EnclosingBlock> {
    // Tests expand macros outside of the compiler.
    if !proc_macro::is_available() {
        return None;
    }
    let attribute = proc_macro::Span::call_site();
    if attribute.column() == 1 {
        return None;
    }
    let source = attribute.local_file().and_then(|file| fs::read_to_string(file).ok())?;
    block_at(&source, attribute.line(), attribute.column())
}

/// `line` and `column` are those of `proc_macro::Span`: from 1, `column` in characters.
fn block_at(source: &str, line: usize, column: usize) -> Option<EnclosingBlock> {
    let lines = source.split_inclusive('\n').take(line - 1);
    let start: usize = lines.clone().map(str::len).sum();
    let width: usize = source.get(start..)?.chars().take(column - 1).map(char::len_utf8).sum();
    let before = source.get(start..start + width)?.trim_start();
    let is_in_block =
        if before.is_empty() { is_indented_below_block(lines, width) } else { begins_block(before) };
    if is_in_block { parsed_block(source, start + width) } else { None }
}

/// Returns whether the next line above with less indentation begins a block of an `impl` or a trait.
fn is_indented_below_block<'a>(lines: impl Iterator<Item = &'a str>, indentation: usize) -> bool {
    let lines: Vec<_> = lines.collect();
    let mut outer = lines.iter().rev().filter(|line| {
        let text = line.trim_start();
        let is_clause = ["{", "where"].contains(&text.trim_end());
        !text.is_empty() && !is_clause && line.len() - text.len() < indentation
    });
    outer.next().is_some_and(|line| begins_block(line.trim_start()))
}

fn begins_block(text: &str) -> bool {
    let mut words = text.split([' ', '<']).skip_while(|word| word.starts_with("pub") || *word == "unsafe");
    words.next().is_some_and(|word| word == "impl" || word == "trait")
}

/// Returns the block that the position is directly in, if no other macro can change the block.
fn parsed_block(source: &str, attribute: usize) -> Option<EnclosingBlock> {
    let (before, after) = (source.get(..attribute)?, source.get(attribute..)?);
    let marked: TokenStream = format!("{before}{MARKER} {after}").parse().ok()?;
    match around_marker(marked, Surrounding::Other)? {
        Surrounding::Block(block) => Some(block),
        Surrounding::MacroInput | Surrounding::Other => None,
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Surrounding {
    Block(EnclosingBlock),
    /// An item with an attribute, or the input of a macro.
    MacroInput,
    Other,
}

/// Returns the innermost block around the marker, or the input of a macro around that. `None` if the marker is not in this
/// block.
fn around_marker(tokens: TokenStream, block: Surrounding) -> Option<Surrounding> {
    // The tokens of the item so far.
    let mut item = Vec::new();
    for token in tokens {
        match &token {
            TokenTree::Ident(ident) if ident == MARKER => return Some(block),
            TokenTree::Group(group) => {
                let inner = if group.delimiter() == Delimiter::Brace {
                    block_of(&item)
                } else {
                    Surrounding::MacroInput
                };
                if let Some(around) = around_marker(group.stream(), inner) {
                    return Some(if block == Surrounding::MacroInput { block } else { around });
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
fn block_of(item: &[TokenTree]) -> Surrounding {
    let mut rest = item;
    while let [TokenTree::Punct(hash), after @ ..] = rest
        && hash.as_char() == '#'
    {
        // An inner attribute, as of a file, has a `!`.
        let after = match after {
            [TokenTree::Punct(_), after @ ..] => after,
            _ => after,
        };
        let [TokenTree::Group(attribute), after @ ..] = after else { return Surrounding::MacroInput };
        if !is_inert(&attribute.stream()) {
            return Surrounding::MacroInput;
        }
        rest = after;
    }
    let has_invocation =
        rest.iter().any(|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == '!'));
    if has_invocation {
        return Surrounding::MacroInput;
    }
    let is_modifier = |token: &&TokenTree| match token {
        TokenTree::Ident(word) => word == "pub" || word == "unsafe",
        // `(crate)` of `pub(crate)`.
        other => matches!(other, TokenTree::Group(_)),
    };
    let modifiers = rest.iter().take_while(is_modifier).count();
    let [TokenTree::Ident(keyword), header @ ..] = &rest[modifiers..] else { return Surrounding::Other };
    if keyword == "trait" || keyword == "impl" && has_for(header) {
        Surrounding::Block(EnclosingBlock::Trait)
    } else if keyword == "impl" {
        Surrounding::Block(EnclosingBlock::Impl)
    } else {
        Surrounding::Other
    }
}

/// Returns whether an `impl` is that of a trait. A `for<'a>` belongs to a bound.
fn has_for(header: &[TokenTree]) -> bool {
    let is_for = |token: &TokenTree| matches!(token, TokenTree::Ident(word) if word == "for");
    let is_open =
        |token: Option<&TokenTree>| matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == '<');
    (0..header.len()).any(|at| is_for(&header[at]) && !is_open(header.get(at + 1)))
}

/// Returns whether an attribute leaves the item as it is.
fn is_inert(attribute: &TokenStream) -> bool {
    let name = attribute.clone().into_iter().next().map(|name| name.to_string());
    name.is_some_and(|name| ["allow", "cfg", "deny", "doc", "expect", "warn"].contains(&name.as_str()))
}
