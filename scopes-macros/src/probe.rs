//! Reads the requirements of extractors from their types, as constants.

use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Attribute, Error, GenericArgument, GenericParam, Generics, PathArguments, Type, TypePath};

use crate::attrs::conditions;

/// The constant of one extractor, with the `#[cfg]` of its argument or field.
pub(crate) struct Probed<'a> {
    pub(crate) conditions: Vec<&'a Attribute>,
    pub(crate) ty: Type,
    pub(crate) constant: TokenStream,
}

impl ToTokens for Probed<'_> {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { conditions, constant, .. } = self;
        tokens.extend(quote!(#(#conditions)* #constant));
    }
}

/// Returns one of the constants of `RequirementOf` for each extractor in the arguments or fields. Types that depend
/// on the generics are left out: generated code outside of the item cannot name them.
pub(crate) fn probe<'a>(
    arguments: impl Iterator<Item = (&'a [Attribute], &'a Type)>,
    generics: &Generics,
    constant: &str,
) -> Vec<Probed<'a>> {
    let constant = format_ident!("__SCOPES_{constant}");
    let mut probed = Vec::new();
    for (attributes, ty) in arguments {
        // `RequirementOf` looks into `Option` and `Result` itself, and knows them under each name. But a tuple must be
        // taken apart here, and so must a type of which only a part is known.
        let parts = if has_tuple(ty) || depends_on(ty.to_token_stream(), generics) {
            extractors(ty)
        } else {
            vec![Extractor { ty: ty.clone(), is_wrapped: false }]
        };
        let known = parts.into_iter().filter(|extractor| !extractor.depends_on(generics));
        probed.extend(known.map(|Extractor { ty, is_wrapped }| {
            let known = with_static_lifetimes(ty.to_token_stream());
            let known = if is_wrapped { quote!(::core::option::Option<#known>) } else { known };
            Probed {
                conditions: conditions(attributes).collect(),
                constant: quote_spanned!(ty.span()=>
                    ::scopes_runtime::__private::RequirementOf::<#known>::#constant
                ),
                ty,
            }
        }));
    }
    probed
}

/// Returns errors for extractors in `Option` or `Result` whose requirement depends on the generics. Without the
/// wrapper such an extractor refuses the request itself; with it, the handler gets the refusal as a value, and
/// runs.
pub(crate) fn unknown_in_wrappers<'a>(
    types: impl Iterator<Item = &'a Type>,
    generics: &Generics,
) -> Vec<Error> {
    let unknown =
        types.flat_map(extractors).filter(|extractor| extractor.is_wrapped && extractor.depends_on(generics));
    let message = "requirement of this extractor depends on generics, and `Option` or `Result` hides the refusal; use a concrete type, or \
                   remove the wrapper";
    unknown.map(|extractor| Error::new_spanned(extractor.ty, message)).collect()
}

struct Extractor {
    ty: Type,
    /// Whether the extractor is inside `Option` or `Result`.
    is_wrapped: bool,
}

impl Extractor {
    fn depends_on(&self, generics: &Generics) -> bool {
        depends_on(self.ty.to_token_stream(), generics)
    }
}

/// Returns the extractors in an argument's type. axum extracts the elements of a tuple, and the type inside
/// `Option` and `Result`.
fn extractors(ty: &Type) -> Vec<Extractor> {
    match ty {
        Type::Tuple(tuple) => tuple.elems.iter().flat_map(extractors).collect(),
        Type::Paren(inner) => extractors(&inner.elem),
        Type::Group(inner) => extractors(&inner.elem),
        Type::Path(path) => match inside_wrapper(path) {
            Some(inner) => {
                extractors(inner).into_iter().map(|inner| Extractor { is_wrapped: true, ..inner }).collect()
            }
            None => vec![Extractor { ty: ty.clone(), is_wrapped: false }],
        },
        _ => vec![Extractor { ty: ty.clone(), is_wrapped: false }],
    }
}

fn has_tuple(ty: &Type) -> bool {
    match ty {
        Type::Tuple(_) => true,
        Type::Paren(inner) => has_tuple(&inner.elem),
        Type::Group(inner) => has_tuple(&inner.elem),
        Type::Path(path) => inside_wrapper(path).is_some_and(has_tuple),
        _ => false,
    }
}

