//! The spans of generated tokens, which the compiler and editors show.

extern crate proc_macro;

use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::quote;
use syn::{Error, Result};

use crate::generated::join;

/// Returns generated tokens whose compile errors are shown at `span`, which is in the user's code.
///
/// An editor resolves each identifier that covers the cursor. So these identifiers have no width, and only the other tokens
/// have that of `span`.
pub(crate) fn at(span: Span, tokens: TokenStream) -> TokenStream {
    let start = start_of(span);
    let place = |mut token: TokenTree| {
        match &mut token {
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), at(span, group.stream()));
                inner.set_span(span);
                *group = inner;
            }
            TokenTree::Ident(_) | TokenTree::Literal(_) => token.set_span(start),
            TokenTree::Punct(_) => token.set_span(span),
        }
        token
    };
    tokens.into_iter().map(place).collect()
}

/// Returns a call whose compile errors are shown at `span`.
pub(crate) fn call(span: Span, function: TokenStream, arguments: TokenStream) -> TokenStream {
    let function = at(span, function);
    let mut arguments = Group::new(Delimiter::Parenthesis, arguments);
    arguments.set_span(span);
    quote!(#function #arguments)
}

/// Returns a call of the function with this path from the root (`scopes_runtime::…`), whose compile errors are shown at `span`.
/// Made by hand, because that takes less time in dev builds.
pub(crate) fn call_path(span: Span, path: &str, arguments: TokenStream) -> TokenStream {
    let start = start_of(span);
    let colon = |spacing| {
        let mut colon = Punct::new(':', spacing);
        colon.set_span(span);
        TokenTree::Punct(colon)
    };
    let names = path.split("::").map(|name| TokenTree::Ident(Ident::new(name, start)));
    let path = names.flat_map(|name| [colon(Spacing::Joint), colon(Spacing::Alone), name]);
    let mut arguments = Group::new(Delimiter::Parenthesis, arguments);
    arguments.set_span(span);
    path.chain([arguments.into()]).collect()
}

/// Returns `<wrapper<ty>>::name`, whose compile errors are shown at `span`.
pub(crate) fn type_constant(span: Span, wrapper: &str, ty: TokenStream, name: &str) -> TokenStream {
    let start = start_of(span);
    let ident = |text| TokenTree::Ident(Ident::new(text, start));
    let punct = |char, spacing| {
        let mut punct = Punct::new(char, spacing);
        punct.set_span(span);
        TokenTree::Punct(punct)
    };
    let before = [punct('<', Spacing::Alone), ident(wrapper), punct('<', Spacing::Alone)];
    let after = [
        punct('>', Spacing::Joint),
        punct('>', Spacing::Alone),
        punct(':', Spacing::Joint),
        punct(':', Spacing::Alone),
        ident(name),
    ];
    join([before.into_iter().collect(), ty, after.into_iter().collect()])
}

/// Returns an identifier at the start of `span`.
pub(crate) fn ident(span: Span, name: &str) -> Ident {
    Ident::new(name, start_of(span))
}

/// Returns the compile error. syn also places the identifier `core` at the mistake, where an editor would describe it.
pub(crate) fn error(error: &Error) -> TokenStream {
    let place = |mut token: TokenTree| {
        if matches!(&token, TokenTree::Ident(ident) if ident == "core") {
            token.set_span(start_of(token.span()));
        }
        token
    };
    error.to_compile_error().into_iter().map(place).collect()
}

/// Returns the errors and the expansion, or the item if the expansion failed. Without the item, each use of it
/// would be another error.
pub(crate) fn with_errors(
    errors: Vec<Error>,
    expanded: Result<TokenStream>,
    item: TokenStream,
) -> TokenStream {
    let (expanded, last) = match expanded {
        Ok(expanded) => (expanded, None),
        Err(error) => (item, Some(error)),
    };
    let errors = errors.iter().chain(&last).map(error);
    // After the item: editors complete in an expansion without the errors that the text at the cursor causes.
    quote!(#expanded #(#errors)*)
}

/// Returns the place before `span`, without width.
fn start_of(span: Span) -> Span {
    // Tests expand macros outside of the compiler.
    if proc_macro::is_available() { span.unwrap().start().into() } else { span }
}
