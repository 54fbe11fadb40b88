//! Reads the requirements of extractors from their types, as constants.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::spanned::Spanned;
use syn::{Attribute, Error, GenericArgument, GenericParam, Generics, PathArguments, Type, TypePath};

use crate::generated::code;
use crate::item_attributes::conditions;
use crate::place;

/// axum's extractors of bodies and queries. Describing the type of an argument takes time to compile, so only these and `Path`
/// are described.
const EXTRACTORS: [&str; 3] = ["Form", "Json", "Query"];

/// An argument or a field: an extractor, or a tuple of extractors.
pub(crate) struct Argument<'a> {
    pub(crate) attributes: &'a [Attribute],
    pub(crate) ty: &'a Type,
    /// The place of the type. Finding it takes time, because syn makes tokens of the type.
    pub(crate) span: Span,
    /// The type as constants can name it.
    pub(crate) nameable: TokenStream,
    /// Whether the type depends on generics, so that generated code outside of the item cannot name it.
    pub(crate) is_generic: bool,
    /// Whether the type mentions an extractor of a body or a query.
    pub(crate) is_described: bool,
}

impl<'a> Argument<'a> {
    pub(crate) fn new(attributes: &'a [Attribute], ty: &'a Type, generics: &Generics) -> Self {
        let written = ty.to_token_stream();
        let Mentioned { generics: is_generic, lifetime, extractor: is_described } =
            Mentioned::in_type(written.clone(), generics);
        let nameable = if lifetime { with_static_lifetimes(written) } else { written };
        Self { attributes, ty, span: ty.span(), nameable, is_generic, is_described }
    }
}

/// An extractor whose requirement is known, with the `#[cfg]` of its argument or field.
pub(crate) struct Probed<'a> {
    pub(crate) conditions: Vec<&'a Attribute>,
    span: Span,
    /// The argument of `RequirementOf`.
    known: TokenStream,
}

impl Probed<'_> {
    /// Returns one of the constants of `RequirementOf`, as an array element.
    pub(crate) fn constant(&self, name: &str) -> TokenStream {
        let (conditions, value) = (&self.conditions, self.value(name));
        quote!(#(#conditions)* #value)
    }

    /// Returns one of the constants of `RequirementOf`, without the `#[cfg]`. The block needs [`TYPE_CONSTANTS`].
    pub(crate) fn value(&self, name: &str) -> TokenStream {
        place::type_constant(self.span, "__RequirementOf", self.known.clone(), &format!("__SCOPES_{name}"))
    }
}

/// The imports of a block with constants of `RequirementOf` or `DescriptionOf`. One import and short paths take less time to
/// compile.
pub(crate) const TYPE_CONSTANTS: &str = "use ::scopes_runtime::__private::type_constants::*;";

