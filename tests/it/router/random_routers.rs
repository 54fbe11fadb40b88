//! Random routers: each operation accepts exactly the tokens that satisfy what the report says it requires, whatever the
//! layers around it and around its handler do to the request.

use std::sync::OnceLock;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Extensions, HeaderValue, StatusCode, header::AUTHORIZATION};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use scopes_runtime::router::{Guarded, ScopedHandler, ScopedMethodRouter, any, get, post};
use scopes_runtime::{ResourceServer, ScopedRouter, public, requires_scopes, scopes};
use scopes_tests::billing::BillingScope;
use scopes_tests::{Readable, Scope, token};
use serde_json::Value;
use tower::ServiceExt as _;

const ROUTERS: u32 = 5000;

type Scopes = &'static [&'static str];

/// The scopes of the tokens that are sent.
const TOKENS: [Scopes; 6] = [
    &[],
    &["me"],
    &["items"],
    &["me", "items:write"],
    &["items", "billing"],
    &["me", "items", "items:write", "billing"],
];

#[requires_scopes("me")]
async fn me() {}

#[requires_scopes("items")]
async fn items() {}

#[requires_scopes(any("items:write", BillingScope::Invoices))]
async fn either() {}

#[requires_scopes]
async fn any_token() {}

#[public]
async fn open() {}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Function {
    Me,
    Items,
    Either,
    AnyToken,
    Open,
}

/// What a layer does to the request before it passes it on.
#[derive(Clone, Copy, Debug)]
enum Change {
    /// Keeps the method, the URI, the headers and the body alone.
    Rebuild,
    ClearExtensions,
    /// Replaces the extensions with those of another request, which was accepted.
    ReplayExtensions,
    /// Replaces the token with one that has this scope.
    SwapToken(&'static str),
    RemoveToken,
}

#[derive(Clone, Copy, Debug)]
enum Method {
    Get,
    Post,
    Any,
}

#[derive(Clone, Debug)]
enum Step {
    Route(Method, Function, Vec<Change>, Option<Change>),
    Fallback(Function, Vec<Change>),
    Nest(Vec<Step>),
    Merge(Vec<Step>),
    Require(&'static str),
    Layer(Change),
    RouteLayer(Change),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        Just(Change::Rebuild),
        Just(Change::ClearExtensions),
        Just(Change::ReplayExtensions),
        prop::sample::select(vec!["me", "items", "billing"]).prop_map(Change::SwapToken),
        Just(Change::RemoveToken),
    ]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let function = prop_oneof![
        2 => Just(Function::Me),
        2 => Just(Function::Items),
        2 => Just(Function::Either),
        2 => Just(Function::AnyToken),
        1 => Just(Function::Open),
    ];
    let method = prop_oneof![Just(Method::Get), Just(Method::Post), Just(Method::Any)];
    let route = (method, function.clone(), vec(change(), 0..3), prop::option::weighted(0.2, change()))
        .prop_map(|(method, function, inside, around)| Step::Route(method, function, inside, around));
    let leaf = prop_oneof![
        6 => route,
        1 => (function, vec(change(), 0..3)).prop_map(|(function, inside)| Step::Fallback(function, inside)),
        3 => prop::sample::select(vec!["me", "items", "billing"]).prop_map(Step::Require),
        1 => change().prop_map(Step::Layer),
        1 => change().prop_map(Step::RouteLayer),
    ];
    let step = leaf.prop_recursive(3, 16, 5, |step| {
        prop_oneof![vec(step.clone(), 1..5).prop_map(Step::Nest), vec(step, 1..5).prop_map(Step::Merge)]
    });
    vec(step, 1..6)
}

async fn apply(State(changes): State<Vec<Change>>, mut request: Request, next: Next) -> Response {
    for change in changes {
        match change {
            Change::Rebuild => {
                let (parts, body) = request.into_parts();
                request = Request::new(body);
                *request.method_mut() = parts.method;
                *request.uri_mut() = parts.uri;
                *request.headers_mut() = parts.headers;
            }
            Change::ClearExtensions => request.extensions_mut().clear(),
            Change::ReplayExtensions => request.extensions_mut().clone_from(accepted_extensions()),
            Change::SwapToken(scope) => {
                request.headers_mut().insert(AUTHORIZATION, credentials(&[scope]));
            }
            Change::RemoveToken => drop(request.headers_mut().remove(AUTHORIZATION)),
        }
    }
    next.run(request).await
}

static ACCEPTED: OnceLock<Extensions> = OnceLock::new();

fn accepted_extensions() -> &'static Extensions {
    ACCEPTED.get().expect("captured before other routers are built")
}

