//! The requirement grammar: a comma list is all of, `any(…)` and `all(…)` nest, an item is a string literal or a
//! variant path; `acr` and `max_age` stand beside them. Every independent mistake is reported, and what remains is a
//! requirement all the same.

use std::collections::HashSet;

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Error, Ident, Lit, LitStr, Path, Result, Token, token};

use crate::authentication::Authentication;
use crate::scope::scope_token;

/// How many alternatives the runtime accepts: a refusal tells the client all of them.
const MOST_ALTERNATIVES: usize = 64;

const EXPECTED: &str =
    "expected a scope: a string such as `\"items\"` or a variant path such as `Scope::Items`";

enum Item {
    Literal(LitStr),
    Variant(Path),
    All(Vec<Item>),
    Any(Vec<Item>),
}

/// A requirement, with the mistakes found in it.
#[derive(Default)]
pub(crate) struct Requirement {
    items: Vec<Item>,
    authentication: Authentication,
    errors: Vec<Error>,
}

impl Requirement {
    /// Never fails: mistakes are kept, to be reported beside those of the annotated item.
    pub(crate) fn parse(tokens: TokenStream) -> Self {
        let parser = |input: ParseStream<'_>| {
            let (mut errors, mut authentication) = (Vec::new(), Authentication::default());
            let items = list(input, Some(&mut authentication), &mut errors)?;
            if alternatives_of_all(&items) > MOST_ALTERNATIVES {
                errors.push(Error::new(
                    Span::call_site(),
                    format!(
                        "this requirement has more than {MOST_ALTERNATIVES} alternatives, too many to tell a client; \
                         declare a scope that implies some of these, or split the endpoint"
                    ),
                ));
                return Ok(Self { items: Vec::new(), authentication, errors });
            }
            Ok(Self { items, authentication, errors })
        };
        parser.parse2(tokens).unwrap_or_else(|error| Self { errors: vec![error], ..Self::default() })
    }

    pub(crate) fn take_errors(&mut self) -> Vec<Error> {
        std::mem::take(&mut self.errors)
    }
}