/// Returns the extractors in the arguments or fields, without those that depend on the generics.
pub(crate) fn probe<'a>(arguments: &[Argument<'a>], generics: &Generics) -> Vec<Probed<'a>> {
    let mut probed = Vec::new();
    for &Argument { attributes, ty, span, ref nameable, is_generic, .. } in arguments {
        // `RequirementOf` reads `Option` and `Result` itself, under each name. A tuple must be split here, and so must a
        // type of which only a part can be named.
        if !is_generic && !has_tuple(ty) {
            let conditions = conditions(attributes).collect();
            probed.push(Probed { conditions, span, known: nameable.clone() });
            continue;
        }
        let TypeParts { mut extractors, mut wrappers } = TypeParts::of(ty);
        if is_generic {
            extractors.retain(|extractor| !extractor.depends_on(generics));
            wrappers.retain(|ty| !depends_on(ty.to_token_stream(), generics));
        }
        probed.extend(extractors.into_iter().map(|ExtractedType { ty, is_wrapped }| {
            let known = with_static_lifetimes(ty.to_token_stream());
            let known = if is_wrapped { quote!(::core::option::Option<#known>) } else { known };
            let span = ty.span();
            Probed { conditions: conditions(attributes).collect(), span, known }
        }));
        probed.extend(wrappers.into_iter().map(|ty| {
            let wrapper = with_static_lifetimes(ty.to_token_stream());
            let known = quote!(::scopes_runtime::__private::StandardWrapper<#wrapper>);
            Probed { conditions: conditions(attributes).collect(), span: ty.span(), known }
        }));
    }
    probed
}

/// Returns errors for extractors in `Option` or `Result` whose requirement depends on the generics. Without the
/// wrapper such an extractor refuses the request itself; with it, the handler gets the refusal as a value, and
/// runs.
pub(crate) fn unknown_in_wrappers(arguments: &[Argument<'_>], generics: &Generics) -> Vec<Error> {
    let generic = arguments.iter().filter(|argument| argument.is_generic);
    let unknown = generic
        .flat_map(|argument| TypeParts::of(argument.ty).extractors)
        .filter(|extractor| extractor.is_wrapped && extractor.depends_on(generics));
    let message = "requirement of this extractor depends on generics, and `Option` or `Result` hides the refusal; use a concrete type, or \
                   remove the wrapper";
    unknown.map(|extractor| Error::new_spanned(extractor.ty, message)).collect()
}

/// Returns checks that none of the constants is true for an extractor, each with the message of the compile error.
pub(crate) fn forbid(
    extractors: &[Probed<'_>],
    conditions: &[Attribute],
    forbidden: &[(&str, &str)],
) -> TokenStream {
    let imports = code(TYPE_CONSTANTS);
    let check = |extractor: &Probed<'_>| {
        let of_argument = &extractor.conditions;
        let checks = forbidden.iter().map(|(constant, message)| {
            let value = extractor.value(constant);
            let span = extractor.span;
            let forbid =
                place::call(span, quote!(::scopes_runtime::__private::forbid), quote!(#value, #message));
            quote!(#forbid;)
        });
        quote! {
            #(#conditions)*
            #(#of_argument)*
            const _: () = {
                #imports
                #(#checks)*
            };
        }
    };
    extractors.iter().map(check).collect()
}

struct ExtractedType<'a> {
    ty: &'a Type,
    /// Whether the extractor is inside `Option` or `Result`.
    is_wrapped: bool,
}

impl ExtractedType<'_> {
    fn depends_on(&self, generics: &Generics) -> bool {
        depends_on(self.ty.to_token_stream(), generics)
    }
}

/// The parts of an argument's type. axum extracts the elements of a tuple, and the type inside `Option` and `Result`.
#[derive(Default)]
struct TypeParts<'a> {
    extractors: Vec<ExtractedType<'a>>,
    /// The types that are taken for `Option` and `Result`, because of their names.
    wrappers: Vec<&'a Type>,
}

impl<'a> TypeParts<'a> {
    fn of(ty: &'a Type) -> Self {
        let mut parts = Self::default();
        parts.add(ty, false);
        parts
    }

    fn add(&mut self, ty: &'a Type, is_wrapped: bool) {
        match ty {
            Type::Tuple(tuple) => tuple.elems.iter().for_each(|element| self.add(element, is_wrapped)),
            Type::Paren(inner) => self.add(&inner.elem, is_wrapped),
            Type::Group(inner) => self.add(&inner.elem, is_wrapped),
            Type::Path(path) => match inside_wrapper(path) {
                Some(inner) => {
                    self.wrappers.push(ty);
                    self.add(inner, true);
                }
                None => self.extractors.push(ExtractedType { ty, is_wrapped }),
            },
            _ => self.extractors.push(ExtractedType { ty, is_wrapped }),
        }
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
    Mentioned::in_type(tokens, generics).generics
}

/// What a type mentions, read in one pass: in a dev build of the macros, each pass takes time.
struct Mentioned {
    /// Whether it depends on generics, as [`depends_on`] describes it.
    generics: bool,
    lifetime: bool,
    /// Whether it contains one of [`EXTRACTORS`].
    extractor: bool,
}

impl Mentioned {
    fn in_type(tokens: TokenStream, generics: &Generics) -> Self {
        let is_generic =
            generics.params.iter().any(|parameter| !matches!(parameter, GenericParam::Lifetime(_)));
        let is_parameter = |ident: &Ident| generics.params.iter().any(|parameter| is_named(parameter, ident));
        let mut mentioned = Self { generics: false, lifetime: false, extractor: false };
        let mut tokens = tokens.into_iter();
        while let Some(token) = tokens.next() {
            match token {
                // The value of a constant parameter, which is an expression.
                TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                    mentioned.generics |= mentions(group.stream(), &is_parameter);
                    mentioned.lifetime |= mentions_lifetime(group.stream());
                }
                TokenTree::Group(group) => {
                    let inner = Self::in_type(group.stream(), generics);
                    mentioned.generics |= inner.generics;
                    mentioned.lifetime |= inner.lifetime;
                    mentioned.extractor |= inner.extractor;
                }
                TokenTree::Ident(ident) => {
                    let name = ident.to_string();
                    mentioned.extractor |= EXTRACTORS.contains(&name.as_str());
                    mentioned.generics |= match name.as_str() {
                        "impl" | "_" | "for" => true,
                        "Self" => is_generic,
                        _ => is_generic && is_parameter(&ident),
                    };
                }
                TokenTree::Punct(tick) if tick.as_char() == '\'' => {
                    mentioned.lifetime = true;
                    // The name of the lifetime, which may be `_`.
                    tokens.next();
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
        mentioned
    }
}

/// Returns whether one of the identifiers is one of these.
pub(crate) fn mentions(tokens: TokenStream, is_one: &impl Fn(&Ident) -> bool) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => mentions(group.stream(), is_one),
        TokenTree::Ident(ident) => is_one(&ident),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

fn mentions_lifetime(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => mentions_lifetime(group.stream()),
        TokenTree::Punct(punct) => punct.as_char() == '\'',
        TokenTree::Ident(_) | TokenTree::Literal(_) => false,
    })
}

fn is_named(parameter: &GenericParam, ident: &Ident) -> bool {
    match parameter {
        GenericParam::Type(parameter) => parameter.ident == *ident,
        GenericParam::Const(parameter) => parameter.ident == *ident,
        GenericParam::Lifetime(_) => false,
    }
}

/// Returns the type with `'static` in place of each named lifetime: a constant cannot name the lifetimes of a signature, and a
/// requirement does not depend on them. The compiler infers elided ones.
pub(crate) fn with_static_lifetimes(tokens: TokenStream) -> TokenStream {
    if !mentions_lifetime(tokens.clone()) {
        return tokens;
    }
    let mut tokens = tokens.into_iter();
    let mut known = TokenStream::new();
    while let Some(mut token) = tokens.next() {
        if let TokenTree::Group(group) = &token {
            let mut inner = Group::new(group.delimiter(), with_static_lifetimes(group.stream()));
            inner.set_span(group.span());
            token = inner.into();
        }
        let is_tick = matches!(&token, TokenTree::Punct(tick) if tick.as_char() == '\'');
        known.extend([token]);
        if is_tick && let Some(name) = tokens.next() {
            known.extend([Ident::new("static", name.span())]);
        }
    }
    known
}
