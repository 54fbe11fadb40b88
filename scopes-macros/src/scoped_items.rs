//! `#[scoped_tools]` and `#[scoped_prompts]` on an `impl` block of rmcp's `#[tool]` or `#[prompt]` methods.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Error, Ident, ImplItem, ImplItemFn, ItemImpl, Result};

use crate::handler_attribute::reason;
use crate::item_attributes::{arguments, conditions, import_of, is};
use crate::place::with_errors;
use crate::requirement::Requirement;

/// `kind` is rmcp's attribute: `tool` or `prompt`.
pub(crate) fn expand(kind: &str, arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut block: ItemImpl = match syn::parse2(item.clone()) {
        Ok(block) => block,
        Err(error) => {
            let place = format!("`#[scoped_{kind}s]` goes on the `impl` block with the `#[{kind}]` methods");
            return with_errors(Vec::new(), Err(Error::new(error.span(), place)), item);
        }
    };
    let mut errors = Vec::new();
    let function = name(kind, arguments).unwrap_or_else(|error| {
        errors.push(error);
        format_ident!("{kind}_access")
    });
    let mut entries = Vec::new();
    for item in &mut block.items {
        if let ImplItem::Fn(method) = item {
            entries.extend(entry(kind, method, &mut errors));
        }
    }
    let (generics, _, clause) = block.generics.split_for_impl();
    let this = &block.self_ty;
    let documentation = format!(" Returns what the {kind}s require.");
    let expanded = quote! {
        #block
        impl #generics #this #clause {
            #[doc = #documentation]
            pub(crate) fn #function() -> ::scopes_runtime::mcp::McpAccess {
                let access = ::scopes_runtime::mcp::McpAccess::new();
                #(#entries)*
                access
            }
        }
    };
    with_errors(errors, Ok(expanded), item)
}

/// Parses the name of the generated function.
fn name(kind: &str, arguments: TokenStream) -> Result<Ident> {
    let parser = |input: ParseStream<'_>| {
        if input.is_empty() {
            return Ok(format_ident!("{kind}_access"));
        }
        input.parse()
    };
    let expected = format!(
        "expected no argument, or the name of the function to generate, such as `#[scoped_{kind}s(file_{kind}_access)]`"
    );
    parser.parse2(arguments).map_err(|error| Error::new(error.span(), expected))
}

/// Removes the attribute of this crate from a method. Returns the statement that adds the method to the table.
fn entry(kind: &str, method: &mut ImplItemFn, errors: &mut Vec<Error>) -> Option<TokenStream> {
    let is_item = method.attrs.iter().any(|attribute| is(attribute, kind));
    let (own, others): (Vec<_>, Vec<_>) = std::mem::take(&mut method.attrs)
        .into_iter()
        .partition(|attribute| is(attribute, "requires_scopes") || is(attribute, "public"));
    method.attrs = others;
    let name = &method.sig.ident;
    if !is_item {
        errors.extend(own.first().map(|attribute| {
            let problem =
                format!("`{name}` has no `#[{kind}]`, so clients cannot use it; remove this attribute");
            Error::new_spanned(attribute, problem)
        }));
        return None;
    }
    let [own] = own.as_slice() else {
        errors.push(match own.get(1) {
            Some(second) => Error::new_spanned(
                second,
                "more than one `#[requires_scopes]` or `#[public]`; remove this one",
            ),
            None => Error::new(
                name.span(),
                format!(
                    "the {kind} `{name}` has no requirement: add `#[requires_scopes(…)]` with the scopes that a token needs, or \
                     `#[public]` if every client of the server may use it"
                ),
            ),
        });
        return None;
    };
    let arguments = arguments(own);
    let requirement = if is(own, "public") {
        errors.extend(reason.parse2(arguments).err());
        quote!(::scopes_runtime::Requirement::ANY_VALID_TOKEN)
    } else {
        let mut requirement = Requirement::parse(arguments);
        errors.extend(requirement.take_errors());
        quote!({
            const REQUIREMENT: ::scopes_runtime::Requirement = ::scopes_runtime::Requirement::all(&[#requirement]);
            REQUIREMENT
        })
    };
    let conditions: Vec<_> = conditions(&method.attrs).cloned().collect();
    let import = import_of(own, &conditions);
    // rmcp generates this function. It returns the name that clients use.
    let definition = format_ident!("{}_{kind}_attr", name.unraw());
    Some(quote! {
        #import
        #(#conditions)*
        let access = access.require(Self::#definition().name, #requirement);
    })
}
