//! The types in a handler's signature that describe its request and its response.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::spanned::Spanned;
use syn::{GenericArgument, PathArguments, PathSegment, ReturnType, Signature, Type, TypePath, parse_quote};

use crate::extractor_requirements::{Argument, depends_on, inside_wrapper, with_static_lifetimes};
use crate::generated::{code, join};
use crate::item_attributes::conditions;
use crate::place;

/// axum's extractors of bodies.
const BODIES: [&str; 2] = ["Form", "Json"];

/// Types of the standard library that utoipa describes, with the number of the arguments that it reads.
const STANDARD_TYPES: [(&str, usize); 12] = [
    ("Arc", 1),
    ("BTreeMap", 2),
    ("BTreeSet", 1),
    ("Box", 1),
    ("Cow", 1),
    ("HashMap", 2),
    ("HashSet", 1),
    ("LinkedList", 1),
    ("Option", 1),
    ("Rc", 1),
    ("RefCell", 1),
    ("Vec", 1),
];

/// Returns what `#[utoipa::path]` describes of the handler with this hidden type, as array elements.
pub(crate) fn types_in_attribute(operation: &str) -> TokenStream {
    code(&format!("<__DescriptionOf<{operation}>>::__SCOPES_ATTRIBUTE, ::core::option::Option::None"))
}

