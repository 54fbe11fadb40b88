use std::collections::{BTreeMap, HashSet};

use super::access_token::check_scope_count;
use super::error::DecodeError;
use super::json::{Object, Value};
use crate::scope::GrantedScopes;

/// The claim that contains the scopes, and its type.
///
/// Default: the string `scope` of RFC 9068 section 2.2.3, with spaces between the scopes. A token whose claim has another type
/// is refused. A token without the claim has no scopes.
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
    fallback: Option<Box<Self>>,
    /// The scopes that each value grants, separated by spaces.
    scopes_of: Option<BTreeMap<String, String>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    String,
    Array,
}

impl ScopeClaim {
    /// Selects a string claim, with spaces between the scopes.
    #[must_use]
    pub fn string(name: impl Into<String>) -> Self {
        Self { parents: Vec::new(), name: name.into(), form: Form::String, fallback: None, scopes_of: None }
    }

    /// Selects an array of strings, each one scope. An element that is not a scope-token, such as one with a space, grants
    /// nothing.
    #[must_use]
    pub fn array(name: impl Into<String>) -> Self {
        Self { parents: Vec::new(), name: name.into(), form: Form::Array, fallback: None, scopes_of: None }
    }

    /// Sets the objects that contain the claim, the outermost first. Default: none, a top-level claim.
    #[must_use]
    pub fn nested_in<N: Into<String>>(mut self, parents: impl IntoIterator<Item = N>) -> Self {
        self.parents = parents.into_iter().map(Into::into).collect();
        self
    }

    /// Adds a fallback claim, read when this one is absent. A present but empty claim grants no scopes.
    #[must_use]
    pub fn or_else(mut self, fallback: Self) -> Self {
        let fallback = match self.fallback.take() {
            Some(first) => first.or_else(fallback),
            None => fallback,
        };
        Self { fallback: Some(Box::new(fallback)), ..self }
    }

    /// Maps the values of the claim, such as roles or groups, to scopes. A value without an entry grants nothing. A value of a
    /// string claim is the text between two spaces. Calls add entries, and several entries for one value add up.
    ///
    /// ```
    /// use scopes_runtime::ScopeClaim;
    ///
    /// let claim = ScopeClaim::array("groups").map_values([
    ///     ("/staff", "items"),
    ///     ("/staff/editors", "items:write"),
    ///     ("/admins", "items:write users"),
    /// ]);
    /// ```
    #[must_use]
    pub fn map_values<V, S>(mut self, entries: impl IntoIterator<Item = (V, S)>) -> Self
    where
        V: Into<String>,
        S: AsRef<str>,
    {
        let scopes_of = self.scopes_of.get_or_insert_default();
        for (value, scopes) in entries {
            let list = scopes_of.entry(value.into()).or_default();
            *list = format!("{list} {}", scopes.as_ref());
        }
        self
    }

    /// Reads the scopes of a token.
    ///
    /// # Errors
    ///
    /// [`DecodeError::Invalid`] if the claim has another type, or has more than 1024 different scopes. The latter is checked
    /// here, before `may_grant` drops any: `GrantedScopes` keeps only the first 1025.
    pub(super) fn read(&self, claims: &Object<'_>) -> Result<GrantedScopes, DecodeError> {
        let read_fallback = || match &self.fallback {
            Some(fallback) => fallback.read(claims),
            None => Ok(GrantedScopes::default()),
        };
        let mut object = claims;
        for parent in &self.parents {
            object = match object.get(parent) {
                None => return read_fallback(),
                Some(Value::Object(object)) => object,
                Some(_) => {
                    return Err(DecodeError::invalid(format!("the claim `{parent}` is not an object")));
                }
            };
        }
        let Some(claim) = object.get(&self.name) else { return read_fallback() };
        let (scopes, expected) = match self.form {
            Form::String => (claim.as_str().map(|values| self.granted(values.split(' '))), "a string"),
            Form::Array => {
                let values = claim.as_array().filter(|values| values.iter().all(Value::is_string));
                let granted = values.map(|values| self.granted(values.iter().filter_map(Value::as_str)));
                (granted, "an array of strings")
            }
        };
        let scopes = scopes.ok_or_else(|| {
            let name = &self.name;
            DecodeError::invalid(format!(
                "the claim `{name}` is not {expected} (`scope_claim` sets another type)"
            ))
        })?;
        check_scope_count(&scopes)?;
        Ok(scopes)
    }
}

impl ScopeClaim {
    fn granted<'a>(&'a self, values: impl Iterator<Item = &'a str>) -> GrantedScopes {
        match &self.scopes_of {
            None => values.collect(),
            Some(scopes_of) => {
                // A token may repeat a value thousands of times.
                let mut seen = HashSet::new();
                let values = values.filter(|value| seen.insert(*value));
                values.filter_map(|value| scopes_of.get(value)).flat_map(|scopes| scopes.split(' ')).collect()
            }
        }
    }
}

impl Default for ScopeClaim {
    fn default() -> Self {
        Self::string("scope")
    }
}
