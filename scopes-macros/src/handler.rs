//! `#[requires_scopes]`, `#[authenticated_by]` and `#[public]` on a handler: adds a first argument, the guard, and leaves the
//! body unchanged.

mod declaration;

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{
    Attribute, Error, FnArg, LitStr, Pat, PatType, PatWild, Path, Result, Signature, Token, Type, Visibility,
};

use crate::documented::{Documented, is_utoipas};
use crate::extractor_requirements::{Argument, Probed, forbid, probe, unknown_in_wrappers};
use crate::generated::{code, group, join};
use crate::hints::Hints;
use crate::item_attributes::{conditions, is, reject_second_attribute};
use crate::place;
use crate::requirement::Requirement;

/// axum's handlers have at most 16 arguments. The guard is one of them.
const MAX_ARGUMENTS: usize = 15;

/// clippy's `too_many_arguments` allows 7 arguments. The guard must not count.
const CLIPPY_ARGUMENTS: usize = 7;

pub(crate) struct Handler {
    attributes: Vec<Attribute>,
    visibility: Visibility,
    signature: Signature,
    body: TokenStream,
    /// The types for `#[utoipa::path]`. `None` also without the feature `openapi`, which is an error.
    documented: Option<Documented>,
    /// Of a function in an `impl` block: the signature whose types can be named outside of the block, without `Self`.
    nameable_signature: Option<Signature>,
    /// The type of the `impl` block around the handler.
    block: Option<Block>,
}

/// The `impl` block around a handler.
#[derive(Clone)]
pub(crate) struct Block {
    /// The block's type, as a part of a path.
    pub(crate) path: String,
    /// The block's type, as a part of an identifier.
    pub(crate) ident: String,
}

/// A handler with its guard, and the items beside it.
pub(crate) struct Guarded {
    pub(crate) function: TokenStream,
    pub(crate) items: TokenStream,
}

/// The type of the first argument.
#[derive(Clone, Copy)]
pub(crate) enum Guard {
    Authorized,
    AuthenticatedBy,
    Public,
}

impl Guard {
    /// Returns the guard's type for a hidden type.
    fn of(self, operation: &str) -> TokenStream {
        let name = match self {
            Self::Authorized => "Authorized",
            Self::AuthenticatedBy => "AuthenticatedBy",
            Self::Public => "Public",
        };
        code(&format!("::scopes_runtime::{name}<{operation}>"))
    }
}

/// The parts of the constant `HandlerSource` that depend on the attribute.
struct Source<'a> {
    /// What only editors read.
    hints: Option<&'a Hints>,
    /// The associated function of `HandlerSource` that the constant calls.
    constructor: &'static str,
    /// The first arguments of this function, each with a comma.
    first_arguments: TokenStream,
    /// For a public handler, a call of `public` on the result. Otherwise empty.
    public: TokenStream,
}

impl Source<'_> {
    /// Returns the parts for a requirement that contains those of the extractors.
    fn new(requirement: TokenStream) -> Self {
        Self {
            hints: None,
            constructor: "new",
            first_arguments: quote!(#requirement,),
            public: TokenStream::new(),
        }
    }
}

