//! The server decides random requirements as the document does, for every set of scopes.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::http::StatusCode;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use scopes_runtime::openapi::{OAuth2Scheme, SCHEME_NAME};
use scopes_runtime::router::get;
use scopes_runtime::{Requirement, ResourceServer, ScopedRouter, Vocabulary as _, requires_scopes};
use scopes_tests::billing::BillingScope;
use scopes_tests::{Readable, Scope, call, token};
use serde_json::Value;

const REQUIREMENTS: u32 = 2000;
/// The scopes of two vocabularies, with chains of implications.
const SCOPES: [&str; 6] = ["me", "items", "items:write", "invoices:read", "invoices", "billing"];

#[derive(Clone, Debug)]
enum Tree {
    Scope(usize),
    All(Vec<Tree>),
    Any(Vec<Tree>),
}

impl Tree {
    fn alternatives(&self) -> usize {
        match self {
            Self::Scope(_) => 1,
            Self::All(inner) => inner.iter().map(Self::alternatives).product(),
            Self::Any(inner) => inner.iter().map(Self::alternatives).sum(),
        }
    }

    /// Builds the requirement. It is static as in a macro, so its memory is leaked.
    fn requirement(&self) -> Requirement {
        let leaked = |inner: &[Self]| &*inner.iter().map(Self::requirement).collect::<Vec<_>>().leak();
        match self {
            Self::Scope(at) => {
                let declared = Scope::DECLARED.iter().chain(BillingScope::DECLARED);
                let scope = declared.clone().find(|scope| scope.name() == SCOPES[*at]);
                Requirement::scope(scope.expect("it is declared"))
            }
            Self::All(inner) => Requirement::all(leaked(inner)),
            Self::Any(inner) => Requirement::any(leaked(inner)),
        }
    }
}

/// Generates trees of up to 64 alternatives, as many as a requirement may have.
fn trees() -> impl Strategy<Value = Tree> {
    let scope = (0..SCOPES.len()).prop_map(Tree::Scope);
    let tree = scope.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Tree::All),
            prop::collection::vec(inner, 1..5).prop_map(Tree::Any),
        ]
    });
    tree.prop_filter("too many alternatives", |tree| tree.alternatives() <= 64)
}

#[requires_scopes]
async fn handler() {}

/// Returns the scopes that the description of each scope includes.
fn inclusions(document: &Value) -> BTreeMap<&str, Vec<&str>> {
    let scheme = &document["components"]["securitySchemes"][SCHEME_NAME];
    let scopes = scheme["flows"]["clientCredentials"]["scopes"].as_object().expect("scopes");
    scopes
        .iter()
        .map(|(name, description)| {
            let (_, included) =
                description.as_str().and_then(|text| text.split_once(" Includes ")).unwrap_or_default();
            (name.as_str(), included.split('`').skip(1).step_by(2).collect())
        })
        .collect()
}

/// Evaluates `security` as OpenAPI defines it: all scopes of one of the objects are needed.
fn allows(security: &Value, granted: &[&str], inclusions: &BTreeMap<&str, Vec<&str>>) -> bool {
    let has = |scope: &Value| {
        let scope = scope.as_str().expect("a scope");
        granted.iter().any(|&granted| granted == scope || inclusions[granted].contains(&scope))
    };
    let alternatives = security.as_array().expect("a list");
    alternatives.iter().any(|schemes| schemes[SCHEME_NAME].as_array().expect("scopes").iter().all(has))
}

#[test]
fn the_server_decides_random_requirements_as_the_document_does() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let compared = AtomicUsize::new(0);
    let config = Config { cases: REQUIREMENTS, failure_persistence: None, ..Config::default() };
    let outcome = TestRunner::new(config).run(&trees(), |tree| {
        let scheme =
            OAuth2Scheme::new::<Scope>().with_vocabulary::<BillingScope>().client_credentials("/token");
        let (router, document) = ScopedRouter::new()
            .security_scheme(scheme)
            .route("/", get(handler))
            .require(tree.requirement())
            .split_for_parts();
        let document = serde_json::to_value(document).expect("a document is JSON");
        let security = &document["paths"]["/"]["get"]["security"];
        let inclusions = inclusions(&document);
        let app: Router = router.with_state(ResourceServer::new(Readable::default()));
        for set in 0..1_u32 << SCOPES.len() {
            let granted: Vec<_> =
                (0..SCOPES.len()).filter(|at| set >> at & 1 == 1).map(|at| SCOPES[at]).collect();
            let token = token(&format!("other {}", granted.join(" ")));
            let answer = runtime.block_on(call(&app, "GET", "/", Some(&token)));
            let expected =
                if allows(security, &granted, &inclusions) { StatusCode::OK } else { StatusCode::FORBIDDEN };
            prop_assert_eq!(
                answer.status,
                expected,
                "{:?} with {:?}, documented as {}",
                tree,
                granted,
                security
            );
            compared.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(compared.into_inner(), REQUIREMENTS as usize * 64);
}
