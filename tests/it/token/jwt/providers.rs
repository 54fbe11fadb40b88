//! Access tokens of several products, as their documentation shows them. ID tokens of the same products are refused.

use scopes_runtime::{Algorithm, JwtDecoder, JwtDecoderBuilder, ScopeClaim, TokenProfile, VerificationKey};
use scopes_tests::now;
use serde_json::{Value, json};

use super::issuer::{accept, refuse, sign_with};
use super::keys::{pem, signing};

/// An issuer of one of the products, with its profile.
struct Provider {
    issuer: &'static str,
    audience: &'static str,
    rules: TokenProfile,
    header: Value,
}

impl Provider {
    fn builder(&self) -> JwtDecoderBuilder {
        let key = VerificationKey::from_pem(Algorithm::RS256, pem!("rsa-public")).expect("a key");
        let builder = JwtDecoder::builder().issuer(self.issuer).audience(self.audience).key(key);
        builder.profile(self.rules.clone())
    }

    fn decoder(&self) -> JwtDecoder {
        self.builder().build().expect("a decoder")
    }

    fn token(&self, claims: &Value) -> String {
        let mut claims = claims.clone();
        claims["iss"] = self.issuer.into();
        claims["iat"] = now().into();
        claims["exp"] = (now() + 300).into();
        sign_with(Algorithm::RS256, &signing(Algorithm::RS256), self.header.to_string(), claims.to_string())
    }

    /// Checks the subject, client and scopes of an accepted token.
    async fn accepts(&self, decoder: &JwtDecoder, claims: &Value, expected: [&str; 3]) {
        let token = accept(decoder, &self.token(claims)).await;
        let scopes = token.scopes().to_string();
        assert_eq!(
            [token.subject().unwrap_or_default(), token.client_id().unwrap_or_default(), &scopes],
            expected
        );
    }

    async fn refuses(&self, claims: &Value, reason: &str) {
        assert_eq!(refuse(&self.decoder(), &self.token(claims)).await, reason);
    }
}

fn without(claims: &Value, name: &str) -> Value {
    let mut claims = claims.clone();
    claims.as_object_mut().expect("an object").remove(name).expect("a claim");
    claims
}

#[tokio::test]
async fn auth0_tokens() {
    let auth0 = Provider {
        issuer: "https://dev-items.eu.auth0.com/",
        audience: "https://api.example",
        rules: TokenProfile::auth0(),
        header: json!({ "alg": "RS256", "typ": "JWT", "kid": "Rk9PQkFS" }),
    };
    let of_a_user = json!({
        "sub": "auth0|5f7c8ec7c33c6c004bbafe82",
        "aud": ["https://api.example", "https://dev-items.eu.auth0.com/userinfo"],
        "azp": "my_client_id",
        "scope": "openid profile read:items delete:items",
        "permissions": ["read:items"],
    });
    let expected = ["auth0|5f7c8ec7c33c6c004bbafe82", "my_client_id", "read:items"];
    auth0.accepts(&auth0.decoder(), &of_a_user, expected).await;
    // Without the setting "Add Permissions in the Access Token" the token grants no scopes.
    let expected = ["auth0|5f7c8ec7c33c6c004bbafe82", "my_client_id", ""];
    auth0.accepts(&auth0.decoder(), &without(&of_a_user, "permissions"), expected).await;
    let of_rfc9068 = Provider {
        header: json!({ "alg": "RS256", "typ": "at+jwt", "kid": "Rk9PQkFS" }),
        rules: TokenProfile::auth0(),
        ..auth0
    };
    let claims = json!({
        "sub": "my_client_id@clients",
        "aud": "https://api.example",
        "jti": "xMDXvQ5Vl4GuVdWGh8SfQy",
        "client_id": "my_client_id",
        "scope": "read:items",
        "permissions": ["read:items", "delete:items"],
    });
    let expected = ["my_client_id@clients", "my_client_id", "read:items delete:items"];
    of_rfc9068.accepts(&of_rfc9068.decoder(), &claims, expected).await;
    let id_token = json!({ "sub": "auth0|5f", "aud": "https://api.example", "sid": "s", "name": "Jane" });
    auth0.refuses(&id_token, "the claim `azp` or `client_id` is missing, so it is not an access token").await;
}

