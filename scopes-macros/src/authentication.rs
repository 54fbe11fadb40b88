//! `acr = "…"` and `max_age = 300`: how and when a user has to have logged in (RFC 9470).

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::{Error, Ident, LitInt, LitStr, Result, Token, parenthesized, token};

const CONTEXTS: &str = "expected an authentication context: `acr = \"…\"`, or `acr = any(\"…\", \"…\")` where one of several will do";
const SECONDS: &str = "`max_age` is a number of seconds from 1, such as `max_age = 300`";

/// What a requirement says beside its scopes.
#[derive(Default)]
pub(crate) struct Authentication {
    acr_values: Vec<LitStr>,
    max_age: Option<LitInt>,
}

impl Authentication {
    /// Whether an option comes next, rather than a scope.
    pub(crate) fn is_next(input: ParseStream<'_>) -> bool {
        input.peek(Ident::peek_any) && input.peek2(Token![=])
    }

    /// Reads one option.
    pub(crate) fn add(&mut self, input: ParseStream<'_>) -> Result<()> {
        let name = input.call(Ident::parse_any)?;
        input.parse::<Token![=]>()?;
        let is_repeated = match name.to_string().as_str() {
            "acr" => !self.acr_values.is_empty(),
            "max_age" => self.max_age.is_some(),
            _ => {
                let message = format!(
                    "unknown option `{name}`; there are `acr = \"…\"` and `max_age = 300`, for how and when the user has \
                     to have logged in"
                );
                return Err(Error::new(name.span(), message));
            }
        };
        if is_repeated {
            return Err(Error::new(
                name.span(),
                format!("`{name}` stands in this list already; remove it here"),
            ));
        }
        if name == "acr" {
            self.acr_values = contexts(input)?;
        } else {
            self.max_age = Some(seconds(input)?);
        }
        Ok(())
    }

    /// Why an option stands in the wrong place.
    pub(crate) fn misplaced(input: ParseStream<'_>) -> Error {
        input.error("this holds for the whole requirement; write it beside `any(…)` and `all(…)`, not inside")
    }
}

fn contexts(input: ParseStream<'_>) -> Result<Vec<LitStr>> {
    let expected = |error: Error| Error::new(error.span(), CONTEXTS);
    if input.peek(LitStr) {
        return Ok(vec![context(input.parse()?)?]);
    }
    let word = input.call(Ident::parse_any).map_err(expected)?;
    if word != "any" || !input.peek(token::Paren) {
        return Err(Error::new(word.span(), CONTEXTS));
    }
    let inner;
    parenthesized!(inner in input);
    let values = Punctuated::<LitStr, Token![,]>::parse_terminated(&inner).map_err(expected)?;
    match values.is_empty() {
        true => Err(Error::new(word.span(), CONTEXTS)),
        false => values.into_iter().map(context).collect(),
    }
}

/// One value of `acr_values`, which a challenge can carry.
fn context(literal: LitStr) -> Result<LitStr> {
    let value = literal.value();
    let is_allowed = |c: char| c.is_ascii_graphic() && c != '"' && c != '\\';
    if value.is_empty() || !value.chars().all(is_allowed) {
        let message = "an authentication context is made of visible ASCII characters other than `\"` and `\\`, without \
                       spaces; list several as `any(\"…\", \"…\")`";
        return Err(Error::new(literal.span(), message));
    }
    Ok(literal)
}

fn seconds(input: ParseStream<'_>) -> Result<LitInt> {
    let seconds: LitInt = input.parse().map_err(|error| Error::new(error.span(), SECONDS))?;
    match seconds.base10_parse::<u64>() {
        Ok(1..) if seconds.suffix().is_empty() => Ok(seconds),
        _ => Err(Error::new(seconds.span(), SECONDS)),
    }
}

/// A requirement with its comma, where anything was said.
impl ToTokens for Authentication {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { acr_values, max_age } = self;
        if acr_values.is_empty() && max_age.is_none() {
            return;
        }
        let max_age = match max_age {
            Some(seconds) => {
                let seconds = LitInt::new(seconds.base10_digits(), Span::call_site());
                quote!(::core::option::Option::Some(#seconds))
            }
            None => quote!(::core::option::Option::None),
        };
        tokens.extend(quote!(::scopes_runtime::Requirement::authentication(&[#(#acr_values),*], #max_age),));
    }
}