/// Keeps the extensions that an accepted request has when the layers of its handler run.
async fn capture_extensions() {
    async fn keep(request: Request, next: Next) -> Response {
        ACCEPTED.get_or_init(|| request.extensions().clone());
        next.run(request).await
    }
    let app =
        served(ScopedRouter::new().route("/", get(axum::handler::Handler::layer(items, from_fn(keep)))));
    assert_eq!(status(&app, "GET", "/", Some(&["items"])).await, StatusCode::OK);
}

fn served(router: ScopedRouter<ResourceServer>) -> Router {
    static SERVER: OnceLock<ResourceServer> = OnceLock::new();
    Router::from(router.with_state(SERVER.get_or_init(|| ResourceServer::new(Readable::default())).clone()))
}

fn credentials(scopes: &[&str]) -> HeaderValue {
    // The decoder of these tests reads an empty list of scopes from a token without any.
    let token = if scopes.is_empty() { "~".to_owned() } else { token(&scopes.join(" ")) };
    HeaderValue::try_from(format!("Bearer {token}")).expect("a header value")
}

async fn status(app: &Router, method: &str, path: &str, granted: Option<&[&str]>) -> StatusCode {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(scopes) = granted {
        request = request.header(AUTHORIZATION, credentials(scopes));
    }
    let request = request.body(Body::empty()).expect("a request");
    app.clone().oneshot(request).await.unwrap_or_else(|never| match never {}).status()
}

/// An operation as this test models it.
#[derive(Clone, Debug)]
struct Operation {
    method: &'static str,
    path: String,
    function: Function,
    required: Vec<&'static str>,
    /// What the layers of the handler do, the outermost first: they run after the check.
    inside: Vec<Change>,
    /// What all other layers do, the outermost first.
    outside: Vec<Change>,
    is_fallback: bool,
}

#[derive(Default)]
struct Built {
    router: ScopedRouter<ResourceServer>,
    operations: Vec<Operation>,
}

/// Calls a function with the handler.
macro_rules! with_handler {
    ($function:expr, $build:ident($($argument:expr),*)) => {
        match $function {
            Function::Me => $build(me, $($argument),*),
            Function::Items => $build(items, $($argument),*),
            Function::Either => $build(either, $($argument),*),
            Function::AnyToken => $build(any_token, $($argument),*),
            Function::Open => $build(open, $($argument),*),
        }
    };
}

fn methods<H, T>(handler: H, method: Method, inside: &[Change]) -> ScopedMethodRouter<ResourceServer>
where
    H: ScopedHandler<T, ResourceServer>,
    T: Guarded<ResourceServer> + 'static,
{
    fn of<H, T>(handler: H, method: Method) -> ScopedMethodRouter<ResourceServer>
    where
        H: ScopedHandler<T, ResourceServer>,
        T: Guarded<ResourceServer> + 'static,
    {
        match method {
            Method::Get => get(handler),
            Method::Post => post(handler),
            Method::Any => any(handler),
        }
    }
    if inside.is_empty() {
        of(handler, method)
    } else {
        of(handler.layer(from_fn_with_state(inside.to_vec(), apply)), method)
    }
}

fn fallback<H, T>(
    handler: H,
    router: ScopedRouter<ResourceServer>,
    inside: &[Change],
) -> ScopedRouter<ResourceServer>
where
    H: ScopedHandler<T, ResourceServer>,
    T: Guarded<ResourceServer> + 'static,
{
    router.fallback(handler.layer(from_fn_with_state(inside.to_vec(), apply)))
}

