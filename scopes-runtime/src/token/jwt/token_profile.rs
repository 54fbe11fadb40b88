use std::borrow::Cow;

use crate::token::json::Object;
use crate::token::{DecodeError, ScopeClaim};

/// How an issuer writes its access tokens: which claims contain scopes, client and audience, and what distinguishes access
/// tokens from the issuer's other JWTs. For [`JwtDecoderBuilder::profile`](super::JwtDecoderBuilder::profile).
///
/// The default is RFC 9068. The profiles of products accept tokens without `typ: at+jwt`, and require claims instead that the
/// ID tokens of the product do not have.
///
/// ```
/// use scopes_runtime::{Algorithm, TokenProfile, JwtDecoder, ScopeClaim, VerificationKey};
///
/// # fn f(key: VerificationKey) -> Result<(), scopes_runtime::JwtDecoderError> {
/// let decoder = JwtDecoder::builder()
///     .issuer("https://keycloak.example/realms/shop")
///     .audience("shop-api")
///     .profile(TokenProfile::keycloak())
///     // The roles of the client `shop-api`, in place of the scopes that the user granted.
///     .scope_claim(ScopeClaim::array("roles").nested_in(["resource_access", "shop-api"]))
///     .key(key)
///     .build()?;
/// # Ok(()) }
/// ```
///
/// For other products, start from [`rfc9068`](Self::rfc9068). These tokens have the `typ` `JWT`, the client in `azp`, the
/// audience in `resource`, and `"use": "access"`:
///
/// ```
/// use scopes_runtime::{ScopeClaim, TokenProfile};
///
/// let profile = TokenProfile::rfc9068()
///     .allow_generic_typ()
///     .required_claim("use", "access")
///     .client_claims(["azp"])
///     .audience_claim("resource")
///     .scope_claim(ScopeClaim::array("scp"));
/// ```
#[derive(Clone, Debug)]
pub struct TokenProfile {
    pub(super) allows_generic_typ: bool,
    /// Names and values of claims that distinguish access tokens.
    required: Vec<(Cow<'static, str>, Cow<'static, str>)>,
    pub(super) audience_claim: Cow<'static, str>,
    /// The first that is present contains the client id.
    client_claims: Vec<Cow<'static, str>>,
    requires_client: bool,
    pub(super) scope_claim: ScopeClaim,
}

impl TokenProfile {
    /// Returns the profile of RFC 9068, the default: scopes in the string `scope`, client in `client_id`, audience in `aud`,
    /// and the `typ` `at+jwt`.
    #[must_use]
    pub fn rfc9068() -> Self {
        Self {
            allows_generic_typ: false,
            required: Vec::new(),
            audience_claim: "aud".into(),
            client_claims: vec!["client_id".into()],
            requires_client: false,
            scope_claim: ScopeClaim::default(),
        }
    }

    /// Returns the profile of Auth0, for both of its token profiles: scopes in the array `permissions`, client in `azp` or
    /// `client_id`.
    ///
    /// Enable "Add Permissions in the Access Token". `scope` is not read, because it contains the scopes that the client
    /// requested, whether or not the user has the permissions.
    #[must_use]
    pub fn auth0() -> Self {
        Self::rfc9068()
            .allow_generic_typ()
            .client_claims(["azp", "client_id"])
            .scope_claim(ScopeClaim::array("permissions"))
    }

    /// Returns the profile of Amazon Cognito: scopes in the string `scope`, after the resource server's identifier and a slash
    /// (`items/read`).
    ///
    /// Its access tokens have no `aud`. The audience is the id of the app client, in `client_id`: call
    /// [`audience`](super::JwtDecoderBuilder::audience) with the id of each app client that may call the API. If a client
    /// requests a resource, the token also has `aud`, which must be one of the audiences too.
    #[must_use]
    pub fn cognito() -> Self {
        Self::rfc9068()
            .allow_generic_typ()
            .required_claim("token_use", "access")
            .client_claims(["client_id"])
            .audience_claim("client_id")
    }

