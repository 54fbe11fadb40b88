//! A scope of a vocabulary that is being expanded.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Ident, LitStr};

/// A variant of a vocabulary.
pub(super) struct Scope {
    pub(super) variant: Ident,
    pub(super) name: LitStr,
    /// The parameters in the name.
    pub(super) parameters: Vec<String>,
    pub(super) description: String,
    pub(super) implies: Vec<Ident>,
}

impl ToTokens for Scope {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.variant.to_tokens(tokens);
    }
}
