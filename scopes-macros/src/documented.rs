//! `#[utoipa::path]` below one of our attributes. utoipa implements its traits for a hidden type of ours. The type that it
//! would have declared is an alias of `ScopedPath`, which adds what the handler requires.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{format_ident, quote};
use syn::{Attribute, Error, Ident, LitStr, Meta, MetaList, Path};

/// The types for a handler with `#[utoipa::path]`.
pub(crate) struct Documented {
    path: Ident,
    /// The type for which utoipa implements its traits.
    inner: Ident,
    /// Whether the attribute has no `impl_for`, so that utoipa would have declared `path`.
    is_ours: bool,
    has_operation_id: bool,
    /// The path as it is written, with the parameters that it and `params(…)` name. `None` if they are not known.
    pub(crate) parameters: Option<(LitStr, Vec<String>)>,
}

impl Documented {
    /// Finds utoipa's attribute, and changes it to implement its traits for the hidden type. Without the feature `openapi`,
    /// `scopes-runtime` does not depend on utoipa, so this is an error.
    pub(crate) fn find(
        attributes: &mut [Attribute],
        function: &Ident,
        errors: &mut Vec<Error>,
    ) -> Option<Self> {
        attributes.iter_mut().find_map(|attribute| {
            let Meta::List(list) = &mut attribute.meta else { return None };
            if !is_utoipas(&list.path) {
                return None;
            }
            if !cfg!(feature = "openapi") {
                let problem = "`#[utoipa::path]` on a handler needs the feature `openapi` of `scopes-runtime`; add it in Cargo.toml";
                errors.push(Error::new_spanned(&list.path, problem));
                return None;
            }
            Some(Self::redirect(list, function, errors))
        })
    }

    /// Adds `impl_for` with the hidden type to the arguments of the attribute.
    fn redirect(list: &mut MetaList, function: &Ident, errors: &mut Vec<Error>) -> Self {
        let mut own_type = None;
        let mut has_operation_id = false;
        let parameters = parameters(&list.tokens);
        let mut kept = TokenStream::new();
        for argument in arguments(list.tokens.clone()) {
            match argument.as_slice() {
                [TokenTree::Ident(key), TokenTree::Punct(_), name] if key == "impl_for" => {
                    own_type = Some(name.clone());
                }
                [TokenTree::Ident(key), TokenTree::Group(_)] if key == "security" => errors.push(Error::new(
                    key.span(),
                    "the attribute above sets the security of the operation, also in the document; remove `security(…)`",
                )),
                _ => {
                    has_operation_id |=
                        matches!(argument.first(), Some(TokenTree::Ident(key)) if key == "operation_id");
                    kept.extend(quote!(, #(#argument)*));
                }
            }
        }
        let own_type = own_type.and_then(|token| syn::parse2(token.into()).ok());
        let inner = format_ident!("__utoipa_{function}", span = Span::call_site());
        list.tokens = quote!(impl_for = #inner #kept);
        Self {
            is_ours: own_type.is_none(),
            path: own_type.unwrap_or_else(|| format_ident!("__path_{function}")),
            inner,
            has_operation_id,
            parameters,
        }
    }

    /// Declares the types, and connects them with the hidden type of the handler. `guard` is the type of its first argument.
    ///
    /// The type that utoipa would have declared is an alias, which no pattern matches: `check_order` of a handler of the same
    /// name does not find it if a glob import brings it there.
    pub(crate) fn declare(
        &self,
        conditions: &[Attribute],
        operation: &Ident,
        guard: &TokenStream,
    ) -> TokenStream {
        let Self { path, inner, is_ours, has_operation_id, .. } = self;
        let conditions = quote!(#(#conditions)*);
        let scoped = quote! {
            ::scopes_runtime::__private::ScopedPath<#inner, #guard>
        };
        let named = if *is_ours {
            quote! {
                #conditions
                #[allow(non_camel_case_types)]
                #[doc(hidden)]
                pub type #path = #scoped;
            }
        } else {
            delegate(path, &scoped, &conditions)
        };
        quote! {
            #conditions
            #[allow(non_camel_case_types)]
            #[doc(hidden)]
            pub struct #inner;

            #named

            #conditions
            impl ::scopes_runtime::__private::DocumentedHandler for #operation {
                type Path = #inner;
                const HAS_OPERATION_ID: bool = #has_operation_id;
            }
        }
    }
}

/// Implements utoipa's traits for the type in `impl_for`.
fn delegate(own: &Ident, scoped: &TokenStream, conditions: &TokenStream) -> TokenStream {
    let utoipa = quote!(::scopes_runtime::__private::utoipa);
    quote! {
        #conditions
        const _: () = {
            use ::std::{string::String, vec::Vec};
            use #utoipa::__dev::{SchemaReferences, Tags};
            use #utoipa::openapi::{RefOr, path::{HttpMethod, Operation}, schema::Schema};

            impl #utoipa::Path for #own {
                fn path() -> String {
                    <#scoped as #utoipa::Path>::path()
                }

                fn methods() -> Vec<HttpMethod> {
                    <#scoped as #utoipa::Path>::methods()
                }

                fn operation() -> Operation {
                    <#scoped as #utoipa::Path>::operation()
                }
            }

            impl<'t> Tags<'t> for #own {
                fn tags() -> Vec<&'t ::core::primitive::str> {
                    <#scoped as Tags<'t>>::tags()
                }
            }

            impl SchemaReferences for #own {
                fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
                    <#scoped as SchemaReferences>::schemas(schemas);
                }
            }
        };
    }
}