impl Built {
    /// The router of these steps. `number` makes paths unique.
    fn new(steps: &[Step], number: &mut usize) -> Self {
        steps.iter().fold(Self::default(), |built, step| {
            *number += 1;
            built.then(step, number)
        })
    }

    fn then(mut self, step: &Step, number: &mut usize) -> Self {
        match step {
            Step::Route(method, function, inside, around) => {
                let path = format!("/r{number}");
                let mut routed = with_handler!(*function, methods(*method, inside));
                if let Some(change) = *around {
                    routed = routed.layer(from_fn_with_state(vec![change], apply));
                }
                let name = match method {
                    Method::Get => "GET",
                    Method::Post => "POST",
                    Method::Any => "PATCH",
                };
                self.router = self.router.route(&path, routed);
                self.add(name, path, *function, inside, around.as_slice(), false);
            }
            Step::Fallback(function, inside) if !self.has_fallback() => {
                self.router = with_handler!(*function, fallback(self.router, inside));
                self.add("GET", "/no-route".to_owned(), *function, inside, &[], true);
            }
            Step::Nest(inner) => {
                let prefix = format!("/n{number}");
                let mut inner = Self::new(inner, number);
                let has_fallback = inner.has_fallback();
                self.router = self.router.nest(&prefix, inner.router);
                // axum leaves the fallbacks of routers inside a router behind that has none of its own.
                if !has_fallback {
                    inner.operations.retain(|operation| !operation.is_fallback);
                }
                self.operations.extend(inner.operations.into_iter().map(|mut operation| {
                    operation.path.insert_str(0, &prefix);
                    operation
                }));
            }
            Step::Merge(inner) => {
                let inner = Self::new(inner, number);
                // axum does not merge two fallbacks.
                if !self.has_fallback() || !inner.has_fallback() {
                    self.router = self.router.merge(inner.router);
                    self.operations.extend(inner.operations);
                }
            }
            Step::Require(scope) if self.may_require() => {
                let requirement = match *scope {
                    "me" => scopes!("me"),
                    "items" => scopes!("items"),
                    _ => scopes!(BillingScope::Billing),
                };
                self.router = self.router.require(requirement);
                self.routes().for_each(|operation| operation.required.push(scope));
            }
            Step::Layer(change) => {
                self.router = self.router.layer(from_fn_with_state(vec![*change], apply));
                self.operations.iter_mut().for_each(|operation| operation.outside.insert(0, *change));
            }
            Step::RouteLayer(change) if self.routes().next().is_some() => {
                self.router = self.router.route_layer(from_fn_with_state(vec![*change], apply));
                self.routes().for_each(|operation| operation.outside.insert(0, *change));
            }
            Step::Fallback(..) | Step::Require(_) | Step::RouteLayer(_) => {}
        }
        self
    }

    fn add(
        &mut self,
        method: &'static str,
        path: String,
        function: Function,
        inside: &[Change],
        outside: &[Change],
        is_fallback: bool,
    ) {
        let (inside, outside) = (inside.to_vec(), outside.to_vec());
        let required = Vec::new();
        self.operations.push(Operation { method, path, function, required, inside, outside, is_fallback });
    }

    fn routes(&mut self) -> impl Iterator<Item = &mut Operation> {
        self.operations.iter_mut().filter(|operation| !operation.is_fallback)
    }

    fn has_fallback(&self) -> bool {
        self.operations.iter().any(|operation| operation.path == "/no-route")
    }

    /// Whether `require` accepts the routes so far: there is one, and none is public.
    fn may_require(&mut self) -> bool {
        self.routes().next().is_some() && self.routes().all(|route| route.function != Function::Open)
    }
}

impl Function {
    fn accepts(self, granted: Option<&[&str]>) -> bool {
        let has =
            |scopes: &[&str]| granted.is_some_and(|granted| granted.iter().any(|it| scopes.contains(it)));
        match self {
            Self::Me => has(&["me"]),
            Self::Items => has(&["items", "items:write"]),
            Self::Either => has(&["items:write", "billing"]),
            Self::AnyToken => granted.is_some(),
            Self::Open => true,
        }
    }
}

