//! The steps that build a random router.

use proptest::collection::vec;
use proptest::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Function {
    Me,
    Items,
    Either,
    AnyToken,
    Open,
}

/// A change of the request by a layer.
#[derive(Clone, Copy, Debug)]
pub(super) enum Change {
    /// Keeps only the method, the URI, the headers and the body.
    Rebuild,
    ClearExtensions,
    /// Replaces the extensions with those of an accepted request.
    ReplayExtensions,
    /// Replaces the token with one that has this scope.
    SwapToken(&'static str),
    RemoveToken,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Method {
    Get,
    Post,
    Any,
}

/// How a service is added.
#[derive(Clone, Copy, Debug)]
pub(super) enum Service {
    Route,
    Nest,
    Fallback,
}

#[derive(Clone, Debug)]
pub(super) enum Step {
    Route(Method, Function, Vec<Change>, Option<Change>),
    Fallback(Function, Vec<Change>),
    Service(Service, Function, Vec<Change>),
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

pub(super) fn steps() -> impl Strategy<Value = Vec<Step>> {
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
    // A service that checks nothing is no operation of the model.
    let scoped =
        prop::sample::select(vec![Function::Me, Function::Items, Function::Either, Function::AnyToken]);
    let kind = prop_oneof![3 => Just(Service::Route), 3 => Just(Service::Nest), 1 => Just(Service::Fallback)];
    let service = (kind, scoped, vec(change(), 0..3))
        .prop_map(|(kind, function, inside)| Step::Service(kind, function, inside));
    let leaf = prop_oneof![
        6 => route,
        3 => service,
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
