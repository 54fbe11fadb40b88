/// Declares the scopes of an API, its vocabulary, as an enum.
///
/// Each variant is a scope. Its discriminant is the name, a scope-token of RFC 6749 section 3.3. Its doc comment is the
/// description, which authorization servers show to users. A token with a scope that has `#[implies(Variant, …)]` also
/// satisfies those scopes, and the scopes that they imply.
///
/// ```
/// use scopes_runtime::declare_scopes;
///
/// /// What an access token may be allowed to do.
/// #[declare_scopes]
/// pub enum Scope {
///     /// Read items.
///     Items = "items",
///     /// Create, change and delete items.
///     #[implies(Items)]
///     ItemsWrite = "items:write",
/// }
///
/// assert_eq!(Scope::ItemsWrite.as_str(), "items:write");
/// assert_eq!(Scope::ItemsWrite.description(), "Create, change and delete items.");
/// assert_eq!("items".parse(), Ok(Scope::Items));
/// ```
///
/// The macro generates:
///
/// - `ALL`, `declared`, `as_str` and `description`;
/// - `Display`, `FromStr`, `AsRef<str>`, and serde's `Serialize` and `Deserialize`, as the scope's name;
/// - `Clone`, `Copy`, `Debug`, `PartialEq`, `Eq`, `PartialOrd`, `Ord` and `Hash`, unless a `#[derive]` below the attribute
///   contains them;
/// - a macro with the name of the enum, which resolves string literals in requirements. Types and macros have separate
///   namespaces, so one `use` imports both.
///
/// `scopes-macros/expansions/declare_scopes.rs` in the repository shows the expansion.
///
/// A string literal in a requirement is a scope of the vocabulary with the name `Scope`. Import a vocabulary of
/// another module or with another name by `use`:
///
/// ```
/// mod billing {
///     /// What a token may do with invoices.
///     #[scopes_runtime::declare_scopes]
///     pub enum BillingScope {
///         /// Read invoices.
///         InvoicesRead = "invoices:read",
///     }
/// }
///
/// use billing::BillingScope as Scope;
///
/// #[scopes_runtime::requires_scopes("invoices:read")]
/// async fn read_invoices() {}
/// # fn main() {}
/// ```
///
/// If a glob import and a declaration both provide `Scope`, as in a test module with `use super::*`, the compiler
/// reports string literals as ambiguous. Write the paths of the scopes there, or declare the vocabulary under
/// another name and import it as `Scope`.
///
/// A name can have parameters: `org:{org}:read` stands for the scopes `org:acme:read`, `org:other:read` and so on. A
/// requirement names the scope as it is declared, and the path of the request has the value; see
/// [`guide::scope_parameters`](crate::guide::scope_parameters). Such a scope can imply only scopes with the same parameters.
/// One without parameters can imply it, for all values.
///
/// `#[declare_scopes(types = scope)]` also declares the module `scope` with a type for each scope, for
/// [`Granted`](crate::Granted). Each scope then counts as used.
///
/// Generated code refers to `::scopes_runtime`, so do not rename the dependency.
///
/// rustc warns about a scope that no handler requires and that implies no other scope, in binary crates and for
/// enums that are not `pub`. Parsing a name does not count as a use; `ALL` does.
pub use scopes_runtime_macros::declare_scopes;
