//! The entry points of `#[requires_scopes]` and `#[public]`: they read the item's keyword and the attribute's arguments.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Error, Ident, LitStr, Result, Token, Visibility};

use crate::extractor::Extractor;
use crate::handler::Handler;
use crate::requirement::Requirement;

pub(crate) fn requires_scopes(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut requirement = Requirement::parse(arguments);
    let mut errors = requirement.take_errors();
    let place = "`#[requires_scopes]` goes on a handler `async fn` or on an `impl FromRequestParts` block";
    let keyword = match keyword.parse2(item.clone()) {
        Ok(keyword) => keyword,
        Err(error) => return with_errors(errors, Err(Error::new(error.span(), place)), item),
    };
    if keyword == "fn" {
        let handler = Handler::parse(item.clone(), &mut errors);
        errors.extend(handler.iter().flat_map(Handler::unknown_requirements));
        return with_errors(errors, handler.map(|handler| handler.scoped(&requirement)), item);
    }
    let extractor = if keyword == "impl" {
        Extractor::parse(item.clone())
    } else {
        Err(Error::new(keyword.span(), place))
    };
    errors.extend(extractor.iter().flat_map(Extractor::unknown_requirements));
    let as_const_check = requirement.as_const_check();
    with_errors(
        errors,
        extractor.map(|extractor| extractor.scoped(&requirement)),
        quote!(#item #as_const_check),
    )
}

pub(crate) fn public(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Vec::new();
    let reason = reason.parse2(arguments).unwrap_or_else(|error| {
        errors.push(error);
        None
    });
    let place = "`#[public]` goes on a handler `async fn`";
    let expanded = match keyword.parse2(item.clone()) {
        Ok(keyword) if keyword == "fn" => {
            Handler::parse(item.clone(), &mut errors).map(|handler| handler.public(reason.as_ref()))
        }
        Ok(other) => Err(Error::new(other.span(), place)),
        Err(error) => Err(Error::new(error.span(), place)),
    };
    with_errors(errors, expanded, item)
}

/// `reason = "…"`, as lint attributes have it.
fn reason(input: ParseStream<'_>) -> Result<Option<LitStr>> {
    if input.is_empty() {
        return Ok(None);
    }
    let expected = "`#[public]` takes a reason or nothing: `#[public(reason = \"…\")]`";
    let explain = |error: Error| Error::new(error.span(), expected);
    let key: Ident = input.call(<Ident as syn::ext::IdentExt>::parse_any).map_err(explain)?;
    if key != "reason" {
        return Err(Error::new(key.span(), expected));
    }
    input.parse::<Token![=]>().map_err(explain)?;
    let literal = |error: Error| Error::new(error.span(), "the reason is a string literal: `reason = \"…\"`");
    let reason: LitStr = input.parse().map_err(literal)?;
    input.parse::<Option<Token![,]>>()?;
    match input.is_empty() && !reason.value().trim().is_empty() {
        true => Ok(Some(reason)),
        false if input.is_empty() => {
            Err(Error::new_spanned(reason, "the reason is empty; write one, or none"))
        }
        false => Err(Error::new(input.span(), expected)),
    }
}

/// The keyword that says what the item is: `fn`, `impl`, `struct`, …
fn keyword(input: ParseStream<'_>) -> Result<Ident> {
    input.call(Attribute::parse_outer)?;
    input.parse::<Visibility>()?;
    loop {
        let word = input.call(<Ident as syn::ext::IdentExt>::parse_any)?;
        let modifier =
            matches!(word.to_string().as_str(), "async" | "const" | "default" | "extern" | "unsafe");
        if modifier && !input.is_empty() {
            input.parse::<Option<LitStr>>()?;
            continue;
        }
        input.parse::<TokenStream>()?;
        return Ok(word);
    }
}

/// Mistakes never take the item away: everything else in the file is still checked against it.
fn with_errors(errors: Vec<Error>, expanded: Result<TokenStream>, item: TokenStream) -> TokenStream {
    let (expanded, error) = match expanded {
        Ok(expanded) => (expanded, None),
        Err(error) => (item, Some(error)),
    };
    let errors = errors.into_iter().chain(error).map(Error::into_compile_error);
    quote!(#(#errors)* #expanded)
}
