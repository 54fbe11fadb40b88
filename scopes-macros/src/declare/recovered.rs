//! A vocabulary from an enum that cannot be parsed, because it is half written.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Error, Ident, LitStr};

use super::scope::Scope;
use super::vocabulary::{Vocabulary, suggested_name};

/// Returns the vocabulary of the variants that can be read, with the error. Without it, each use of the enum would be another
/// error. Returns `None` if there is no variant.
pub(super) fn vocabulary(item: TokenStream, error: Error) -> Option<Vocabulary> {
    let mut head = TokenStream::new();
    let mut tokens = item.into_iter();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(hash) if hash.as_char() == '#' => drop(tokens.next()),
            TokenTree::Group(body) if body.delimiter() == Delimiter::Brace => {
                let scopes = scopes(body.stream());
                let variants = scopes.iter();
                let item = syn::parse2(quote!(#head { #(#variants),* })).ok()?;
                let implications = vec![Vec::new(); scopes.len()];
                let is_empty = scopes.is_empty();
                return (!is_empty).then(|| Vocabulary { item, scopes, implications, errors: vec![error] });
            }
            other => head.extend([other]),
        }
    }
    None
}

fn scopes(body: TokenStream) -> Vec<Scope> {
    let mut scopes: Vec<Scope> = Vec::new();
    let mut is_start = true;
    let mut tokens = body.into_iter();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == '#' => {
                tokens.next();
                is_start = true;
            }
            TokenTree::Punct(punct) if punct.as_char() == ',' => is_start = true,
            TokenTree::Ident(variant) if is_start => {
                is_start = false;
                let is_new = scopes.iter().all(|scope| scope.variant != variant);
                // A keyword is no variant.
                if is_new && syn::parse2::<Ident>(variant.to_token_stream()).is_ok() {
                    let name = LitStr::new(&suggested_name(&variant), Span::call_site());
                    scopes.push(Scope {
                        variant,
                        name,
                        parameters: Vec::new(),
                        description: String::new(),
                        implies: Vec::new(),
                    });
                }
            }
            TokenTree::Literal(literal) => {
                let name: Result<LitStr, _> = syn::parse2(TokenTree::Literal(literal).into());
                if let (Ok(name), Some(scope)) = (name, scopes.last_mut()) {
                    scope.name = name;
                }
            }
            _ => {}
        }
    }
    scopes
}
