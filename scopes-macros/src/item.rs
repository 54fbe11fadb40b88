//! `#[requires_scopes]` and `#[public]`: what they stand on, and what those places have in common.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{
    Attribute, Error, Expr, ExprLit, GenericArgument, GenericParam, Generics, Ident, Lit, LitStr, Meta,
    PathArguments, PathSegment, Result, Token, Type, TypePath, Visibility,
};

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
        return with_errors(errors, handler.map(|handler| handler.scoped(&requirement)), item);
    }
    let extractor = match keyword == "impl" {
        true => Extractor::parse(item.clone()),
        false => Err(Error::new(keyword.span(), place)),
    };
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

/// One attribute says who may call. A second one is the mistake; the item keeps it, so that it is guarded all the same.
pub(crate) fn reject_second_attribute(attributes: &[Attribute], rule: &str) -> Result<()> {
    let is_ours = |attribute: &&Attribute| {
        let last = attribute.path().segments.last();
        last.is_some_and(|word| word.ident == "requires_scopes" || word.ident == "public")
    };
    match attributes.iter().find(is_ours) {
        Some(second) => Err(Error::new_spanned(second, format!("{rule}; remove this one"))),
        None => Ok(()),
    }
}

/// What `RequirementOf` says of an extractor, under the conditions of the argument that takes it.
pub(crate) struct Probed<'a> {
    pub(crate) conditions: Vec<&'a Attribute>,
    pub(crate) ty: Type,
    pub(crate) answer: TokenStream,
}

impl ToTokens for Probed<'_> {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { conditions, answer, .. } = self;
        tokens.extend(quote!(#(#conditions)* #answer));
    }
}

/// Asks one of `RequirementOf`'s constants of each extractor among the arguments or fields. Those that cannot be known
/// without the caller's generics are left out.
pub(crate) fn probe<'a>(
    arguments: impl Iterator<Item = (&'a [Attribute], &'a Type)>,
    generics: &Generics,
    constant: &str,
) -> Vec<Probed<'a>> {
    let constant = format_ident!("__SCOPES_{constant}");
    let mut probed = Vec::new();
    for (attributes, ty) in arguments {
        let known = |ty: &Type| !mentions_unknown(ty.to_token_stream(), generics);
        probed.extend(extractors(ty).into_iter().filter(known).map(|ty| Probed {
            conditions: conditions(attributes).collect(),
            answer: quote_spanned!(ty.span()=> ::scopes_runtime::__private::RequirementOf::<#ty>::#constant),
            ty,
        }));
    }
    probed
}

/// The extractors that an argument's type is made of: axum takes a tuple apart, also inside `Option` and `Result`.
fn extractors(ty: &Type) -> Vec<Type> {
    match ty {
        Type::Tuple(tuple) => tuple.elems.iter().flat_map(extractors).collect(),
        Type::Paren(inner) => extractors(&inner.elem),
        Type::Group(inner) => extractors(&inner.elem),
        Type::Reference(reference) => extractors(&reference.elem),
        Type::Path(path) => inside_wrapper(path).unwrap_or_else(|| vec![ty.clone()]),
        _ => vec![ty.clone()],
    }
}

/// `Result<(A, B), E>` as `Result<A, E>` and `Result<B, E>`: what a wrapped extractor requires is known for one type.
fn inside_wrapper(path: &TypePath) -> Option<Vec<Type>> {
    let last = path.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    let Some(GenericArgument::Type(inner)) = arguments.args.first() else { return None };
    if last.ident != "Option" && last.ident != "Result" || matches!(inner, Type::Path(_)) {
        return None;
    }
    let wrapped = |inner: Type| {
        let mut path = path.clone();
        if let Some(PathSegment { arguments: PathArguments::AngleBracketed(arguments), .. }) =
            path.path.segments.last_mut()
            && let Some(first) = arguments.args.first_mut()
        {
            *first = GenericArgument::Type(inner);
        }
        Type::Path(path)
    };
    Some(extractors(inner).into_iter().map(wrapped).collect())
}

/// Type parameters, elided or named lifetimes, and `impl Trait` have no meaning outside the signature.
pub(crate) fn mentions_unknown(tokens: TokenStream, generics: &Generics) -> bool {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let unknown = match &token {
            TokenTree::Group(group) => mentions_unknown(group.stream(), generics),
            TokenTree::Punct(punct) if punct.as_char() == '&' => !matches!(
                tokens.peek(),
                Some(TokenTree::Punct(lifetime)) if lifetime.as_char() == '\''
            ),
            TokenTree::Punct(punct) if punct.as_char() == '\'' => {
                tokens.next().is_none_or(|lifetime| lifetime.to_string() != "static")
            }
            TokenTree::Ident(ident) => {
                ident == "impl"
                    || ident == "_"
                    || generics.params.iter().any(|parameter| is_named(parameter, ident))
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => false,
        };
        if unknown {
            return true;
        }
    }
    false
}

fn is_named(parameter: &GenericParam, ident: &Ident) -> bool {
    match parameter {
        GenericParam::Type(parameter) => parameter.ident == *ident,
        GenericParam::Const(parameter) => parameter.ident == *ident,
        GenericParam::Lifetime(_) => false,
    }
}

/// The attributes that decide whether an item exists.
pub(crate) fn conditions(attributes: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attributes.iter().filter(|attribute| attribute.path().is_ident("cfg"))
}

/// The doc comment as text, lines joined as rustdoc would show them.
pub(crate) fn documentation(attributes: &[Attribute]) -> String {
    let lines: Vec<_> = attributes.iter().filter_map(doc_line).collect();
    lines.join("\n").trim().to_owned()
}

fn doc_line(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(doc) = &attribute.meta else { return None };
    match &doc.value {
        Expr::Lit(ExprLit { lit: Lit::Str(line), .. }) if doc.path.is_ident("doc") => {
            // The space after `///` is no part of the text, what is indented further is.
            let line = line.value();
            Some(line.strip_prefix(' ').unwrap_or(&line).trim_end().to_owned())
        }
        _ => None,
    }
}
