//! `#[declare_scopes]`: an enum whose discriminants are scope names becomes a vocabulary.

mod expand;
mod implied;

use std::collections::HashMap;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::parse::{Parse, ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Attribute, Error, Expr, ExprLit, Fields, Ident, ItemEnum, Lit, LitStr, Result, Variant};

use crate::attrs::documentation;
use crate::scope::scope_token;

/// A vocabulary as declared. Where a mistake is found, something harmless stands in its place, so that the code
/// around it is still checked.
struct Vocabulary {
    item: ItemEnum,
    scopes: Vec<Scope>,
    /// For each scope the positions of those that it implies directly.
    implications: Vec<Vec<usize>>,
    errors: Vec<Error>,
}

struct Scope {
    variant: Ident,
    name: LitStr,
    description: String,
    implies: Vec<Ident>,
}

pub(crate) fn expand(arguments: TokenStream, item: TokenStream, location: &str) -> TokenStream {
    match Vocabulary::parse.parse2(item.clone()) {
        Ok(mut vocabulary) => {
            if !arguments.is_empty() {
                let message = "`#[declare_scopes]` takes no arguments; the scopes stand in the enum";
                vocabulary.errors.insert(0, Error::new_spanned(arguments, message));
            }
            expand::vocabulary(&vocabulary, location)
        }
        Err(error) => {
            let error = error.into_compile_error();
            quote::quote!(#error #item)
        }
    }
}

impl Parse for Vocabulary {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut item = parse_enum(input)?;
        let mut errors = Vec::new();
        if !item.generics.params.is_empty() {
            errors.push(Error::new_spanned(&item.generics, "a vocabulary has no generics; remove them"));
            item.generics = syn::Generics::default();
        }
        if item.variants.is_empty() {
            errors.push(Error::new_spanned(
                &item.ident,
                format!("`{}` declares no scope; add a variant such as `Items = \"items\"`", item.ident),
            ));
        }
        let mut scopes: Vec<Scope> = Vec::new();
        let mut named: HashMap<String, Ident> = HashMap::new();
        for variant in &mut item.variants {
            let scope = scope(variant, &mut errors);
            let name = scope.name.value();
            if let Some(other) = named.get(&name) {
                errors.push(Error::new_spanned(
                    &scope.name,
                    format!("`{name}` is the name of `{other}` already; give each scope its own"),
                ));
            } else {
                named.insert(name, scope.variant.clone());
            }
            scopes.push(scope);
        }
        let implications = implied::resolve(&scopes, &mut errors);
        Ok(Self { item, scopes, implications, errors })
    }
}

fn parse_enum(input: ParseStream<'_>) -> Result<ItemEnum> {
    let ahead = input.fork();
    ahead.call(Attribute::parse_outer)?;
    ahead.parse::<syn::Visibility>()?;
    if ahead.peek(syn::Token![enum]) {
        return input.parse();
    }
    Err(ahead.error(
        "`#[declare_scopes]` goes on an enum whose discriminants are scope names: `Items = \"items\"`",
    ))
}

/// Reads one variant, and leaves of it what the compiler is to see.
fn scope(variant: &mut Variant, errors: &mut Vec<Error>) -> Scope {
    let ident = variant.ident.clone();
    if ident == "ALL" {
        errors.push(Error::new_spanned(
            &ident,
            "`ALL` is the list of all scopes; give the variant another name",
        ));
    }
    if !matches!(variant.fields, Fields::Unit) {
        errors.push(Error::new_spanned(
            &variant.fields,
            format!("a scope has no fields; write `{ident}` alone"),
        ));
        variant.fields = Fields::Unit;
    }
    if let Some(cfg) = variant.attrs.iter().find(|attribute| attribute.path().is_ident("cfg")) {
        errors.push(Error::new_spanned(
            cfg,
            "a scope is declared in every build; put `#[cfg]` on the handlers that require it",
        ));
    }
    variant.attrs.retain(|attribute| !attribute.path().is_ident("cfg"));

    let discriminant = variant.discriminant.take().map(|(_, value)| value);
    let name = name(&ident, discriminant.as_ref()).unwrap_or_else(|error| {
        errors.push(error);
        LitStr::new(&suggested_name(&ident), ident.span())
    });
    let description = documentation(&variant.attrs);
    if description.is_empty() {
        errors.push(Error::new_spanned(
            &ident,
            format!("`{ident}` has no description; say in a doc comment what a token with it may do"),
        ));
    }
    let mut implies = Vec::new();
    variant.attrs.retain(|attribute| {
        let ours = attribute.path().is_ident("implies");
        if ours {
            match implied::parse(attribute) {
                Ok(variants) => implies.extend(variants),
                Err(error) => errors.push(error),
            }
        }
        !ours
    });
    Scope { variant: ident, name, description, implies }
}

fn name(variant: &Ident, discriminant: Option<&Expr>) -> Result<LitStr> {
    let example = format!("`{variant} = \"{}\"`", suggested_name(variant));
    match discriminant {
        Some(Expr::Lit(ExprLit { lit: lit @ (Lit::Str(_) | Lit::ByteStr(_) | Lit::CStr(_)), .. })) => {
            scope_token(lit, "declare each as a variant of its own")
        }
        Some(Expr::Group(group)) => name(variant, Some(&group.expr)),
        Some(other) => {
            Err(Error::new(other.span(), format!("the name of a scope is a string literal; write {example}")))
        }
        None => Err(Error::new_spanned(variant, format!("`{variant}` has no scope name; write {example}"))),
    }
}

/// `ItemsWrite` is likely `items:write`.
fn suggested_name(variant: &Ident) -> String {
    let mut name = String::new();
    for c in variant.to_string().trim_start_matches("r#").chars() {
        if c.is_uppercase() && !name.is_empty() {
            name.push(':');
        }
        name.extend(c.to_lowercase());
    }
    name
}

/// Names the enum in generated code without repeating where the user wrote it.
fn generated(ident: &Ident) -> Ident {
    let mut ident = ident.clone();
    ident.set_span(Span::call_site());
    ident
}

impl ToTokens for Scope {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.variant.to_tokens(tokens);
    }
}
