use serde_json::{Map, Value};

use crate::scope::GrantedScopes;
use crate::token::DecodeError;
use crate::token::access_token::check_count;

/// Where a JWT lists its scopes, and how.
///
/// The default is the string `scope` of RFC 9068 section 2.2.3, scopes separated by spaces. Authorization
/// servers that do otherwise need to be named, for one claim and one form: a token where it has another type
/// is refused, and a second claim never adds to it. A token without the claim has no scopes.
///
/// ```
/// use scopes_runtime::ScopeClaim;
///
/// let entra = ScopeClaim::string("scp");
/// let okta = ScopeClaim::array("scp");
/// let auth0 = ScopeClaim::array("permissions");
/// let keycloak_roles = ScopeClaim::array("roles").nested_in(["realm_access"]);
/// # assert_eq!(ScopeClaim::default(), ScopeClaim::string("scope"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeClaim {
    parents: Vec<String>,
    name: String,
    form: Form,
    otherwise: Option<Box<Self>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    String,
    Array,
}

impl ScopeClaim {
    /// A claim that is a string, with spaces between the scopes.
    #[must_use]
    pub fn string(name: impl Into<String>) -> Self {
        Self { parents: Vec::new(), name: name.into(), form: Form::String, otherwise: None }
    }

    /// A claim that is an array of strings, each one scope. An element that is no scope-token, one with a
    /// space in it for example, grants nothing.
    #[must_use]
    pub fn array(name: impl Into<String>) -> Self {
        Self { parents: Vec::new(), name: name.into(), form: Form::Array, otherwise: None }
    }

    /// The claim is not at the top, but in these objects, the outermost first.
    #[must_use]
    pub fn nested_in<N: Into<String>>(mut self, parents: impl IntoIterator<Item = N>) -> Self {
        self.parents = parents.into_iter().map(Into::into).collect();
        self
    }

    /// Another claim, for tokens that have nothing where this one stands. One that is empty there has no scopes.
    #[must_use]
    pub fn or_else(mut self, other: Self) -> Self {
        let other = match self.otherwise.take() {
            Some(otherwise) => otherwise.or_else(other),
            None => other,
        };
        Self { otherwise: Some(Box::new(other)), ..self }
    }

    pub(super) fn read(&self, claims: &Map<String, Value>) -> Result<GrantedScopes, DecodeError> {
        let otherwise = || self.otherwise.as_ref().map_or(Ok(GrantedScopes::default()), |it| it.read(claims));
        let mut object = claims;
        for parent in &self.parents {
            object = match object.get(parent) {
                None => return otherwise(),
                Some(Value::Object(object)) => object,
                Some(_) => {
                    return Err(DecodeError::invalid(format!("the claim `{parent}` is not an object")));
                }
            };
        }
        let Some(claim) = object.get(&self.name) else { return otherwise() };
        let (scopes, expected) = match self.form {
            Form::String => (claim.as_str().map(GrantedScopes::from_list), "a string"),
            Form::Array => (
                claim.as_array().and_then(|scopes| scopes.iter().map(Value::as_str).collect()),
                "an array of strings",
            ),
        };
        let scopes = scopes.ok_or_else(|| {
            let name = &self.name;
            DecodeError::invalid(format!(
                "the claim `{name}` is not {expected} (`scope_claim` says which it is)"
            ))
        })?;
        // Before any is dropped by `may_grant`: of too many, only the first ones are here.
        check_count(&scopes)?;
        Ok(scopes)
    }
}

impl Default for ScopeClaim {
    fn default() -> Self {
        Self::string("scope")
    }
}