/// Returns the descriptions of a handler's types, as array elements. The return type is the last. Arguments that depend on the
/// generics are left out.
pub(crate) fn describe_types(own: &[Argument<'_>], signature: &Signature) -> TokenStream {
    join([describe_arguments(own), describe_output(signature)])
}

fn describe_arguments(own: &[Argument<'_>]) -> TokenStream {
    let mut arguments = TokenStream::new();
    for Argument { attributes, ty, span, nameable, is_described, .. } in
        own.iter().filter(|argument| !argument.is_generic)
    {
        let conditions: Vec<_> = conditions(attributes).collect();
        let mut add = |ty: &Type, nameable: TokenStream, constant: &str| {
            let constant = description(ty, *span, nameable, constant);
            arguments.extend(quote!(#(#conditions)* #constant,));
        };
        if let Some((path, values)) = path_extractor(ty) {
            match values {
                // axum gives the values to the elements by position.
                Type::Tuple(values) => values.elems.iter().for_each(|value| {
                    let path = with_argument(path, value);
                    add(&path, with_static_lifetimes(path.to_token_stream()), "PATH_VALUE");
                }),
                _ => {
                    let path = Type::Path(path.clone());
                    let nameable = with_static_lifetimes(path.to_token_stream());
                    if !is_single_value(values) {
                        add(&path, nameable.clone(), "REQUEST");
                    }
                    add(&path, nameable, "PATH_VALUE");
                }
            }
        } else if *is_described {
            add(ty, nameable.clone(), "REQUEST");
        }
    }
    arguments
}

fn describe_output(signature: &Signature) -> TokenStream {
    match &signature.output {
        ReturnType::Default => quote!(<__DescriptionOf<()>>::__SCOPES_RESPONSE),
        ReturnType::Type(_, ty) => {
            let written = ty.to_token_stream();
            if depends_on(written.clone(), &signature.generics) {
                return quote!(::core::option::Option::None);
            }
            description(ty, ty.span(), with_static_lifetimes(written), "RESPONSE")
        }
    }
}

/// Returns a constant of `DescriptionOf` for the type, which constants name as `nameable`.
fn description(ty: &Type, span: Span, nameable: TokenStream, constant: &str) -> TokenStream {
    let constant = format!("__SCOPES_{constant}");
    let of = |arguments| place::type_constant(span, "__DescriptionOf", arguments, &constant);
    match body_type(ty).and_then(shape) {
        Some(shape) => {
            let (shaped, whole) = (of(quote!(#nameable, #shape)), of(nameable));
            quote!(::scopes_runtime::__private::shaped_or(#shaped, #whole))
        }
        None => of(nameable),
    }
}

/// Returns the type inside of the first `Json` or `Form`.
fn body_type(ty: &Type) -> Option<&Type> {
    match ty {
        Type::Tuple(tuple) => tuple.elems.iter().find_map(body_type),
        Type::Paren(inner) => body_type(&inner.elem),
        Type::Group(inner) => body_type(&inner.elem),
        Type::Path(path) => {
            let last = path.path.segments.last()?;
            let mut inner = type_arguments(last)?.into_iter();
            if BODIES.contains(&last.ident.to_string().as_str()) {
                inner.next()
            } else {
                inner.find_map(body_type)
            }
        }
        _ => None,
    }
}

/// Returns the shape of a body's type, as `DescriptionOf` reads it. `None` for a type without arguments.
fn shape(ty: &Type) -> Option<TokenStream> {
    let shape_or_unit = |ty: &Type| shape(ty).unwrap_or_else(|| quote!(()));
    match ty {
        Type::Paren(inner) => shape(&inner.elem),
        Type::Group(inner) => shape(&inner.elem),
        Type::Tuple(tuple) if !tuple.elems.is_empty() => {
            let shapes = tuple.elems.iter().map(shape_or_unit);
            Some(quote!((#(#shapes,)*)))
        }
        Type::Array(syn::TypeArray { elem, .. })
        | Type::Slice(syn::TypeSlice { elem, .. })
        | Type::Reference(syn::TypeReference { elem, .. }) => {
            let shape = shape_or_unit(elem);
            Some(quote!((#shape,)))
        }
        Type::Path(path) => {
            let last = path.path.segments.last()?;
            let mut arguments = type_arguments(last)?;
            let shapes =
                |arguments: &[&Type]| arguments.iter().copied().map(shape_or_unit).collect::<Vec<_>>();
            let written = last.ident.to_string();
            let standard = STANDARD_TYPES.iter().find(|(name, _)| written == *name);
            if let Some((_, count)) = standard {
                // A map or a set may have a hasher.
                arguments.truncate(*count);
                let shapes = shapes(&arguments);
                return Some(quote!((#(#shapes,)*)));
            }
            let shapes = shapes(&arguments);
            let arguments =
                arguments.iter().map(|argument| with_static_lifetimes(argument.to_token_stream()));
            Some(quote!(::scopes_runtime::__private::Generic<(#((#arguments, #shapes),)*)>))
        }
        _ => None,
    }
}

/// Returns the arguments of a generic type, without lifetimes. `None` if it has none, or has others.
fn type_arguments(segment: &PathSegment) -> Option<Vec<&Type>> {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return None };
    let mut types = Vec::new();
    for argument in &arguments.args {
        match argument {
            GenericArgument::Type(ty) => types.push(ty),
            GenericArgument::Lifetime(_) => {}
            _ => return None,
        }
    }
    (!types.is_empty()).then_some(types)
}

/// Returns the `Path<T>` of `Path<T>`, `Option<Path<T>>` and `Result<Path<T>, _>`, and the `T`.
fn path_extractor(ty: &Type) -> Option<(&TypePath, &Type)> {
    let Type::Path(path) = ty else { return None };
    if let Some(inner) = inside_wrapper(path) {
        return path_extractor(inner);
    }
    let last = path.path.segments.last().filter(|last| last.ident == "Path")?;
    type_arguments(last)?.first().map(|values| (path, *values))
}

/// Returns whether this is `String` or a primitive type. They have no named parameters, and skipping them saves compile time.
fn is_single_value(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let is_primitive = |name: &Ident| name.to_string().starts_with(|first: char| first.is_ascii_lowercase());
    path.path.get_ident().is_some_and(|name| name == "String" || is_primitive(name))
}

/// Returns the path with this type as the argument of its last segment.
fn with_argument(path: &TypePath, ty: &Type) -> Type {
    let mut path = path.clone();
    if let Some(last) = path.path.segments.last_mut() {
        last.arguments = PathArguments::AngleBracketed(parse_quote!(<#ty>));
    }
    Type::Path(path)
}
