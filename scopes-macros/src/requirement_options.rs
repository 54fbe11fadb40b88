//! The options of a requirement: `acr = "…"` and `max_age = 300`, how and when the user must have authenticated (RFC
//! 9470), and `dpop`, whether the token must be bound to a key (RFC 9449).

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::{Error, Ident, Lit, LitInt, LitStr, Result, Token, parenthesized, token};

use crate::place;
use crate::scope_token::is_token_character;
use crate::similar::distance;

const DPOP: &str = "dpop";
const ACR: &str = "expected a string literal: `acr = \"…\"`, or `acr = any(\"…\", \"…\")` for one of several";
const MAX_AGE: &str = "expected a number of seconds, at least 1, such as `max_age = 300`";

/// The options of a requirement.
#[derive(Default)]
pub(crate) struct RequirementOptions {
    acr_values: Vec<LitStr>,
    max_age: Option<LitInt>,
    /// Where `dpop` is written.
    dpop: Option<Span>,
}

impl RequirementOptions {
    /// Returns whether the next item is an option.
    pub(crate) fn is_next(input: ParseStream<'_>) -> bool {
        let ahead = input.fork();
        let Ok(name) = ahead.call(Ident::parse_any) else { return false };
        // `dpop:read` is a scope without quotes.
        let is_dpop =
            || name.unraw() == DPOP && (ahead.is_empty() || ahead.peek(Token![,]) || ahead.peek(Lit));
        ahead.peek(Token![=]) || is_dpop()
    }

    pub(crate) fn is_empty(&self) -> bool {
        let Self { acr_values, max_age, dpop } = self;
        acr_values.is_empty() && max_age.is_none() && dpop.is_none()
    }

    /// Returns whether this is the name of an option.
    pub(crate) fn is_option(name: &Ident) -> bool {
        name == "acr" || name == "max_age" || name.unraw() == DPOP
    }

    /// Parses `acr`, `max_age` or `dpop`.
    pub(crate) fn add(&mut self, input: ParseStream<'_>) -> Result<()> {
        let name = input.call(Ident::parse_any)?;
        if name.unraw() == DPOP {
            return self.add_dpop(&name, input.peek(Token![=]));
        }
        input.parse::<Token![=]>()?;
        let is_repeated = if name == "acr" { !self.acr_values.is_empty() } else { self.max_age.is_some() };
        if is_repeated {
            return Err(duplicate(&name));
        }
        if name == "acr" {
            self.acr_values = parse_acr_values(input)?;
        } else {
            self.max_age = Some(parse_max_age(input)?);
        }
        Ok(())
    }

    fn add_dpop(&mut self, name: &Ident, has_value: bool) -> Result<()> {
        if has_value {
            return Err(Error::new(name.span(), "`dpop` has no value; write `dpop` alone, or leave it out"));
        }
        if self.dpop.is_some() {
            return Err(duplicate(name));
        }
        self.dpop = Some(name.span());
        Ok(())
    }

    /// Returns the error for a word that is probably meant as `dpop`. The word alone may also be a scope without quotes.
    pub(crate) fn misspelt(word: &str) -> Option<String> {
        match word {
            // `Dpop` may be a variant.
            "DPoP" | "DPOP" => Some(format!("unknown option `{word}`; write `dpop`")),
            _ if word.starts_with(char::is_lowercase) && distance(word, DPOP) == 1 => {
                Some(format!("unknown option `{word}`; write `dpop`, or `\"{word}\"` for a scope"))
            }
            _ => None,
        }
    }

    /// Returns the error for an option inside `any(…)` or `all(…)`.
    pub(crate) fn misplaced(input: ParseStream<'_>) -> Error {
        input.error(
            "option of the whole requirement inside `any(…)` or `all(…)`; move it to the outermost list",
        )
    }
}

fn duplicate(name: &Ident) -> Error {
    Error::new(name.span(), format!("duplicate option `{name}`; remove it"))
}

fn parse_acr_values(input: ParseStream<'_>) -> Result<Vec<LitStr>> {
    let expected = |error: Error| Error::new(error.span(), ACR);
    if input.peek(LitStr) {
        return Ok(vec![check_acr_value(input.parse()?)?]);
    }
    let word = input.call(Ident::parse_any).map_err(expected)?;
    if word != "any" || !input.peek(token::Paren) {
        return Err(Error::new(word.span(), ACR));
    }
    let inner;
    parenthesized!(inner in input);
    let values = Punctuated::<LitStr, Token![,]>::parse_terminated(&inner).map_err(expected)?;
    if values.is_empty() {
        return Err(Error::new(word.span(), ACR));
    }
    values.into_iter().map(check_acr_value).collect()
}

/// Checks that a challenge can contain the value: `acr_values` are separated by spaces, in a quoted string.
fn check_acr_value(literal: LitStr) -> Result<LitStr> {
    let value = literal.value();
    if value.is_empty() || !value.chars().all(is_token_character) {
        let message = "invalid `acr` value; use visible ASCII characters other than `\"` and `\\`, and write several values \
                       as `any(\"…\", \"…\")`";
        return Err(Error::new(literal.span(), message));
    }
    Ok(literal)
}

fn parse_max_age(input: ParseStream<'_>) -> Result<LitInt> {
    let seconds: LitInt = input.parse().map_err(|error| Error::new(error.span(), MAX_AGE))?;
    match seconds.base10_parse::<u64>() {
        Ok(1..) if seconds.suffix().is_empty() => Ok(seconds),
        _ => Err(Error::new(seconds.span(), MAX_AGE)),
    }
}

/// Writes the options, if any, as array elements, each with a trailing comma.
impl ToTokens for RequirementOptions {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { acr_values, max_age, dpop } = self;
        if !acr_values.is_empty() || max_age.is_some() {
            let max_age = match max_age {
                Some(seconds) => {
                    let seconds = LitInt::new(seconds.base10_digits(), Span::call_site());
                    quote!(::core::option::Option::Some(#seconds))
                }
                None => quote!(::core::option::Option::None),
            };
            tokens.extend(
                quote!(::scopes_runtime::Requirement::authentication(&[#(#acr_values),*], #max_age),),
            );
        }
        if let Some(dpop) = dpop {
            let bound = place::call(*dpop, quote!(::scopes_runtime::Requirement::dpop), TokenStream::new());
            tokens.extend(quote!(#bound,));
        }
    }
}