impl Requirement {
    /// Resolves the scopes where there is no item to carry them, so that mistakes in them are reported all the same.
    pub(crate) fn as_const_check(&self) -> TokenStream {
        quote!(const _: ::scopes_runtime::Requirement = ::scopes_runtime::Requirement::all(&[#self]);)
    }
}

/// The listed requirements as array elements, each with its comma.
impl ToTokens for Requirement {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { items, authentication, .. } = self;
        tokens.extend(quote!(#(#items,)* #authentication));
    }
}

impl ToTokens for Item {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let requirement = quote!(::scopes_runtime::Requirement);
        tokens.extend(match self {
            Self::Literal(literal) => {
                let vocabulary = Ident::new("Scope", Span::call_site());
                // What the name `Scope` resolves to is the user's: `named` rejects a scope with another name.
                quote_spanned!(literal.span()=>
                    ::scopes_runtime::Requirement::named(#literal, #vocabulary!(#literal #vocabulary).declared())
                )
            }
            Self::Variant(path) => {
                let declared = quote_spanned!(path.span()=> #path.declared());
                quote!(#requirement::scope(#declared))
            }
            Self::All(items) => quote!(#requirement::all(&[#(#items),*])),
            Self::Any(items) => quote!(#requirement::any(&[#(#items),*])),
        });
    }
}

/// `scopes!(…)`
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let mut requirement = Requirement::parse(input);
    let errors = requirement.take_errors().into_iter().map(Error::into_compile_error);
    quote! {{
        #(#errors)*
        const REQUIREMENT: ::scopes_runtime::Requirement = ::scopes_runtime::Requirement::all(&[#requirement]);
        REQUIREMENT
    }}
}

/// The items of a list, and beside those of the outermost one what is said of the user's login.
fn list(
    input: ParseStream<'_>,
    mut authentication: Option<&mut Authentication>,
    errors: &mut Vec<Error>,
) -> Result<Vec<Item>> {
    let mut items = Vec::new();
    let mut seen = HashSet::new();
    while !input.is_empty() {
        let read = match (Authentication::is_next(input), &mut authentication) {
            (true, Some(authentication)) => authentication.add(input),
            (true, None) => Err(Authentication::misplaced(input)),
            (false, _) => item(input, errors).map(|item| match repeated(&item, &mut seen) {
                Some(error) => errors.push(error),
                None => items.push(item),
            }),
        };
        if let Err(error) = read {
            errors.push(error);
            skip_to_comma(input)?;
        }
        if !input.is_empty() && !input.peek(Token![,]) {
            errors.push(
                input.error("expected `,`: a list requires all of its scopes, and `any(…)` one of them"),
            );
            skip_to_comma(input)?;
        }
        input.parse::<Option<Token![,]>>()?;
    }
    Ok(items)
}

fn item(input: ParseStream<'_>, errors: &mut Vec<Error>) -> Result<Item> {
    if input.peek(Lit) {
        let literal = input.parse::<Lit>()?;
        if !matches!(literal, Lit::Str(_) | Lit::ByteStr(_) | Lit::CStr(_)) {
            return Err(Error::new_spanned(literal, EXPECTED));
        }
        return scope_token(&literal, "list them separately").map(Item::Literal);
    }
    if !input.peek(Ident::peek_any) && !input.peek(Token![::]) {
        return Err(input.error(EXPECTED));
    }
    let path = input.call(Path::parse_mod_style)?;
    if input.peek(Token![!]) {
        return Err(Error::new_spanned(path, format!("{EXPECTED}; a macro is not expanded here")));
    }
    let Some(word) = path.get_ident().map(|word| word.unraw().to_string()) else {
        return match input.peek(token::Paren) {
            true => Err(Error::new_spanned(path, format!("{EXPECTED}; a call is not one"))),
            false => Ok(Item::Variant(path)),
        };
    };
    if input.peek(token::Paren) {
        let inner;
        syn::parenthesized!(inner in input);
        if word != "any" && word != "all" {
            // What stands inside is not judged: the word decides what it means.
            inner.parse::<TokenStream>()?;
            return Err(Error::new_spanned(
                path,
                format!("unknown word `{word}`; use `any(…)` for one of a list and `all(…)` for all of it"),
            ));
        }
        if inner.is_empty() {
            let lets = if word == "any" { "no" } else { "every" };
            return Err(Error::new_spanned(
                path,
                format!(
                    "`{word}()` has nothing inside, so {lets} token would do; list scopes in it or remove it"
                ),
            ));
        }
        let items = list(&inner, None, errors)?;
        return Ok(if word == "any" { Item::Any(items) } else { Item::All(items) });
    }
    if word == "any" || word == "all" {
        return Err(Error::new_spanned(path, format!("`{word}` takes a list; write `{word}(\"…\", \"…\")`")));
    }
    if word.starts_with(|first: char| first.is_lowercase()) {
        return Err(without_quotes(path, word, input));
    }
    Ok(Item::Variant(path))
}

/// The mistake `items:write`, whole.
fn without_quotes(path: Path, mut word: String, input: ParseStream<'_>) -> Error {
    let mut written = path.into_token_stream();
    while !input.peek(Token![,]) && !input.peek(Token![=]) && !input.peek(Lit) {
        let Ok(token) = TokenTree::parse(input) else { break };
        word.push_str(&token.to_string());
        written.extend([token]);
    }
    Error::new_spanned(written, format!("a scope is a string; write `\"{word}\"`"))
}

fn alternatives_of_all(items: &[Item]) -> usize {
    items.iter().map(alternatives).fold(1, usize::saturating_mul)
}

fn alternatives(item: &Item) -> usize {
    match item {
        Item::Literal(_) | Item::Variant(_) => 1,
        Item::All(items) => alternatives_of_all(items),
        Item::Any(items) => items.iter().map(alternatives).fold(0, usize::saturating_add),
    }
}

fn repeated(item: &Item, seen: &mut HashSet<String>) -> Option<Error> {
    let (tokens, shown): (&dyn ToTokens, _) = match item {
        Item::Literal(literal) => (literal, literal.value()),
        Item::Variant(path) => (path, path.to_token_stream().to_string().replace(' ', "")),
        Item::All(_) | Item::Any(_) => return None,
    };
    let first = seen.insert(tokens.to_token_stream().to_string());
    (!first).then(|| {
        Error::new_spanned(
            tokens.to_token_stream(),
            format!("`{shown}` stands in this list already; remove it here"),
        )
    })
}

fn skip_to_comma(input: ParseStream<'_>) -> Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        TokenTree::parse(input)?;
    }
    Ok(())
}