/// Returns the `T` of `Option<T>` and `Result<T, _>`. For an alias of these, `RequirementOf` finds it, or rejects
/// the type.
pub(crate) fn inside_wrapper(path: &TypePath) -> Option<&Type> {
    let last = path.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    match arguments.args.first() {
        Some(GenericArgument::Type(inner)) if last.ident == "Option" || last.ident == "Result" => Some(inner),
        _ => None,
    }
}

/// Returns whether the type mentions a type or constant parameter, also through `Self`, or `impl Trait`, `_` or a bound
/// lifetime (`for<'a>`).
pub(crate) fn depends_on(tokens: TokenStream, generics: &Generics) -> bool {
    let is_generic = generics.params.iter().any(|parameter| !matches!(parameter, GenericParam::Lifetime(_)));
    let mut tokens = tokens.into_iter();
    while let Some(token) = tokens.next() {
        let depends = match token {
            // The value of a constant parameter, which is an expression.
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                mentions_any(group.stream(), generics)
            }
            TokenTree::Group(group) => depends_on(group.stream(), generics),
            TokenTree::Ident(ident) => {
                ["impl", "_", "for"].iter().any(|word| ident == word)
                    || ident == "Self" && is_generic
                    || generics.params.iter().any(|parameter| is_named(parameter, &ident))
            }
            TokenTree::Punct(tick) => {
                // The name of a lifetime, which may be `_`.
                if tick.as_char() == '\'' {
                    tokens.next();
                }
                false
            }
            TokenTree::Literal(_) => false,
        };
        if depends {
            return true;
        }
    }
    false
}

fn mentions_any(tokens: TokenStream, generics: &Generics) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => mentions_any(group.stream(), generics),
        TokenTree::Ident(ident) => generics.params.iter().any(|parameter| is_named(parameter, &ident)),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

fn is_named(parameter: &GenericParam, ident: &Ident) -> bool {
    match parameter {
        GenericParam::Type(parameter) => parameter.ident == *ident,
        GenericParam::Const(parameter) => parameter.ident == *ident,
        GenericParam::Lifetime(_) => false,
    }
}

/// Returns the type with `'static` in place of each lifetime, also of elided ones. A constant cannot name the
/// lifetimes of a signature, and a requirement does not depend on them. The elided lifetimes in `Fn(&T) -> &U` stay: there
/// they are bound, and another type would come out.
fn with_static_lifetimes(tokens: TokenStream) -> TokenStream {
    static_lifetimes(tokens, false)
}

fn static_lifetimes(tokens: TokenStream, is_signature: bool) -> TokenStream {
    let lifetime = |span: Span| {
        let mut tick = Punct::new('\'', Spacing::Joint);
        tick.set_span(span);
        [TokenTree::from(tick), Ident::new("static", span).into()]
    };
    let mut tokens = tokens.into_iter().peekable();
    let mut known = TokenStream::new();
    let (mut follows_name, mut is_signature) = (false, is_signature);
    while let Some(token) = tokens.next() {
        let follows = std::mem::replace(&mut follows_name, matches!(token, TokenTree::Ident(_)));
        match token {
            TokenTree::Group(group) => {
                is_signature |= follows && group.delimiter() == Delimiter::Parenthesis;
                let mut inner = Group::new(group.delimiter(), static_lifetimes(group.stream(), is_signature));
                inner.set_span(group.span());
                known.extend([TokenTree::from(inner)]);
            }
            TokenTree::Punct(tick) if tick.as_char() == '\'' => {
                tokens.next();
                known.extend(lifetime(tick.span()));
            }
            TokenTree::Punct(mut reference) if reference.as_char() == '&' => {
                let is_elided = !is_signature
                    && !matches!(tokens.peek(), Some(TokenTree::Punct(tick)) if tick.as_char() == '\'');
                let span = reference.span();
                if is_elided {
                    reference = Punct::new('&', Spacing::Alone);
                    reference.set_span(span);
                }
                known.extend([TokenTree::from(reference)]);
                if is_elided {
                    known.extend(lifetime(span));
                }
            }
            other => known.extend([other]),
        }
    }
    known
}
