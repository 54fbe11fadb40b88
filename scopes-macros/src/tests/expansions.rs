//! Compares the expansion of each macro with a formatted file in `expansions/`.

use std::path::{Path, PathBuf};
use std::{env, fs, mem};

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::Parser;
use syn::{Attribute, Expr, File, Item, ItemConst, ItemFn, ItemStruct, Macro, Meta, Stmt};

use crate::hints::Hints;
use crate::{attribute_macros, declare, derive, requirement, routes, scoped_handlers, scoped_items};

#[test]
fn declare_scopes_expands_to_the_committed_file() {
    let source = r#"
#[declare_scopes]
pub enum Scope {
    /// Read items.
    Items = "items",
    /// Create, change and delete items.
    #[implies(Items)]
    ItemsWrite = "items:write",
}"#;
    let expand = |arguments, item| declare::expand(arguments, item, "src/scopes.rs:1:1");
    compare("declare_scopes", source, expand_attribute(source, expand));
}

#[test]
fn declare_scopes_with_types_expands_to_the_committed_file() {
    let source = r#"
#[declare_scopes(types = scope)]
pub enum Scope {
    /// Read items.
    Items = "items",
    /// Create, change and delete items.
    #[implies(Items)]
    ItemsWrite = "items:write",
    /// Read items of a type.
    OfType = "items:{type}:read",
    /// Read items of all types.
    #[implies(OfType)]
    OfAllTypes = "items:read",
}"#;
    let expand = |arguments, item| {
        let with_types = declare::expand(arguments, TokenStream::clone(&item), "src/scopes.rs:1:1");
        let without = declare::expand(TokenStream::new(), item, "src/scopes.rs:1:1");
        let without = without.into_iter().count();
        with_types.into_iter().skip(without).collect()
    };
    compare("declare_scopes_with_types", source, expand_attribute(source, expand));
}

