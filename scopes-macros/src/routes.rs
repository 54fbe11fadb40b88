//! `routes!`: a router's routes from the paths of handlers with `#[utoipa::path]`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Error, Path, Token};

use crate::place;

pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let handlers = match Punctuated::<Path, Token![,]>::parse_terminated.parse2(input) {
        Ok(handlers) => handlers,
        Err(error) => {
            let expected = "expected paths of handlers, such as `routes!(read, items::create)`";
            return place::error(&Error::new(error.span(), expected));
        }
    };
    let additions = handlers.iter().map(|handler| {
        let name = handler.segments.last().map_or_else(|| handler.span(), |name| name.ident.span());
        quote_spanned!(name=> .and::<_, _>(#handler))
    });
    quote!(::scopes_runtime::router::DocumentedRoutes::none()#(#additions)*)
}
