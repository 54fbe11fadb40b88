//! Hints for rust-analyzer: the words, paths and literals of a requirement, repeated as code. rust-analyzer completes and
//! describes only what it finds in an expansion. The normal expansion lacks requirements that do not parse, and does not
//! resolve a literal to its variant at the literal's span.

use std::env;
use std::sync::LazyLock;

use proc_macro2::{Group, Ident, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::Path;
use syn::parse::Parser;

use crate::requirement_options::RequirementOptions;

/// Returns whether the macro runs in the proc-macro server of rust-analyzer, whose executable has a name that begins with
/// `rust-analyzer`. rustc would take time to parse hints that it does not need.
pub(crate) fn is_rust_analyzer() -> bool {
    static IS_RUST_ANALYZER: LazyLock<bool> = LazyLock::new(|| {
        let executable = env::current_exe().unwrap_or_default();
        executable.file_stem().is_some_and(|name| name.to_string_lossy().starts_with("rust-analyzer"))
    });
    *IS_RUST_ANALYZER
}

/// What a requirement mentions. Expands to an item `const _` that names it.
#[derive(Default)]
pub(crate) struct Hints {
    /// `any`, `acr`, `dpop` and other lowercase words.
    words: Vec<Ident>,
    paths: Vec<Path>,
    literals: Vec<Literal>,
}

impl Hints {
    pub(crate) fn of(requirement: TokenStream) -> Self {
        let mut hints = Self::default();
        hints.read(requirement);
        hints
    }

    fn read(&mut self, list: TokenStream) {
        let mut path = Vec::new();
        // The value of an option is no scope.
        let mut is_value = false;
        // The value of a parameter is any expression.
        let mut is_expression = false;
        for token in list {
            match token {
                TokenTree::Punct(ref punct) if punct.as_char() == ',' && is_expression => {
                    is_expression = false
                }
                _ if is_expression => {}
                TokenTree::Punct(ref punct) if punct.as_char() == '=' && is_parameter(&path) => {
                    path.clear();
                    is_expression = true;
                }
                TokenTree::Punct(ref punct) if punct.as_char() == '=' => {
                    self.add(&mut path);
                    is_value = true;
                }
                TokenTree::Punct(ref punct) if punct.as_char() == ',' => {
                    self.add(&mut path);
                    is_value = false;
                }
                TokenTree::Group(_) | TokenTree::Literal(_) if is_value => {}
                TokenTree::Ident(_) => path.push(token),
                TokenTree::Punct(ref punct) if punct.as_char() == ':' => path.push(token),
                other => {
                    self.add(&mut path);
                    match other {
                        TokenTree::Group(group) => self.read(Group::stream(&group)),
                        TokenTree::Literal(literal) => self.literals.push(literal),
                        TokenTree::Ident(_) | TokenTree::Punct(_) => {}
                    }
                }
            }
        }
        self.add(&mut path);
    }

    fn add(&mut self, path: &mut Vec<TokenTree>) {
        let mut path = TokenStream::from_iter(std::mem::take(path));
        if matches!(path.clone().into_iter().last(), Some(TokenTree::Punct(_))) {
            // A path that ends in `::`.
            let variant = Ident::new("__", Span::call_site());
            path.extend(quote!(#variant));
        }
        let Ok(path) = Path::parse_mod_style.parse2(path) else { return };
        match path.get_ident() {
            Some(word) if word.to_string().starts_with(char::is_lowercase) => self.words.push(word.clone()),
            _ => self.paths.push(path),
        }
    }
}

/// Returns whether this is a name, other than that of an option.
fn is_parameter(path: &[TokenTree]) -> bool {
    matches!(path, [TokenTree::Ident(name)] if !RequirementOptions::is_option(name))
}

impl ToTokens for Hints {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { words, paths, literals } = self;
        let vocabulary = Ident::new("Scope", Span::call_site());
        let (variants, named): (Vec<_>, Vec<_>) = literals
            .iter()
            .enumerate()
            .map(|(at, literal)| {
                let variant = format_ident!("__scope_{at}", span = Span::call_site());
                let mut named = variant.clone();
                // rust-analyzer describes the variant where the literal is.
                named.set_span(literal.span());
                (quote!(#vocabulary! { #literal [use #vocabulary] [as #variant;] }), named)
            })
            .unzip();
        tokens.extend(quote! {
            const _: () = {
                #(use ::scopes_runtime::__private::words::#words as _;)*
                #(#variants)*
                #(let _ = #named;)*
                #(let _ = #paths;)*
            };
        });
    }
}