#[test]
fn traits_that_the_user_derives_are_not_derived_again() {
    let source = r#"
/// The scopes of the API.
#[derive(Default, Debug)]
#[repr(u8)]
#[derive(core::hash::Hash)]
enum Scope {
    /// Read items.
    #[default]
    Items = "items",
}"#;
    let item: TokenStream = source.parse().expect("tokens");
    let expansion = declare::expand(TokenStream::new(), item, "src/scopes.rs:1:1");
    let File { items, .. } = syn::parse2(expansion).expect("items");
    let [Item::Enum(item), ..] = &*items else { panic!("no enum") };
    let derives: Vec<_> = item.attrs.iter().filter(|attribute| attribute.path().is_ident("derive")).collect();
    let derives = quote!(#(#derives)*).to_string().replace(' ', "");
    let missing =
        ["clone::Clone", "marker::Copy", "cmp::PartialEq", "cmp::Eq", "cmp::PartialOrd", "cmp::Ord"];
    let missing = missing.map(|name| format!("::core::{name}")).join(",");
    assert_eq!(derives, format!("#[derive({missing})]#[derive(Default,Debug)]#[derive(core::hash::Hash)]"));
}

/// As an editor expands it while it is written. rustc does not expand what it cannot parse.
#[test]
fn a_half_written_vocabulary_expands_to_the_committed_file() {
    let source = r#"
/// The scopes of the API.
pub(crate) enum Scope {
    "first",
    /// Read items.
    #[implies(Me)]
    Items = "items:read",
    Users = ,
    Me "me"
    /// Read groups.
    Groups = Other::Groups,
    Count = 5,
    Items,
    fn,
}"#;
    let item: TokenStream = source.parse().expect("tokens");
    compare(
        "declare_scopes_half_written",
        source,
        declare::expand(TokenStream::new(), item, "src/scopes.rs:1:1"),
    );
}

#[test]
fn requires_scopes_on_a_handler_expands_to_the_committed_file() {
    let source = r#"
/// Returns the items of the current user.
#[requires_scopes("items")]
async fn read_own_items(user: CurrentUser) -> Json<Vec<String>> {
    Json(vec![format!("an item of {}", user.name)])
}"#;
    compare(
        "requires_scopes_on_a_handler",
        source,
        expand_attribute(source, attribute_macros::requires_scopes),
    );
}

/// Primitive types describe no parameters by name, and take no time to compile then.
#[test]
fn only_types_of_several_path_values_are_read_as_their_names() {
    for (ty, are_read) in [("String", false), ("u32", false), ("ItemId", true), ("item::id", true)] {
        let source = format!("#[requires_scopes]\nasync fn read(_: Path<{ty}>) {{}}");
        let expansion = expand_attribute(&source, attribute_macros::requires_scopes);
        assert!(find(expansion.clone(), "__SCOPES_PATH_VALUE").is_some(), "{ty}");
        assert_eq!(find(expansion, "__SCOPES_REQUEST").is_some(), are_read, "{ty}");
    }
}

#[test]
fn requires_scopes_on_an_extractor_expands_to_the_committed_file() {
    let source = r#"
#[requires_scopes("me")]
impl<S: Send + Sync> FromRequestParts<S> for CurrentUser {
    type Rejection = AuthError;

    async fn from_request_parts(_: &mut Parts, _: &S, token: AccessToken) -> Result<Self, AuthError> {
        Ok(Self { name: token.subject().unwrap_or_default().to_owned() })
    }
}"#;
    compare(
        "requires_scopes_on_an_extractor",
        source,
        expand_attribute(source, attribute_macros::requires_scopes),
    );
}

/// The impl that handlers read has the generics of the type, and no requirement of an argument that depends on them.
#[test]
fn requires_scopes_on_a_generic_extractor_expands_to_the_committed_file() {
    let source = r#"
#[requires_scopes("me")]
impl<'a, S: AsRef<T> + Sync, T: Clone + From<S>, E, const N: usize> FromRequestParts<S> for Owned<'a, T, N>
where
    T: Send,
    S: Into<Config>,
    E: From<AuthError>,
{
    type Rejection = E;

    fn helper() {}

    async fn from_request_parts(
        mut parts: &mut Parts,
        state: &S,
        _: CurrentUser<'a>,
        (page, one): (Page<N>, Query<One>),
        _: Query<T>,
    ) -> Result<Self, E> {
        Self::read(page, one)
    }
}"#;
    compare(
        "requires_scopes_on_a_generic_extractor",
        source,
        expand_attribute(source, attribute_macros::requires_scopes),
    );
}

#[test]
fn a_mistake_in_the_rejection_of_an_extractor_is_shown_at_its_type() {
    let source = r#"
impl<S> FromRequestParts<S> for CurrentUser {
    type Other = String;
    type Rejection = StatusCode;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, StatusCode> {}
}"#;
    let item: TokenStream = source.parse().expect("tokens");
    let expansion = attribute_macros::requires_scopes(TokenStream::new(), item);
    let conversion = find(expansion, "from_auth_error").expect("the conversion of a refusal");
    assert_eq!(conversion.span().source_text().as_deref(), Some("StatusCode"));
}

#[cfg(feature = "openapi")]
#[test]
fn requires_scopes_above_utoipas_attribute_expands_to_the_committed_file() {
    let source = r#"
#[requires_scopes("items")]
#[utoipa::path(
    get,
    path = "/{{}}/items/{id}/{*rest}",
    params(("page" = u32, Query, description = "The page.")),
    responses((status = 200, description = "The item.")),
    operation_id = "readItem",
    tag = "items"
)]
async fn read_item() {}"#;
    compare(
        "requires_scopes_above_utoipas_attribute",
        source,
        expand_attribute(source, attribute_macros::requires_scopes),
    );
}

#[cfg(feature = "openapi")]
#[test]
fn requires_scopes_above_utoipas_attribute_for_a_type_expands_to_the_committed_file() {
    let source = r#"
#[requires_scopes]
#[utoipa::path(get, path = "/items", params(Page), impl_for = ReadItems)]
async fn read_items() {}"#;
    compare(
        "requires_scopes_above_utoipas_attribute_for_a_type",
        source,
        expand_attribute(source, attribute_macros::requires_scopes),
    );
}

#[test]
fn public_expands_to_the_committed_file() {
    let source = r#"
/// Greets the user, if the request has a token.
#[public(reason = "a greeting reveals nothing")]
async fn greet(token: Option<AccessToken>) -> String {
    match token.as_ref().and_then(AccessToken::subject) {
        Some(name) => format!("hello, {name}"),
        None => "hello".to_owned(),
    }
}"#;
    compare("public", source, expand_attribute(source, attribute_macros::public));
}