#[tokio::test]
async fn cognito_tokens() {
    let cognito = Provider {
        issuer: "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example",
        audience: "1example23456789",
        rules: TokenProfile::cognito(),
        header: json!({ "alg": "RS256", "kid": "Rk9PQkFS" }),
    };
    let access = json!({
        "sub": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
        "device_key": "aaaaaaaa-bbbb-cccc-dddd-ffffffffffff",
        "cognito:groups": ["testgroup"],
        "version": 2,
        "client_id": "1example23456789",
        "origin_jti": "aaaaaaaa-bbbb-cccc-dddd-111111111111",
        "event_id": "64f513be-32db-42b0-b78e-b02127b4f463",
        "token_use": "access",
        "scope": "items/read items/write",
        "auth_time": now(),
        "jti": "aaaaaaaa-bbbb-cccc-dddd-222222222222",
        "username": "my-test-user",
    });
    let expected = ["aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", "1example23456789", "items/read items/write"];
    cognito.accepts(&cognito.decoder(), &access, expected).await;
    let several = cognito.builder().audience("2example").build().expect("a decoder");
    cognito.accepts(&several, &access, expected).await;
    let id_token = json!({
        "sub": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
        "aud": "1example23456789",
        "token_use": "id",
        "cognito:username": "my-test-user",
    });
    cognito.refuses(&id_token, "the claim `client_id` is missing").await;
    let mut other = access.clone();
    other["client_id"] = "3example".into();
    let none = "the claim `client_id` names none of the audiences that are configured: `1example23456789`; it names \
                `3example`";
    cognito.refuses(&other, none).await;
    let mut of_another = access.clone();
    of_another["aud"] = "https://other.example".into();
    let none = "the claim `aud` names none of the audiences that are configured: `1example23456789`; it names \
                `https://other.example`";
    cognito.refuses(&of_another, none).await;
    of_another["aud"] = json!(["https://api.example", "https://other.example"]);
    let both = cognito.builder().audience("https://api.example").build().expect("a decoder");
    cognito.accepts(&both, &of_another, expected).await;
    let mut refresh = access;
    refresh["token_use"] = "refresh".into();
    cognito.refuses(&refresh, "the claim `token_use` is not `access`, so it is not an access token").await;
}

#[tokio::test]
async fn entra_tokens() {
    let entra = Provider {
        issuer: "https://login.microsoftonline.com/aaaabbbb-0000-cccc-1111-dddd2222eeee/v2.0",
        audience: "6e74172b-be56-4843-9ff4-e66a39bb12e3",
        rules: TokenProfile::entra(),
        header: json!({ "typ": "JWT", "alg": "RS256", "kid": "i6lGk3FZzxRcUb2C3nEQ7syHJlY" }),
    };
    let for_a_user = json!({
        "aud": "6e74172b-be56-4843-9ff4-e66a39bb12e3",
        "nbf": now(),
        "aio": "AXQAi/8IAAAAtAaZLo3ChMif6KOnttRB7eBq4/DccQzjcJGxPYy/C3jDaNGxXd6wNII",
        "azp": "00001111-aaaa-2222-bbbb-3333cccc4444",
        "azpacr": "0",
        "name": "Abe Lincoln",
        "oid": "00000000-0000-0000-66f3-3332eca7ea81",
        "preferred_username": "AbeLi@microsoft.example",
        "roles": ["Items.Admin"],
        "scp": "Items.Read Items.Write",
        "sub": "HKZpfaHyWadeOouYlitjrI-KffTm222X5rrV3xDqfKQ",
        "tid": "aaaabbbb-0000-cccc-1111-dddd2222eeee",
        "uti": "fqiBqXLPj0eQa82S-IYFAA",
        "ver": "2.0",
    });
    let subject = "HKZpfaHyWadeOouYlitjrI-KffTm222X5rrV3xDqfKQ";
    let client = "00001111-aaaa-2222-bbbb-3333cccc4444";
    // `scp` has the scopes of the client; `roles` has those of the user.
    entra.accepts(&entra.decoder(), &for_a_user, [subject, client, "Items.Read Items.Write"]).await;
    let for_itself = without(&for_a_user, "scp");
    entra.accepts(&entra.decoder(), &for_itself, [subject, client, "Items.Admin"]).await;
    let mut empty = for_a_user.clone();
    empty["scp"] = "".into();
    entra.accepts(&entra.decoder(), &empty, [subject, client, ""]).await;
    let mut version_1 = without(&without(&for_itself, "azp"), "azpacr");
    version_1["appid"] = client.into();
    version_1["appidacr"] = "1".into();
    entra.accepts(&entra.decoder(), &version_1, [subject, client, "Items.Admin"]).await;
    let id_token = without(&without(&for_itself, "azp"), "azpacr");
    entra.refuses(&id_token, "the claim `azp` or `appid` is missing, so it is not an access token").await;
}

