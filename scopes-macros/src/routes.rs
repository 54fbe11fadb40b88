//! `routes!`: each handler with the type in which utoipa describes it.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Error, Path, PathArguments, Token};

pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let handlers = match Punctuated::<Path, Token![,]>::parse_terminated.parse2(input) {
        Ok(handlers) => handlers,
        Err(error) => {
            let expected = "`routes!` lists handlers by name: `routes!(read, items::create)`";
            return Error::new(error.span(), expected).into_compile_error();
        }
    };
    let additions = handlers.iter().map(|handler| {
        let described = described(handler);
        quote_spanned!(handler.span()=> .and::<#described, _, _>(#handler))
    });
    quote!(::scopes_runtime::router::DocumentedRoutes::none()#(#additions)*)
}

/// The type that `#[utoipa::path]` declares beside a handler.
fn described(handler: &Path) -> Path {
    let mut path = handler.clone();
    if let Some(last) = path.segments.last_mut() {
        last.ident = format_ident!("__path_{}", last.ident.unraw(), span = last.ident.span());
        last.arguments = PathArguments::None;
    }
    path
}
