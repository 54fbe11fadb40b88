//! `x-scopes` of the security schemes, and the alternatives of `security`.

use aide::openapi::SecurityScheme;
use scopes_runtime::openapi::{OAuth2Scheme, SCHEME_NAME};
use scopes_runtime::router::get;
use scopes_runtime::{ResourceServer, ScopedRouter, declare_scopes, requires_scopes, scopes};
use scopes_tests::Scope;
use serde_json::{Value, json};
use utoipa::Modify as _;
use utoipa::openapi::{Info, OpenApi, Paths};

/// Two ways from `all` to `read`.
mod diamond {
    #[scopes_runtime::declare_scopes]
    pub(super) enum Diamond {
        /// Read.
        #[allow(dead_code, reason = "no operation requires it")]
        Read = "read",
        /// Write.
        #[implies(Read)]
        Write = "write",
        /// Share.
        #[implies(Read)]
        Share = "share",
        /// Everything.
        #[implies(Read, Write, Share)]
        All = "all",
    }
}
use diamond::Diamond;

/// Has scopes of the same names, of which `all` includes less.
#[declare_scopes]
enum Flat {
    /// Read elsewhere.
    #[allow(dead_code, reason = "no operation requires it")]
    Read = "read",
    /// Write elsewhere.
    #[allow(dead_code, reason = "no operation requires it")]
    Write = "write",
    /// Everything elsewhere.
    #[implies(Write)]
    #[allow(dead_code, reason = "no operation requires it")]
    All = "all",
}

fn component(scheme: &OAuth2Scheme) -> Value {
    let mut document = OpenApi::new(Info::new("API", "1"), Paths::new());
    scheme.modify(&mut document);
    let document = serde_json::to_value(document).expect("a document is JSON");
    document["components"]["securitySchemes"][SCHEME_NAME].clone()
}

fn document(router: ScopedRouter<ResourceServer>) -> Value {
    serde_json::to_value(router.split_for_parts().1).expect("a document is JSON")
}

#[test]
fn every_type_of_scheme_has_the_vocabulary() {
    let bearer = OAuth2Scheme::new::<Diamond>();
    let discovered = bearer.clone().open_id_connect("https://issuer.test/.well-known/openid-configuration");
    let flow = bearer.clone().client_credentials("/token");
    for (kind, scheme) in [("http", bearer), ("openIdConnect", discovered), ("oauth2", flow)] {
        let aide = serde_json::to_value(SecurityScheme::from(scheme.clone())).expect("a scheme is JSON");
        for component in [component(&scheme), aide] {
            assert_eq!(component["type"], kind);
            assert_eq!(
                component["x-scopes"],
                json!({
                    "read": {
                        "description": "Read.",
                        "implies": [], "impliesDirectly": [], "impliedBy": ["write", "share", "all"],
                    },
                    "write": {
                        "description": "Write.",
                        "implies": ["read"], "impliesDirectly": ["read"], "impliedBy": ["all"],
                    },
                    "share": {
                        "description": "Share.",
                        "implies": ["read"], "impliesDirectly": ["read"], "impliedBy": ["all"],
                    },
                    "all": {
                        "description": "Everything.",
                        "implies": ["read", "write", "share"], "impliesDirectly": ["write", "share"], "impliedBy": [],
                    },
                })
            );
            assert_eq!(
                component["description"],
                "Scopes:\n\n- `all`: Everything. Includes `read`, `write`, `share`.\n- `read`: Read.\n\
                 - `share`: Share. Includes `read`.\n- `write`: Write. Includes `read`."
            );
        }
    }
}

/// A document does not tell them apart, so it promises only what every operation accepts.
#[test]
fn scopes_of_one_name_have_the_implications_of_all_their_vocabularies() {
    let scheme = OAuth2Scheme::new::<Diamond>().with_vocabulary::<Flat>();
    let scopes = &component(&scheme)["x-scopes"];
    assert_eq!(scopes["read"]["impliedBy"], json!([]));
    assert_eq!(scopes["write"]["impliedBy"], json!(["all"]));
    assert_eq!(scopes["write"]["implies"], json!([]));
    assert_eq!(scopes["all"]["implies"], json!(["write", "share"]));
    assert_eq!(scopes["all"]["description"], "Everything.");
}

#[requires_scopes("items")]
async fn read() {}

#[test]
fn a_scope_without_its_vocabulary_has_the_names_of_those_that_imply_it() {
    let document = document(ScopedRouter::new().route("/items", get(read)));
    assert_eq!(
        document["components"]["securitySchemes"]["oauth2"]["x-scopes"],
        json!({ "items": {
            "description": "Read items.", "implies": [], "impliesDirectly": [], "impliedBy": ["items:write"],
        } })
    );
}

#[requires_scopes(any("items:write", "items"))]
async fn either() {}

#[requires_scopes(any(all("items", "items:write"), "me", all("me", "items"), "items"))]
async fn redundant() {}

#[test]
fn security_has_the_alternatives_that_the_author_wrote() {
    let router = || {
        ScopedRouter::new().route("/either", get(either)).route("/redundant", get(redundant)).merge(
            ScopedRouter::new().route("/routed", get(read)).require(scopes!(any("items:write", "items"))),
        )
    };
    let of = |document: &Value, path: &str| document["paths"][path]["get"]["security"].clone();
    let document = document(router());
    assert_eq!(of(&document, "/either"), json!([{ "oauth2": ["items:write"] }, { "oauth2": ["items"] }]));
    // Without what another scope of the alternative implies, and without alternatives that another one is a part of.
    assert_eq!(
        of(&document, "/redundant"),
        json!([{ "oauth2": ["items:write"] }, { "oauth2": ["me"] }, { "oauth2": ["items"] }])
    );
    assert_eq!(of(&document, "/routed"), json!([{ "oauth2": ["items:write"] }, { "oauth2": ["items"] }]));
    let report = serde_json::to_value(router().report()).expect("a report is JSON");
    assert_eq!(report["operations"][0]["alternatives"], json!([["items"]]));
}