/// Returns the text of a check that does not compile if utoipa's attribute is above; see `Binding` in `scopes-runtime`.
pub(crate) fn check_order(function: &str) -> String {
    format!(
        "if false {{
            let __path_{function} = ::scopes_runtime::__private::any();
            ::scopes_runtime::__private::Binding(__path_{function}).is_variable();
        }}"
    )
}

/// Returns whether this is `utoipa::path`. A bare `path` is rustc's own attribute.
pub(crate) fn is_utoipas(path: &Path) -> bool {
    let mut segments = path.segments.iter().rev();
    segments.next().is_some_and(|last| last.ident == "path")
        && segments.next().is_some_and(|parent| parent.ident == "utoipa")
}

/// Returns the path in the arguments, and the parameters that it and `params(…)` name. `None` if the path is no literal, or if
/// a type documents the parameters.
fn parameters(tokens: &TokenStream) -> Option<(LitStr, Vec<String>)> {
    let (mut path, mut names) = (None, Vec::new());
    for argument in arguments(tokens.clone()) {
        match argument.as_slice() {
            [TokenTree::Ident(key), TokenTree::Punct(_), value] if key == "path" => {
                path = Some(syn::parse2::<LitStr>(value.clone().into()).ok()?);
            }
            [TokenTree::Ident(key), TokenTree::Group(group)] if key == "params" => {
                for parameter in arguments(group.stream()) {
                    let [TokenTree::Group(tuple)] = parameter.as_slice() else { return None };
                    let name = tuple.stream().into_iter().next()?;
                    names.push(syn::parse2::<LitStr>(name.into()).ok()?.value());
                }
            }
            _ => {}
        }
    }
    let path = path?;
    // A second brace escapes the first one.
    let of_path = path.value().replace("{{", "").replace("}}", "");
    let of_path = of_path.split('{').skip(1).filter_map(|part| part.split_once('}'));
    names.extend(of_path.map(|(name, _)| name.trim_start_matches('*').to_owned()));
    Some((path, names))
}

/// Splits the arguments at commas.
fn arguments(tokens: TokenStream) -> Vec<Vec<TokenTree>> {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let is_comma = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',');
    tokens.split(is_comma).filter(|argument| !argument.is_empty()).map(<[_]>::to_vec).collect()
}