#[test]
fn authenticated_by_expands_to_the_committed_file() {
    let source = r#"
/// Receives an event.
#[authenticated_by(WebhookSignature)]
async fn receive(WebhookSignature(event): WebhookSignature) {
    drop(event);
}"#;
    compare("authenticated_by", source, expand_attribute(source, attribute_macros::authenticated_by));
}

#[test]
fn scoped_handlers_expands_to_the_committed_file() {
    let source = r#"
#[scoped_handlers]
impl Notes {
    /// Deletes a note.
    #[requires_scopes("notes:delete")]
    async fn delete(State(notes): State<Self>, Path(id): Path<u64>) -> StatusCode {
        notes.remove(id)
    }
}"#;
    compare("scoped_handlers", source, expand_attribute(source, scoped_handlers::expand));
}

#[test]
fn scopes_expands_to_the_committed_file() {
    let source = r#"
const REQUIREMENT: Requirement = scopes!(any("admin", all("items", Scope::Me)), max_age = 300, dpop);"#;
    let mut item: ItemConst = parse(source);
    *item.expr =
        syn::parse2(requirement::expand(invocation(&item.expr).tokens.clone())).expect("an expression");
    compare("scopes", source, item.to_token_stream());
}

#[test]
fn scopes_with_values_expands_to_the_committed_file() {
    let source = r#"
fn requirement(project: &Project) -> impl TokenRequirement {
    scopes!("org:{org}:read", acr = any("mfa", "hwk"), org = project.org("me"))
}"#;
    let mut item: ItemFn = parse(source);
    let [Stmt::Expr(body, None)] = &mut *item.block.stmts else { panic!("the body is not an expression") };
    *body = syn::parse2(requirement::expand(invocation(body).tokens.clone())).expect("an expression");
    compare("scopes_with_values", source, item.to_token_stream());
}