impl Handler {
    /// Parses a handler. Mistakes are reported and corrected, so that they cause no further errors at the routes.
    pub(crate) fn parse(item: TokenStream, errors: &mut Vec<Error>) -> Result<Self> {
        let mut item: Vec<_> = item.into_iter().collect();
        // Kept from syn, which copies each token into its buffer. The body may be long.
        let block = item
            .pop_if(|last| matches!(last, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace));
        let parser = |input: ParseStream<'_>| {
            let attributes = input.call(Attribute::parse_outer)?;
            let visibility = input.parse()?;
            let signature: Signature = input.parse()?;
            let mut body: TokenStream = input.parse()?;
            body.extend(block);
            Ok(Self {
                attributes,
                visibility,
                signature,
                body,
                documented: None,
                nameable_signature: None,
                block: None,
            })
        };
        let mut handler = parser.parse2(item.into_iter().collect())?;
        reject_second_attribute(&handler.attributes)?;
        handler.check_signature(errors)?;
        let name = handler.signature.ident.unraw();
        if handler.has_utoipas() {
            // `debug_handler` copies the function together with the attributes below it. utoipa's must not be among them.
            handler.attributes.sort_by_key(|attribute| is(attribute, "debug_handler"));
            handler.documented = Documented::find(&mut handler.attributes, &name, errors);
        }
        Ok(handler)
    }

    /// Sets the block around the handler. `make_nameable` changes the signature to one that items beside the block can name.
    pub(crate) fn in_block(mut self, block: Block, make_nameable: impl FnOnce(&mut Signature)) -> Self {
        make_nameable(self.nameable_signature.insert(self.signature.clone()));
        self.block = Some(block);
        self
    }

    fn check_signature(&mut self, errors: &mut Vec<Error>) -> Result<()> {
        if let Some(receiver) = self.signature.receiver() {
            return Err(Error::new_spanned(
                receiver,
                "`self` in a handler; remove it, and take shared data through `State`. An `impl` block with handlers needs \
                 `#[scoped_handlers]`, one with tools of an MCP server `#[scoped_tools]`",
            ));
        }
        if self.signature.asyncness.is_none() {
            let keyword = self.signature.fn_token;
            errors.push(Error::new_spanned(keyword, "handler without `async`; write `async fn`"));
            self.signature.asyncness = Some(Token![async](keyword.span));
        }
        if let Some(extra) = self.signature.inputs.iter().nth(MAX_ARGUMENTS) {
            errors.push(Error::new_spanned(
                extra,
                format!("more than {MAX_ARGUMENTS} arguments; combine extractors in a tuple"),
            ));
        }
        Ok(())
    }

    /// Returns whether `#[utoipa::path]` is below.
    fn has_utoipas(&self) -> bool {
        self.attributes.iter().any(|attribute| is_utoipas(attribute.path()))
    }

    /// Returns the signature whose types the generated items can name.
    fn nameable(&self) -> &Signature {
        self.nameable_signature.as_ref().unwrap_or(&self.signature)
    }

    fn arguments(&self) -> Vec<Argument<'_>> {
        let Signature { inputs, generics, .. } = self.nameable();
        let typed = inputs.iter().filter_map(|input| match input {
            FnArg::Typed(argument) => Some(argument),
            FnArg::Receiver(_) => None,
        });
        typed.map(|PatType { attrs, ty, .. }| Argument::new(attrs, ty, generics)).collect()
    }

    /// Expands `#[requires_scopes]`. Adds errors for extractors whose requirement is unknown and whose refusal does not stop
    /// the handler.
    pub(crate) fn scoped(self, requirement: &Requirement, errors: &mut Vec<Error>) -> Guarded {
        let arguments = self.arguments();
        errors.extend(unknown_in_wrappers(&arguments, &self.nameable().generics));
        let extractors = requirements_of(&arguments, &probe(&arguments, &self.nameable().generics));
        let parameters = self.documented.as_ref().and_then(|documented| documented.parameters.as_ref());
        let source = match parameters {
            // A compile error for a scope's parameter that neither the path nor an extractor has.
            Some((path, names)) => {
                let at_path = quote!(::scopes_runtime::Requirement::at_path);
                let all = quote!(::scopes_runtime::Requirement::all(&[#requirement #extractors]));
                Source::new(place::call(path.span(), at_path, quote!(#all, &[#(#names),*])))
            }
            None => Source {
                constructor: "scoped",
                first_arguments: join([
                    requirement.expand(),
                    code(", &"),
                    group(Delimiter::Bracket, extractors),
                    code(","),
                ]),
                hints: None,
                public: TokenStream::new(),
            },
        };
        let source = Source { hints: requirement.hints(), ..source };
        let declared = self.declare(Guard::Authorized, &arguments, source);
        self.guarded(Guard::Authorized, declared)
    }

    /// Expands `#[authenticated_by]`: one of the arguments must check each of the credentials.
    pub(crate) fn authenticated_by(self, credentials: &[Path]) -> Guarded {
        let operation = format_ident!("{}", self.operation());
        let conditions: Vec<_> = conditions(&self.attributes).cloned().collect();
        let arguments = self.arguments();
        let extractors = probe(&arguments, &self.nameable().generics);
        let private = quote!(::scopes_runtime::__private);
        let are_checked = credentials.iter().map(|extractor| {
            let written = extractor.to_token_stream().to_string().replace(' ', "");
            let message = format!(
                "no argument of type `{written}`, so nothing checks these credentials; add one, such as `_: {written}`"
            );
            let span = extractor.span();
            let open = place::at(span, quote!(<));
            let trait_ = place::at(span, quote!(as ::scopes_runtime::CredentialExtractor>::SCHEME));
            // Not its `REQUIREMENT`, which an error in the requirement would mention as one more constant.
            let is_missing = quote! {
                !<#operation as #private::HandlerInfo>::SOURCE.requirement
                    .has_credentials_of(&#open #extractor #trait_)
            };
            let forbid = place::call(span, quote!(#private::forbid), quote!(#is_missing, #message));
            quote!(#(#conditions)* const _: () = { #forbid; };)
        });
        let message = "extractor checks an access token, which this handler does not require; write `#[requires_scopes]`, and \
                       keep the argument that checks the credentials";
        let checks = forbid(&extractors, &conditions, &[("PROTECTED", message), ("ACCEPTS_TOKEN", message)]);
        let requirements = requirements_of(&arguments, &extractors);
        let requirement = quote!(::scopes_runtime::Requirement::of_extractors(&[#requirements]));
        let declared = self.declare(Guard::AuthenticatedBy, &arguments, Source::new(requirement));
        let items = quote! {
            #declared
            #(#are_checked)*
            #checks
        };
        self.guarded(Guard::AuthenticatedBy, items)
    }

    /// Expands `#[public]`: no argument may require a token or check credentials.
    pub(crate) fn public(self, reason: Option<&LitStr>) -> Guarded {
        let conditions: Vec<_> = conditions(&self.attributes).cloned().collect();
        let arguments = self.arguments();
        let extractors = probe(&arguments, &self.nameable().generics);
        let token = "extractor in a public handler requires an access token; \
                     write `#[requires_scopes]`, or take `Option<AccessToken>`";
        let credentials =
            "extractor in a public handler checks credentials; write `#[authenticated_by(…)]` with its type";
        let checks =
            forbid(&extractors, &conditions, &[("PROTECTED", token), ("HAS_CREDENTIALS", credentials)]);
        let any_of = quote!(::scopes_runtime::__private::any_of);
        let accepts_token = extractors.iter().map(|extractor| extractor.constant("ACCEPTS_TOKEN"));
        let accepts_token = quote!(#any_of(&[#(#accepts_token),*]));
        let reason = match reason {
            Some(reason) => quote!(::core::option::Option::Some(#reason)),
            None => quote!(::core::option::Option::None),
        };
        let reads_context = constants_of(&arguments, &extractors, "READS_CONTEXT", quote!(true));
        let any_token = quote!(::scopes_runtime::Requirement::ANY_VALID_TOKEN);
        let requirement = quote!(#any_token.with_context_if(#any_of(&[#reads_context])));
        let public = quote!(.public(#accepts_token, #reason));
        let source = Source { public, ..Source::new(requirement) };
        let declared = self.declare(Guard::Public, &arguments, source);
        let items = quote! {
            #declared
            #checks
        };
        self.guarded(Guard::Public, items)
    }

    /// Returns the name of the hidden type for the handler.
    fn operation(&self) -> String {
        let name = self.signature.ident.unraw();
        match &self.block {
            Some(block) => format!("__operation_{}_{name}", block.ident),
            None => format!("__operation_{name}"),
        }
    }

    /// Returns the function with a guard that causes no further errors where the handler is used. `items` are added to its
    /// body.
    pub(crate) fn misplaced(mut self, guard: Guard, items: Option<TokenStream>) -> TokenStream {
        let body = self.body.clone().into_iter().map(|token| match token {
            TokenTree::Group(block) => block.stream(),
            other => other.into(),
        });
        // Without braces of its own, which rustc would report as unnecessary.
        let body = body.collect::<TokenStream>();
        self.body = quote!({ #items #body });
        let guard = guard.of("::scopes_runtime::__private::MisplacedHandler");
        self.with_argument(guard)
    }

    /// Adds the guard as the first argument, so that the check runs before any other extractor.
    fn guarded(self, guard: Guard, items: TokenStream) -> Guarded {
        let guard = guard.of(&self.operation());
        Guarded { function: self.with_argument(guard), items }
    }

    fn with_argument(mut self, guard: TokenStream) -> TokenStream {
        let clippy = (self.signature.inputs.len() == CLIPPY_ARGUMENTS)
            .then(|| quote!(#[allow(clippy::too_many_arguments)]));
        // By hand, because `parse_quote!` takes longer in dev builds.
        let guard = PatType {
            attrs: Vec::new(),
            pat: Box::new(Pat::Wild(PatWild {
                attrs: Vec::new(),
                underscore_token: Token![_](Span::call_site()),
            })),
            colon_token: Token![:](Span::call_site()),
            ty: Box::new(Type::Verbatim(guard)),
        };
        self.signature.inputs.insert(0, FnArg::Typed(guard));
        let Self { attributes, visibility, signature, body, .. } = self;
        quote!(#(#attributes)* #clippy #visibility #signature #body)
    }
}

/// Returns the requirements of the extractors, as array elements.
fn requirements_of(arguments: &[Argument<'_>], extractors: &[Probed<'_>]) -> TokenStream {
    let unknown = quote!(::scopes_runtime::Requirement::ANY_VALID_TOKEN.with_context_if(true));
    constants_of(arguments, extractors, "REQUIREMENT", unknown)
}

/// Returns a constant of each extractor, as array elements. If an argument's type is generic, it may be any extractor:
/// `unknown` is added.
fn constants_of(
    arguments: &[Argument<'_>],
    extractors: &[Probed<'_>],
    name: &str,
    unknown: TokenStream,
) -> TokenStream {
    let is_unknown = arguments.iter().any(|argument| argument.is_generic);
    let known = extractors.iter().map(|extractor| extractor.constant(name));
    let constants = known.chain(is_unknown.then_some(unknown));
    quote!(#(#constants),*)
}
