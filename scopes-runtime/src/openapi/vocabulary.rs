//! The scopes of a security scheme in a form for machines, which all types of schemes have: the extension `x-scopes`. OpenAPI
//! has scopes in OAuth2 flows only, and no implications at all.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::security::SecurityScheme;

use crate::scope::DeclaredScope;

/// The extension of security schemes with the scopes and their implications.
const SCOPES: &str = "x-scopes";

type Names = Vec<&'static str>;

/// The scopes of a security scheme, by name.
pub(super) struct DocumentedVocabulary(BTreeMap<&'static str, DocumentedScope>);

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DocumentedScope {
    description: &'static str,
    implies: Names,
    implies_directly: Names,
    implied_by: Names,
}

impl DocumentedVocabulary {
    /// Of scopes of one name in several vocabularies, the implications that all of them have are listed: the document does not
    /// tell them apart.
    pub(super) fn new(declared: &[&'static DeclaredScope]) -> Self {
        let mut scopes: BTreeMap<_, DocumentedScope> = BTreeMap::new();
        for scope in declared {
            let documented = scopes.entry(scope.name()).or_insert_with(|| DocumentedScope {
                description: scope.description(),
                implies: Names::new(),
                implies_directly: Names::new(),
                implied_by: scope.implied_by().to_vec(),
            });
            for implied in scope.implies() {
                if !documented.implies.contains(implied) {
                    documented.implies.push(implied);
                }
            }
            documented.implied_by.retain(|broader| scope.implied_by().contains(broader));
        }
        let implied_by: BTreeMap<_, _> =
            scopes.iter().map(|(name, scope)| (*name, scope.implied_by.clone())).collect();
        for (name, scope) in &mut scopes {
            scope.implies.retain(|implied| implied_by.get(implied).is_none_or(|by| by.contains(name)));
        }
        let implies: BTreeMap<_, _> =
            scopes.iter().map(|(name, scope)| (*name, scope.implies.clone())).collect();
        for scope in scopes.values_mut() {
            let is_indirect = |implied: &&&str| {
                let others = scope.implies.iter().filter_map(|other| implies.get(other));
                others.into_iter().any(|others| others.contains(*implied))
            };
            scope.implies_directly =
                scope.implies.iter().filter(|implied| !is_indirect(implied)).copied().collect();
        }
        Self(scopes)
    }

    /// Returns the descriptions of the scopes, with those that each implies.
    pub(super) fn descriptions(&self) -> BTreeMap<&'static str, String> {
        self.0.iter().map(|(name, scope)| (*name, scope.text())).collect()
    }

    /// Adds the extension and a description to the scheme. A scheme without scopes stays as it is.
    pub(super) fn add_to(&self, scheme: &mut SecurityScheme) {
        if self.0.is_empty() {
            return;
        }
        let scopes = self.descriptions().into_iter().map(|(name, text)| format!("\n- `{name}`: {text}"));
        let text = format!("Scopes:\n{}", scopes.collect::<String>());
        let value = serde_json::to_value(&self.0).expect("lists of strings are always JSON");
        let added = Extensions::from_iter([(SCOPES.to_owned(), value)]);
        let (description, extensions) = match scheme {
            SecurityScheme::OAuth2(scheme) => (&mut scheme.description, &mut scheme.extensions),
            SecurityScheme::OpenIdConnect(scheme) => (&mut scheme.description, &mut scheme.extensions),
            SecurityScheme::Http(scheme) => (&mut scheme.description, &mut scheme.extensions),
            SecurityScheme::ApiKey(_) | SecurityScheme::MutualTls { .. } => return,
        };
        *description = Some(text);
        *extensions = Some(added);
    }
}

impl DocumentedScope {
    fn text(&self) -> String {
        let implied: Vec<_> = self.implies.iter().map(|name| format!("`{name}`")).collect();
        if implied.is_empty() {
            return self.description.to_owned();
        }
        format!("{} Includes {}.", self.description, implied.join(", "))
    }
}
