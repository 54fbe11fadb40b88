//! `#[utoipa::path]` below one of our attributes. utoipa implements its traits for a hidden type of ours; the type that
//! it would have made delegates to that one, and says what the handler requires. So every way from a handler to its
//! operation, `routes!`, `#[derive(OpenApi)]` or generic code, leads through ours.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{format_ident, quote};
use syn::{Attribute, Error, Ident, Meta, MetaList, Path};

/// The type that implements `utoipa::Path`, and the one that it delegates to.
pub(crate) struct Documented {
    path: Ident,
    inner: Ident,
    /// Whether utoipa would have declared the type.
    is_ours: bool,
    pub(crate) has_operation_id: bool,
}

impl Documented {
    /// Finds utoipa's attribute, and has it implement its traits for the hidden type.
    pub(crate) fn find(
        attributes: &mut [Attribute],
        function: &Ident,
        errors: &mut Vec<Error>,
    ) -> Option<Self> {
        attributes.iter_mut().find_map(|attribute| {
            let Meta::List(list) = &mut attribute.meta else { return None };
            is_utoipas(&list.path).then(|| Self::redirect(list, function, errors))
        })
    }

    /// Puts `impl_for` for the hidden type into the attribute's arguments.
    fn redirect(list: &mut MetaList, function: &Ident, errors: &mut Vec<Error>) -> Self {
        let mut own_type = None;
        let mut has_operation_id = false;
        let mut kept = TokenStream::new();
        for argument in arguments(list.tokens.clone()) {
            match argument.as_slice() {
                [TokenTree::Ident(key), TokenTree::Punct(_), name] if key == "impl_for" => {
                    own_type = Some(name.clone());
                }
                [TokenTree::Ident(key), TokenTree::Group(_)] if key == "security" => errors.push(Error::new(
                    key.span(),
                    "the attribute above says what the operation requires, and the document repeats it; remove \
                     `security(…)`",
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
        }
    }

    /// The types. The one that utoipa would have made is no unit struct, so that `check_order` does not find it where
    /// another module imports it. `described` is the function of `Described` that knows the operation.
    pub(crate) fn declare(
        &self,
        conditions: &[Attribute],
        operation: &Ident,
        described: &str,
    ) -> TokenStream {
        let Self { path, inner, is_ours, .. } = self;
        let described = format_ident!("{described}");
        let conditions = quote!(#(#conditions)*);
        let declaration = is_ours.then(|| {
            quote! {
                #conditions
                #[allow(non_camel_case_types)]
                #[doc(hidden)]
                #[derive(::core::clone::Clone)]
                pub struct #path {}
            }
        });
        quote! {
            #declaration

            #conditions
            #[allow(non_camel_case_types)]
            #[doc(hidden)]
            pub struct #inner;

            #conditions
            ::scopes_runtime::__documented! { #path #inner #operation #described }
        }
    }
}

/// Code for a constant: it does not compile where utoipa's attribute is above. What it relies on is explained at
/// `Binding`.
pub(crate) fn check_order(function: &Ident) -> TokenStream {
    let path = format_ident!("__path_{function}");
    quote! {
        if false {
            let #path = ::scopes_runtime::__private::any();
            ::scopes_runtime::__private::Binding(#path).is_variable();
        }
    }
}

/// `utoipa::path`, by whatever path but a bare `path`, which is rustc's own attribute.
fn is_utoipas(path: &Path) -> bool {
    let mut segments = path.segments.iter().rev();
    segments.next().is_some_and(|last| last.ident == "path")
        && segments.next().is_some_and(|parent| parent.ident == "utoipa")
}

/// The arguments between commas.
fn arguments(tokens: TokenStream) -> Vec<Vec<TokenTree>> {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let is_comma = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',');
    tokens.split(is_comma).filter(|argument| !argument.is_empty()).map(<[_]>::to_vec).collect()
}
