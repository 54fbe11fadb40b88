//! Methods and spellings of paths that are not in the report.

use std::collections::BTreeSet;

use axum::Router;
use axum::http::{Method, StatusCode};
use axum::routing::any;

use super::exchange::TestRequest;
use super::response::{Actual, Expected, ReceivedResponse};
use super::run::{Case, Run};
use super::target::{METHODS, Target, UNKNOWN, has, is_no_route, unlisted};
use crate::operation::{Methods, Operation};

/// Sends each method that no operation of the path has.
pub(super) async fn check_methods(target: &Target, all: &[Operation], run: &mut Run<'_>) {
    let Target { pattern, path, .. } = target;
    let of = |path: &str, methods: Methods| {
        all.iter().find(|operation| operation.path == path && operation.methods == methods)
    };
    // Every method is open.
    if of(pattern, Methods::Any).is_some_and(|operation| !run.refuses(&operation.access)) {
        return;
    }
    let others = of(pattern, Methods::Other).or_else(|| of("/*", Methods::Other));
    let others_are_open = others.is_some_and(|operation| !run.refuses(&operation.access));
    let is_routed = |method: &Method| has(all, pattern, &Methods::One(method.clone()));
    let is_served = |method: &Method| is_routed(method) || *method == Method::HEAD && is_routed(&Method::GET);
    let mut wrong: Vec<(Vec<&Method>, Actual)> = Vec::new();
    for method in METHODS.iter().filter(|method| !is_served(method)) {
        let actual = run.send(&TestRequest::new(method, path)).await;
        if Expected::MethodRefused(method.clone()).matches(&actual) {
            continue;
        }
        // An application may have its own response for methods without a handler, such as 404.
        let of_no_handler = run.send(&TestRequest::new(&unlisted(), path)).await;
        let may_be = others_are_open || of_no_handler.is_of_no_handler();
        if may_be && actual.is_like(&of_no_handler) {
            continue;
        }
        match wrong.iter_mut().find(|(_, other)| actual.is_like(other)) {
            Some((methods, _)) => methods.push(method),
            None => wrong.push((vec![method], actual)),
        }
    }
    for (methods, actual) in wrong {
        let listed: Vec<_> = methods.iter().map(|method| method.as_str()).collect();
        let case = Case {
            operation: format!("{} {pattern}", listed.join(", ")),
            sent: "no token".to_owned(),
            request: TestRequest::new(methods[0], path),
            expected: Expected::MethodRefused(methods[0].clone()),
        };
        run.fail(&case, &actual);
    }
}

/// The paths of a report as an axum router, to find out whether one matches.
pub(super) struct Routes(Router);

impl Routes {
    pub(super) fn of(all: &[Operation]) -> Self {
        let paths: BTreeSet<_> = all
            .iter()
            .filter(|operation| !is_no_route(operation))
            .map(|operation| &*operation.path)
            .collect();
        Self(paths.into_iter().fold(Router::new(), |router, path| router.route(path, any(async || ()))))
    }

    async fn match_path(&self, path: &str) -> bool {
        let actual = TestRequest::new(&Method::GET, path).send(&self.0, None).await;
        matches!(actual, Actual::Response(ReceivedResponse { status: StatusCode::OK, .. }))
    }
}

/// Sends other spellings of the operation's path, if no route matches them.
pub(super) async fn check_spellings(target: &Target, all: &[Operation], routes: &Routes, run: &mut Run<'_>) {
    for path in spellings(&target.path) {
        if routes.match_path(&path).await {
            continue;
        }
        let case = Case {
            operation: format!("{} {path}", target.method),
            sent: "no token".to_owned(),
            request: TestRequest::new(&target.method, &path),
            expected: Expected::PathRefused,
        };
        let actual = run.send(&case.request).await;
        if !case.expected.matches(&actual) && !is_of_fallback(&actual, &target.method, all, routes, run).await
        {
            run.fail(&case, &actual);
        }
    }
}

/// Returns the path with a slash added to or removed from its end, with two at the start, and with a percent-encoded letter.
fn spellings(path: &str) -> Vec<String> {
    let mut spellings = vec![format!("/{path}")];
    if path != "/" {
        spellings.push(path.strip_suffix('/').map_or_else(|| format!("{path}/"), str::to_owned));
    }
    if let Some((at, letter)) = path.char_indices().find(|(_, character)| character.is_ascii_alphabetic()) {
        spellings.push(format!("{}%{:X}{}", &path[..at], u32::from(letter), &path[at + 1..]));
    }
    spellings
}

/// Returns whether paths without a route get the same response. A fallback may be open, such as the page of a web application.
async fn is_of_fallback(
    actual: &Actual,
    method: &Method,
    all: &[Operation],
    routes: &Routes,
    run: &mut Run<'_>,
) -> bool {
    let fallbacks = all.iter().filter(|operation| operation.methods == Methods::Fallback);
    let mut paths: BTreeSet<_> = fallbacks.map(|fallback| Target::of(fallback, all).path).collect();
    paths.insert(format!("/{UNKNOWN}"));
    for path in paths {
        if !routes.match_path(&path).await
            && actual.is_like(&run.send(&TestRequest::new(method, &path)).await)
        {
            return true;
        }
    }
    false
}