    /// Returns the profile of Microsoft Entra ID, for tokens of version 1.0 and 2.0: client in `azp` or `appid`, scopes in the
    /// string `scp` or the array `roles`.
    ///
    /// `scp` is in tokens of clients that act for a user, `roles` in the others.
    #[must_use]
    pub fn entra() -> Self {
        Self::rfc9068()
            .allow_generic_typ()
            .client_claims(["azp", "appid"])
            .scope_claim(ScopeClaim::string("scp").or_else(ScopeClaim::array("roles")))
    }

    /// Returns the profile of Keycloak: scopes in the string `scope`, client in `azp`.
    ///
    /// For roles, set the [scope claim](super::JwtDecoderBuilder::scope_claim) to the array `roles` in `realm_access`, or in
    /// `resource_access` and the client's id.
    #[must_use]
    pub fn keycloak() -> Self {
        Self::rfc9068().allow_generic_typ().required_claim("typ", "Bearer").client_claims(["azp"])
    }

    /// Returns the profile of Okta's custom authorization servers: scopes in the array `scp`, client in `cid`.
    #[must_use]
    pub fn okta() -> Self {
        Self::rfc9068().allow_generic_typ().client_claims(["cid"]).scope_claim(ScopeClaim::array("scp"))
    }

    /// Accepts tokens without `typ` and tokens with the `typ` `JWT`, as
    /// [`JwtDecoderBuilder::allow_generic_typ`](super::JwtDecoderBuilder::allow_generic_typ) does. Default: only `at+jwt`.
    ///
    /// Add what distinguishes access tokens from the issuer's other JWTs, with [`required_claim`](Self::required_claim) or
    /// [`client_claims`](Self::client_claims).
    #[must_use]
    pub fn allow_generic_typ(mut self) -> Self {
        self.allows_generic_typ = true;
        self
    }

    /// Adds a claim that must have this string as its value. Default: none.
    #[must_use]
    pub fn required_claim(
        mut self,
        name: impl Into<Cow<'static, str>>,
        value: impl Into<Cow<'static, str>>,
    ) -> Self {
        self.required.push((name.into(), value.into()));
        self
    }

    /// Sets the claims that may contain the client id. The first that is present is read, and a token with none of them is
    /// refused. Default: `client_id`, which may be absent.
    #[must_use]
    pub fn client_claims<N: Into<Cow<'static, str>>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.client_claims = names.into_iter().map(Into::into).collect();
        self.requires_client = true;
        self
    }

    /// Sets the claim that contains the audience. Default: `aud`. If `aud` is present as well, it is checked too.
    #[must_use]
    pub fn audience_claim(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.audience_claim = name.into();
        self
    }

    /// Sets the claim that contains the scopes. Default: the string `scope`.
    #[must_use]
    pub fn scope_claim(mut self, claim: ScopeClaim) -> Self {
        self.scope_claim = claim;
        self
    }

    pub(super) fn has_client_claim(&self) -> bool {
        !self.client_claims.is_empty()
    }

    /// Checks the claims that distinguish an access token from the issuer's other JWTs.
    pub(super) fn check_kind(&self, claims: &Object<'_>) -> Result<(), DecodeError> {
        for (name, value) in &self.required {
            if claims.get(name).is_none_or(|claim| claim != &**value) {
                return Err(DecodeError::invalid(format!(
                    "the claim `{name}` is not `{value}`, so it is not an access token"
                )));
            }
        }
        if self.requires_client && !claims.contains_key(self.client_claim(claims)) {
            let names = self.client_claims.join("` or `");
            return Err(DecodeError::invalid(format!(
                "the claim `{names}` is missing, so it is not an access token"
            )));
        }
        Ok(())
    }

    /// Returns the name of the claim that contains the client id of this token.
    pub(super) fn client_claim(&self, claims: &Object<'_>) -> &str {
        let present = self.client_claims.iter().find(|name| claims.contains_key(name));
        present.or_else(|| self.client_claims.first()).map_or("", |name| name)
    }
}

impl Default for TokenProfile {
    fn default() -> Self {
        Self::rfc9068()
    }
}
