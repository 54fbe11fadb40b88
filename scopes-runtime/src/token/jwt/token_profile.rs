use serde_json::{Map, Value};

use crate::token::{DecodeError, ScopeClaim};

/// How an issuer writes its access tokens: where scopes, client and audience stand, and what tells an access token from
/// the other JWTs that the issuer signs. For [`JwtDecoderBuilder::profile`](super::JwtDecoderBuilder::profile).
///
/// RFC 9068 is the default. The others are for products that do otherwise; each accepts tokens without `typ`, and asks
/// for claims instead that the product's ID tokens do not have.
///
/// ```
/// use scopes_runtime::{Algorithm, TokenProfile, JwtDecoder, ScopeClaim, VerificationKey};
///
/// # fn f(key: VerificationKey) -> Result<(), scopes_runtime::JwtDecoderError> {
/// let decoder = JwtDecoder::builder()
///     .issuer("https://keycloak.example/realms/shop")
///     .audience("shop-api")
///     .profile(TokenProfile::keycloak())
///     // The roles of the client `shop-api`, rather than the scopes that the user granted.
///     .scope_claim(ScopeClaim::array("roles").nested_in(["resource_access", "shop-api"]))
///     .key(key)
///     .build()?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct TokenProfile {
    pub(super) allows_generic_typ: bool,
    /// A claim that has this value in access tokens alone.
    kind: Option<(&'static str, &'static str)>,
    pub(super) audience: &'static str,
    /// The claims that may name the client, the first one that is there counts.
    client: &'static [&'static str],
    needs_client: bool,
    pub(super) scopes: ScopeClaim,
}

impl TokenProfile {
    /// RFC 9068: the scopes in the string `scope`, the client in `client_id`, and `typ` is `at+jwt`.
    #[must_use]
    pub fn rfc9068() -> Self {
        Self {
            allows_generic_typ: false,
            kind: None,
            audience: "aud",
            client: &["client_id"],
            needs_client: false,
            scopes: ScopeClaim::default(),
        }
    }

    /// Auth0, in both of its token profiles: the scopes in the array `permissions`, which "Add Permissions in the Access
    /// Token" writes, because `scope` has what the client asked for whether or not the user may do it.
    #[must_use]
    pub fn auth0() -> Self {
        Self::product(&["azp", "client_id"], ScopeClaim::array("permissions"))
    }

    /// Amazon Cognito: the scopes in the string `scope`, with the resource server's identifier before a slash
    /// (`items/read`). Its access tokens have no `aud`, so the audience is the app client's id, in `client_id`; call
    /// [`audience`](super::JwtDecoderBuilder::audience) with each one that may call the API. Where a client asks for a
    /// resource the token has an `aud` too, which then has to be one of the audiences as well.
    #[must_use]
    pub fn cognito() -> Self {
        Self {
            kind: Some(("token_use", "access")),
            audience: "client_id",
            ..Self::product(&["client_id"], ScopeClaim::default())
        }
    }

    /// Microsoft Entra ID, tokens of version 1.0 and 2.0: the scopes in the string `scp` where a client acts for a user,
    /// or else in the array `roles` where it acts for itself.
    #[must_use]
    pub fn entra() -> Self {
        Self::product(&["azp", "appid"], ScopeClaim::string("scp").or_else(ScopeClaim::array("roles")))
    }

    /// Keycloak: the scopes in the string `scope`. For roles see
    /// [`scope_claim`](super::JwtDecoderBuilder::scope_claim), with `roles` under `realm_access`, or under
    /// `resource_access` and the client's id.
    #[must_use]
    pub fn keycloak() -> Self {
        Self { kind: Some(("typ", "Bearer")), ..Self::product(&["azp"], ScopeClaim::default()) }
    }

    /// Okta's custom authorization servers: the scopes in the array `scp`.
    #[must_use]
    pub fn okta() -> Self {
        Self::product(&["cid"], ScopeClaim::array("scp"))
    }

    fn product(client: &'static [&'static str], scopes: ScopeClaim) -> Self {
        Self { allows_generic_typ: true, client, needs_client: true, scopes, ..Self::rfc9068() }
    }

    /// What tells an access token from an ID token of the same issuer.
    pub(super) fn check_kind(&self, claims: &Map<String, Value>) -> Result<(), DecodeError> {
        if let Some((name, value)) = self.kind
            && claims.get(name).is_none_or(|claim| claim != value)
        {
            return Err(DecodeError::invalid(format!(
                "the claim `{name}` is not `{value}`, so it is not an access token"
            )));
        }
        if self.needs_client && !claims.contains_key(self.client_claim(claims)) {
            let names = self.client.join("` or `");
            return Err(DecodeError::invalid(format!(
                "the claim `{names}` is missing, so it is not an access token"
            )));
        }
        Ok(())
    }

    /// The claim that names the client.
    pub(super) fn client_claim(&self, claims: &Map<String, Value>) -> &'static str {
        let there = self.client.iter().find(|name| claims.contains_key(**name));
        there.unwrap_or(&self.client[0])
    }
}

impl Default for TokenProfile {
    fn default() -> Self {
        Self::rfc9068()
    }
}
