//! The entry points of `#[requires_scopes]`, `#[authenticated_by]` and `#[public]`, which dispatch on the kind of item.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::quote;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Error, Ident, LitStr, Path, Result, Token};

use crate::enclosing_block::{self, EnclosingBlock};
use crate::extractor::{self, Extractor};
use crate::handler::{Guard, Guarded, Handler};
use crate::place;
use crate::requirement::Requirement;

pub(crate) fn requires_scopes(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let place = "`#[requires_scopes]` can only be applied to a handler `async fn` or an `impl FromRequestParts<S>` block";
    let keyword = keyword(item.clone());
    if keyword.as_ref().is_ok_and(|keyword| keyword == "fn") {
        return on_function("requires_scopes", arguments, item);
    }
    let mut requirement = Requirement::parse(arguments);
    let mut errors = requirement.take_errors();
    let keyword = match keyword {
        Ok(keyword) => keyword,
        Err(span) => return with_errors(errors, Err(Error::new(span, place)), item),
    };
    let extractor = if keyword == "impl" {
        Extractor::parse(item.clone(), &mut errors)
    } else {
        Err(Error::new(keyword.span(), place))
    };
    errors.extend(extractor.iter().flat_map(Extractor::unknown_requirements));
    let as_const_check = requirement.as_const_check();
    let item = if extractor.is_err() { extractor::without_further_arguments(item) } else { item };
    with_errors(
        errors,
        extractor.map(|extractor| extractor.scoped(&requirement)),
        quote!(#item #as_const_check),
    )
}

pub(crate) fn authenticated_by(arguments: TokenStream, item: TokenStream) -> TokenStream {
    on_handler("authenticated_by", arguments, item)
}

pub(crate) fn public(arguments: TokenStream, item: TokenStream) -> TokenStream {
    on_handler("public", arguments, item)
}

/// Expands an attribute that only handlers can have.
fn on_handler(attribute: &str, arguments: TokenStream, item: TokenStream) -> TokenStream {
    let place = format!("`#[{attribute}]` can only be applied to a handler `async fn`");
    let misplaced = match keyword(item.clone()) {
        Ok(keyword) if keyword == "fn" => return on_function(attribute, arguments, item),
        Ok(other) => other.span(),
        Err(span) => span,
    };
    let mut errors = Vec::new();
    Argument::parse(attribute, arguments, &mut errors);
    with_errors(errors, Err(Error::new(misplaced, place)), item)
}

fn on_function(attribute: &str, arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Vec::new();
    let argument = Argument::parse(attribute, arguments, &mut errors);
    let misplaced = |problem| Error::new(Span::call_site(), format!("`#[{attribute}]` {problem}"));
    let guarded = Handler::parse(item.clone(), &mut errors).and_then(|handler| match enclosing_block::find() {
        None => {
            let Guarded { function, items } = argument.guard(handler, &mut errors);
            Ok(quote!(#function #items))
        }
        Some(EnclosingBlock::Impl) => {
            errors.push(misplaced("in an `impl` block; add `#[scoped_handlers]` to the block"));
            Ok(argument.misplaced(handler))
        }
        Some(EnclosingBlock::Trait) => Err(misplaced(
            "on a method of a trait, which is no handler; write a function that calls it, and add the attribute to that",
        )),
    });
    with_errors(errors, guarded, item)
}

/// The argument of an attribute of handlers.
pub(crate) enum Argument {
    RequiresScopes(Box<Requirement>),
    AuthenticatedBy(Vec<Path>),
    Public(Option<LitStr>),
}

impl Argument {
    pub(crate) fn parse(attribute: &str, arguments: TokenStream, errors: &mut Vec<Error>) -> Self {
        match attribute {
            "authenticated_by" => Self::AuthenticatedBy(or_default(extractors.parse2(arguments), errors)),
            "public" => Self::Public(or_default(reason.parse2(arguments), errors)),
            _ => {
                let mut requirement = Requirement::parse(arguments);
                errors.extend(requirement.take_errors());
                Self::RequiresScopes(Box::new(requirement))
            }
        }
    }

    pub(crate) fn guard(&self, handler: Handler, errors: &mut Vec<Error>) -> Guarded {
        match self {
            Self::RequiresScopes(requirement) => handler.scoped(requirement, errors),
            Self::AuthenticatedBy(extractors) => handler.authenticated_by(extractors),
            Self::Public(reason) => handler.public(reason.as_ref()),
        }
    }

    /// Returns the function of a handler where its hidden type cannot be declared.
    fn misplaced(&self, handler: Handler) -> TokenStream {
        match self {
            Self::RequiresScopes(requirement) => {
                handler.misplaced(Guard::Authorized, Some(requirement.as_const_check()))
            }
            Self::AuthenticatedBy(_) => handler.misplaced(Guard::AuthenticatedBy, None),
            Self::Public(_) => handler.misplaced(Guard::Public, None),
        }
    }
}

fn or_default<T: Default>(result: Result<T>, errors: &mut Vec<Error>) -> T {
    result.unwrap_or_else(|error| {
        errors.push(error);
        T::default()
    })
}

/// Parses the extractors of `#[authenticated_by]`, at least one.
fn extractors(input: ParseStream<'_>) -> Result<Vec<Path>> {
    let expected =
        "expected the extractor that checks the credentials, such as `#[authenticated_by(PartnerKey)]`";
    let parsed = Punctuated::<Path, Token![,]>::parse_terminated(input);
    let extractors = parsed.map_err(|error| Error::new(error.span(), expected))?;
    if extractors.is_empty() {
        return Err(Error::new(Span::call_site(), expected));
    }
    Ok(extractors.into_iter().collect())
}

/// Parses `reason = "…"`, the syntax of lint attributes.
pub(crate) fn reason(input: ParseStream<'_>) -> Result<Option<LitStr>> {
    if input.is_empty() {
        return Ok(None);
    }
    let expected = "expected `reason = \"…\"` or no argument";
    let explain = |error: Error| Error::new(error.span(), expected);
    let key: Ident = input.call(<Ident as syn::ext::IdentExt>::parse_any).map_err(explain)?;
    if key != "reason" {
        return Err(Error::new(key.span(), expected));
    }
    input.parse::<Token![=]>().map_err(explain)?;
    let literal = |error: Error| Error::new(error.span(), "expected a string literal: `reason = \"…\"`");
    let reason: LitStr = input.parse().map_err(literal)?;
    input.parse::<Option<Token![,]>>()?;
    if !input.is_empty() {
        return Err(Error::new(input.span(), expected));
    }
    if reason.value().trim().is_empty() {
        return Err(Error::new_spanned(reason, "empty reason; write one, or remove `reason`"));
    }
    Ok(Some(reason))
}

/// Returns the keyword of the item (`fn`, `impl`, `struct`, …), or the span where it is missing. Reads tokens up to the
/// keyword, because parsing the item would also read its body.
fn keyword(item: TokenStream) -> std::result::Result<Ident, Span> {
    let mut tokens = item.into_iter();
    while let Some(token) = tokens.next() {
        match token {
            // An attribute.
            TokenTree::Punct(hash) if hash.as_char() == '#' => drop(tokens.next()),
            // A part of the item, or all of it, from a `macro_rules!` macro.
            TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
                return keyword(group.stream().into_iter().chain(tokens).collect());
            }
            TokenTree::Ident(word) => {
                let is_modifier = matches!(
                    word.to_string().as_str(),
                    "pub" | "async" | "const" | "default" | "extern" | "unsafe"
                );
                if !is_modifier {
                    return Ok(word);
                }
            }
            // `(crate)` of `pub(crate)`, `"C"` of `extern "C"`.
            TokenTree::Group(_) | TokenTree::Literal(_) => {}
            TokenTree::Punct(other) => return Err(other.span()),
        }
    }
    Err(Span::call_site())
}

/// Returns the errors and the expansion, or the item if the expansion failed. Without the item, each use of it
/// would be another error.
pub(crate) fn with_errors(
    errors: Vec<Error>,
    expanded: Result<TokenStream>,
    item: TokenStream,
) -> TokenStream {
    let (expanded, error) = match expanded {
        Ok(expanded) => (expanded, None),
        Err(error) => (item, Some(error)),
    };
    let errors = errors.iter().chain(&error).map(place::error);
    // After the item: editors complete in an expansion without the errors that the text at the cursor causes.
    quote!(#expanded #(#errors)*)
}