impl Operation {
    /// Whether a token with these scopes satisfies the whole requirement.
    fn accepts(&self, granted: Option<&[&str]>) -> bool {
        let satisfies = |scope: &&str| {
            let implied_by = if *scope == "items" { "items:write" } else { scope };
            granted.is_some_and(|granted| granted.contains(scope) || granted.contains(&implied_by))
        };
        self.function.accepts(granted) && self.required.iter().all(satisfies)
    }

    /// The status of the answer to a request with this token.
    fn status(&self, granted: Option<Scopes>) -> StatusCode {
        let refused = |granted: Option<Scopes>| {
            if granted.is_some() { StatusCode::FORBIDDEN } else { StatusCode::UNAUTHORIZED }
        };
        let granted = passed_on(granted, &self.outside);
        if !self.accepts(granted) {
            return refused(granted);
        }
        let granted = passed_on(granted, &self.inside);
        let keeps_extensions =
            self.inside.iter().all(|change| matches!(change, Change::SwapToken(_) | Change::RemoveToken));
        // The handler's guard checks the token that the layers passed on: its own requirement at the least.
        let passes = if keeps_extensions { self.accepts(granted) } else { self.function.accepts(granted) };
        if passes { StatusCode::OK } else { refused(granted) }
    }

    /// Whether the report has this operation with the same requirement.
    fn is_reported(&self, report: &Value) -> bool {
        let path = self.path.replace("/no-route", "/*");
        let method = if self.is_fallback || self.method == "PATCH" { "*" } else { self.method };
        let operations = report["operations"].as_array().expect("operations");
        let mut same =
            operations.iter().filter(|reported| reported["path"] == path && reported["method"] == method);
        let (Some(reported), None) = (same.next(), same.next()) else { return false };
        let accepts = |granted: Option<Scopes>| match &reported["alternatives"] {
            Value::Array(alternatives) => granted.is_some_and(|granted| {
                alternatives.iter().any(|scopes| {
                    scopes.as_array().expect("scopes").iter().all(|scope| {
                        let scope = scope.as_str().expect("a scope");
                        granted.iter().any(|name| *name == scope || implied_by(scope).contains(name))
                    })
                })
            }),
            _ => reported["access"] == "public",
        };
        tokens().all(|granted| accepts(granted) == self.accepts(granted))
    }
}

fn implied_by(scope: &str) -> Scopes {
    match scope {
        "items" => &["items:write"],
        "invoices" => &["billing"],
        _ => &[],
    }
}

fn tokens() -> impl Iterator<Item = Option<Scopes>> {
    TOKENS.into_iter().map(Some).chain([None])
}

fn passed_on(granted: Option<Scopes>, changes: &[Change]) -> Option<Scopes> {
    changes.iter().fold(granted, |granted, change| match change {
        Change::SwapToken("me") => Some(&["me"]),
        Change::SwapToken("items") => Some(&["items"]),
        Change::SwapToken(_) => Some(&["billing"]),
        Change::RemoveToken => None,
        Change::Rebuild | Change::ClearExtensions | Change::ReplayExtensions => granted,
    })
}

#[test]
fn every_answer_is_what_the_report_requires() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(capture_extensions());
    let config = Config { cases: ROUTERS, failure_persistence: None, ..Config::default() };
    let checked = TestRunner::new(config).run(&steps(), |steps| {
        let Built { router, operations } = Built::new(&steps, &mut 0);
        let report = serde_json::to_value(router.report()).expect("JSON");
        let app = served(router);
        for operation in operations {
            prop_assert!(operation.is_reported(&report), "{operation:?} in {report}");
            for granted in tokens() {
                let status = runtime.block_on(status(&app, operation.method, &operation.path, granted));
                prop_assert_eq!(status, operation.status(granted), "{:?} with {:?}", operation, granted);
            }
        }
        Ok(())
    });
    checked.unwrap_or_else(|failure| panic!("{failure}"));
}