#[test]
fn scoped_extractor_expands_to_the_committed_file() {
    let source = r#"
#[derive(ScopedExtractor)]
struct Listing {
    user: CurrentUser,
    page: Query<Page>,
    #[from_request(rejection(Refused), via(Json))]
    body: Body,
}"#;
    let mut item: ItemStruct = parse(source);
    let generated = derive::expand(item.to_token_stream());
    item.attrs.clear();
    compare("scoped_extractor", source, quote!(#item #generated));
}

#[test]
fn scoped_tools_expands_to_the_committed_file() {
    let source = r#"
#[scoped_tools]
#[tool_router]
impl Notes {
    /// Deletes a note.
    #[tool(name = "delete-note")]
    #[requires_scopes("notes:delete")]
    async fn delete_note(&self, Parameters(note): Parameters<Id>) -> String {
        self.delete(note)
    }

    #[cfg(feature = "about")]
    #[tool]
    #[public]
    async fn about(&self) -> &'static str {
        "notes"
    }
}"#;
    compare(
        "scoped_tools",
        source,
        expand_attribute(source, |arguments, item| scoped_items::expand("tool", arguments, item)),
    );
}

/// Only rust-analyzer gets them.
#[test]
fn the_hints_of_a_requirement_expand_to_the_committed_file() {
    let source = r#"
#[requires_scopes(any("items", Admin::Items, ::shared::Scope::), item = id("no scope"), acr = "no scope", dpop)]"#;
    let attribute = Attribute::parse_outer.parse_str(source).expect("an attribute").remove(0);
    let Meta::List(list) = attribute.meta else { panic!("the attribute has no list") };
    compare("hints", source, Hints::of(list.tokens).to_token_stream());
}

#[test]
fn routes_expands_to_the_committed_file() {
    let source = r#"
fn item_routes() -> DocumentedRoutes<AppState> {
    routes!(read_items, items::create)
}"#;
    let mut item: ItemFn = parse(source);
    let [Stmt::Expr(body, None)] = &mut *item.block.stmts else { panic!("the body is not an expression") };
    *body = syn::parse2(routes::expand(invocation(body).tokens.clone())).expect("an expression");
    compare("routes", source, item.to_token_stream());
}

/// The workspace's other packages turn the feature on: `cargo test -p scopes-runtime-macros` runs this.
#[cfg(not(feature = "openapi"))]
#[test]
fn without_the_feature_openapi_the_attribute_of_utoipa_is_an_error() {
    let source = r#"
#[requires_scopes("items")]
#[utoipa::path(get, path = "/items")]
async fn items() {}"#;
    let expansion = expand_attribute(source, attribute_macros::requires_scopes).to_string();
    assert!(expansion.contains("needs the feature `openapi` of `scopes-runtime`"), "{expansion}");
    assert!(!expansion.contains("__utoipa_items") && !expansion.contains("is_variable"), "{expansion}");
}

#[test]
fn attributes_with_a_part_of_the_name_of_utoipas_are_kept() {
    for name in ["other::path", "utoipa::other", "path"] {
        let source = format!("#[requires_scopes]\n#[{name}(get)]\nasync fn items() {{}}");
        let expansion = expand_attribute(&source, attribute_macros::requires_scopes);
        let attribute = format!("# [{}]", name.replace("::", " :: ") + " (get)");
        assert!(expansion.to_string().contains(&attribute), "{name}: {expansion}");
    }
}

#[test]
fn the_guide_shows_the_expansion_of_a_handler() {
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scopes-runtime/src/guide/generated_code.md");
    let guide = fs::read_to_string(guide).expect("the guide");
    let shown = fs::read_to_string(golden_file("requires_scopes_on_a_handler")).expect("the expansion");
    assert!(guide.contains(&format!("```rust,ignore\n{shown}```\n")), "the guide does not contain:\n{shown}");
}

fn parse<T: syn::parse::Parse>(source: &str) -> T {
    syn::parse_str(source).expect("an item")
}

/// Expands the attribute that is not a doc comment.
fn expand_attribute(source: &str, expand: impl Fn(TokenStream, TokenStream) -> TokenStream) -> TokenStream {
    let is_doc = |attribute: &Attribute| attribute.path().is_ident("doc");
    let mut item: syn::Item = parse(source);
    let attributes = match &mut item {
        syn::Item::Enum(item) => &mut item.attrs,
        syn::Item::Fn(item) => &mut item.attrs,
        syn::Item::Impl(item) => &mut item.attrs,
        _ => panic!("an enum, a function or an impl"),
    };
    let at = attributes.iter().position(|attribute| !is_doc(attribute)).expect("an attribute");
    let arguments = match attributes.remove(at).meta {
        Meta::List(list) => list.tokens,
        _ => TokenStream::new(),
    };
    expand(arguments, item.into_token_stream())
}

fn invocation(expression: &Expr) -> &Macro {
    match expression {
        Expr::Macro(invocation) => &invocation.mac,
        other => panic!("{} is not a macro invocation", other.to_token_stream()),
    }
}

/// Returns the first identifier with this name.
fn find(tokens: TokenStream, name: &str) -> Option<Ident> {
    tokens.into_iter().find_map(|token| match token {
        TokenTree::Group(group) => find(group.stream(), name),
        TokenTree::Ident(ident) => (ident == name).then_some(ident),
        TokenTree::Punct(_) | TokenTree::Literal(_) => None,
    })
}

fn golden_file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("expansions").join(format!("{name}.rs"))
}

/// Compares the source, as a comment, and its expansion with the golden file.
fn compare(name: &str, source: &str, expansion: TokenStream) {
    let source: String =
        source.trim().lines().map(|line| format!("// {line}").trim_end().to_owned() + "\n").collect();
    let mut expansion: File = syn::parse2(expansion).expect("items");
    let mut actual = source;
    for item in mem::take(&mut expansion.items) {
        expansion.items = vec![item];
        actual.push('\n');
        actual.push_str(&prettyplease::unparse(&expansion));
    }
    let file = golden_file(name);
    if env::var_os("EXPANSIONS").is_some_and(|value| value == "overwrite") {
        fs::write(&file, &actual).expect("a writable file");
        return;
    }
    let expected = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        expected == actual,
        "the expansion differs from {}:\n{actual}\nif the change is intended, run\n\
         EXPANSIONS=overwrite cargo test -p scopes-runtime-macros expansions",
        file.display(),
    );
}
