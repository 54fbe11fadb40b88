//! [`json_responses`](super::json_responses) for utoipa's types. Only the responses that get a refusal beside their own content
//! go through JSON.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, json};
use utoipa::openapi::{Components, RefOr, Responses};

use super::json_responses::{Refusal, add_refusal, with_refusal};
use super::refusals::{PROBLEMS, REFUSALS, Refusals, reference};

/// Adds the refusals with these statuses and names. References are resolved among `components`; a reference that cannot be
/// resolved stays.
pub(super) fn add_refusals(
    responses: &mut Responses,
    names: &[(u16, &str)],
    refusals: &Refusals,
    components: Option<&Components>,
) {
    for (status, name) in names {
        let broader = [format!("{}XX", status / 100), "default".to_owned()];
        let status = status.to_string();
        let documented = [&status].into_iter().chain(&broader);
        let documented = documented.filter_map(|key| Some((key.clone(), responses.responses.get(key)?)));
        let documented: Vec<_> = documented.collect();
        if documented.is_empty() {
            responses.responses.insert(status, reference(name));
            continue;
        }
        let has_reference = documented.iter().any(|(_, response)| matches!(response, RefOr::Ref(_)));
        let components = components.filter(|_| has_reference).map(|components| &components.responses);
        let mut documented: Map<_, _> =
            documented.into_iter().map(|(key, response)| (key, converted(response))).collect();
        let before = documented.get(&status).cloned();
        add_refusal(
            &mut documented,
            &status,
            &Refusal::of(refusals, name),
            &json!({ "responses": components }),
        );
        let after = documented.remove(&status).filter(|after| before.as_ref() != Some(after));
        responses.responses.extend(after.map(|after| (status, converted(&after))));
    }
}

/// Resolves references that operations have for the status of a refusal, once the components are known.
pub(super) fn resolve_references(responses: &mut Responses, components: &Components) {
    let is_reference = |(status, _): &(u16, &str)| {
        matches!(responses.responses.get(&status.to_string()), Some(RefOr::Ref(_)))
    };
    let names: Vec<_> = REFUSALS.into_iter().filter(is_reference).collect();
    add_refusals(responses, &names, &PROBLEMS, Some(components));
}

/// Adds the refusals to the components. A component of the same name gets the refusal beside its own content.
pub(super) fn add_refusal_components(components: &mut Components, refusals: &Refusals) {
    for (name, refusal) in &refusals.responses {
        let response = components.responses.entry((*name).to_owned());
        let response = response.or_insert_with(|| RefOr::T(refusal.clone()));
        if let RefOr::T(own) = response {
            *own = converted(&with_refusal(converted(own), &Refusal::of(refusals, name)));
        }
    }
    for (name, schema) in &refusals.schemas {
        components.schemas.entry(name.clone()).or_insert_with(|| schema.clone());
    }
}

/// Converts between types for the same part of a document.
pub(super) fn converted<T: DeserializeOwned>(part: &impl Serialize) -> T {
    let converted = serde_json::to_value::<&_>(part).and_then(serde_json::from_value::<T>);
    converted.expect("both types are the same part of an OpenAPI document")
}