#[tokio::test]
async fn keycloak_tokens() {
    let keycloak = Provider {
        issuer: "https://keycloak.example/realms/shop",
        audience: "shop-api",
        rules: TokenProfile::keycloak(),
        header: json!({ "alg": "RS256", "typ": "JWT", "kid": "FJ86GcF3jTbNLOco4NvZkUCIUmfYCqoqtOQeMfbhNlE" }),
    };
    let access = json!({
        "jti": "onrtac:e7f3a9b6-8c57-4d41-9a56-0a9f2f2a5d1c",
        "auth_time": now(),
        "aud": ["shop-api", "account"],
        "sub": "b8f2a0e4-52c6-4a6b-bb1b-2f6e2b6f6f01",
        "typ": "Bearer",
        "azp": "shop-web",
        "sid": "3f1d7a2e-6d55-4dd0-9c0d-6f0a6c1e2b7d",
        "acr": "1",
        "allowed-origins": ["https://shop.example"],
        "realm_access": { "roles": ["offline_access", "uma_authorization", "clerk"] },
        "resource_access": {
            "shop-api": { "roles": ["orders:read"] },
            "account": { "roles": ["manage-account"] },
        },
        "scope": "openid email items:read",
        "email_verified": true,
        "preferred_username": "jane",
    });
    let (subject, client) = ("b8f2a0e4-52c6-4a6b-bb1b-2f6e2b6f6f01", "shop-web");
    keycloak.accepts(&keycloak.decoder(), &access, [subject, client, "openid email items:read"]).await;
    let realm = ScopeClaim::array("roles").nested_in(["realm_access"]);
    let realm = keycloak.builder().scope_claim(realm).build().expect("a decoder");
    keycloak.accepts(&realm, &access, [subject, client, "offline_access uma_authorization clerk"]).await;
    let of_client = ScopeClaim::array("roles").nested_in(["resource_access", "shop-api"]);
    let of_client = keycloak.builder().scope_claim(of_client).build().expect("a decoder");
    keycloak.accepts(&of_client, &access, [subject, client, "orders:read"]).await;
    for typ in ["ID", "Refresh", "Offline", "DPoP"] {
        let mut other = access.clone();
        other["typ"] = typ.into();
        keycloak.refuses(&other, "the claim `typ` is not `Bearer`, so it is not an access token").await;
    }
}

#[tokio::test]
async fn okta_tokens() {
    let okta = Provider {
        issuer: "https://example.okta.com/oauth2/default",
        audience: "api://default",
        rules: TokenProfile::okta(),
        header: json!({ "kid": "Rk9PQkFS", "alg": "RS256" }),
    };
    let access = json!({
        "ver": 1,
        "jti": "AT.0mP4JKAZX1iACIT4vbEDF7LpvDVjxypPMf0D7uX39RE",
        "aud": "api://default",
        "sub": "john.doe@example.com",
        "cid": "nmdP1fcyvdVO11AL7ECm",
        "uid": "00uid4BxXw6I6TV4m0g3",
        "scp": ["openid", "items:read"],
    });
    let expected = ["john.doe@example.com", "nmdP1fcyvdVO11AL7ECm", "openid items:read"];
    okta.accepts(&okta.decoder(), &access, expected).await;
    let id_token = json!({
        "ver": 1,
        "jti": "ID.fL39TTtvfBQoyHVkrbaqy9hWooqGOOgWau1W_y-KNyY",
        "aud": "api://default",
        "sub": "00uid4BxXw6I6TV4m0g3",
        "name": "John Doe",
    });
    okta.refuses(&id_token, "the claim `cid` is missing, so it is not an access token").await;
}

/// Claims of the other profiles are ignored.
#[tokio::test]
async fn the_default_profile_is_rfc_9068() {
    let strict = Provider {
        issuer: "https://issuer.example",
        audience: "https://api.example",
        rules: TokenProfile::default(),
        header: json!({ "alg": "RS256", "typ": "at+jwt" }),
    };
    let claims = json!({
        "aud": "https://api.example",
        "sub": "alice",
        "client_id": "app",
        "azp": "another",
        "jti": "1",
        "scope": "me items",
        "scp": ["admin"],
        "permissions": ["admin"],
        "roles": ["admin"],
    });
    strict.accepts(&strict.decoder(), &claims, ["alice", "app", "me items"]).await;
    let mut odd = claims;
    odd["client_id"] = 5.into();
    strict.refuses(&odd, "the claim `client_id` is not a string").await;
}

/// `scope_claim` takes precedence over the profile.
#[tokio::test]
async fn the_order_of_profile_and_scope_claim_does_not_matter() {
    let okta = Provider {
        issuer: "https://example.okta.com/oauth2/default",
        audience: "api://default",
        rules: TokenProfile::okta(),
        header: json!({ "kid": "Rk9PQkFS", "alg": "RS256" }),
    };
    let claims =
        json!({ "aud": "api://default", "cid": "client", "sub": "john", "scp": ["a"], "groups": ["b"] });
    let before = JwtDecoder::builder().scope_claim(ScopeClaim::array("groups")).profile(TokenProfile::okta());
    let key = VerificationKey::from_pem(Algorithm::RS256, pem!("rsa-public")).expect("a key");
    let before = before.issuer(okta.issuer).audience(okta.audience).key(key).build().expect("a decoder");
    let after = okta.builder().scope_claim(ScopeClaim::array("groups")).build().expect("a decoder");
    for decoder in [before, after] {
        okta.accepts(&decoder, &claims, ["john", "client", "b"]).await;
    }
}
