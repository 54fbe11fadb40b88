//! Adds refusals to the responses of operations. A response that the operation documents for the same status keeps its
//! description, headers and media types, and gets the refusal's headers and media type beside them: the operation
//! answers both.

use std::collections::btree_map::Entry;

use utoipa::openapi::schema::AnyOfBuilder;
use utoipa::openapi::{Components, RefOr, Response, Responses, Schema};

use super::refusals::{PROBLEM_JSON, REFUSALS, reference, refusals};

/// Where components of responses are, as references have it.
const COMPONENTS: &str = "#/components/responses/";

/// The longest chain of references that is followed. A document may have a circle of them.
pub(super) const MAX_REFERENCES: usize = 8;

/// The media types that describe a problem body, the most specific first: it hides the others (OpenAPI 3.1, section
/// 4.8.17).
pub(super) const PROBLEM_TYPES: [&str; 3] = [PROBLEM_JSON, "application/*", "*/*"];

/// Adds the refusals of these statuses. A reference is resolved among `components`, and stays where it cannot be.
pub(super) fn add_refusals(
    responses: &mut Responses,
    names: &[(u16, &str)],
    components: Option<&Components>,
) {
    let refusals = refusals();
    for (status, name) in names {
        let refusal = &refusals[name];
        let broader = broader(responses, *status, components);
        match responses.responses.entry(status.to_string()) {
            Entry::Vacant(entry) => {
                entry.insert(match broader {
                    Some(mut broader) => {
                        broader.description.clone_from(&refusal.description);
                        add(&mut broader, refusal);
                        RefOr::T(broader)
                    }
                    None => reference(name),
                });
            }
            Entry::Occupied(mut entry) => {
                if let Some(mut own) = resolved(entry.get(), components) {
                    add(&mut own, refusal);
                    entry.insert(RefOr::T(own));
                }
            }
        }
    }
}

/// Resolves references in the place of a refusal, once the components are known.
pub(super) fn resolve_references(responses: &mut Responses, components: &Components) {
    let is_reference = |(status, _): &(u16, &str)| {
        matches!(responses.responses.get(&status.to_string()), Some(RefOr::Ref(_)))
    };
    let names: Vec<_> = REFUSALS.into_iter().filter(is_reference).collect();
    add_refusals(responses, &names, Some(components));
}

/// Adds the refusals to the components. One of the same name gets the refusal beside its own content.
pub(super) fn add_components(components: &mut Components) {
    for (name, refusal) in refusals() {
        match components.responses.entry(name.to_owned()) {
            Entry::Vacant(entry) => {
                entry.insert(RefOr::T(refusal));
            }
            Entry::Occupied(mut entry) => {
                if let RefOr::T(own) = entry.get_mut() {
                    add(own, &refusal);
                }
            }
        }
    }
}

/// The response that describes a status which has none of its own. One for the status hides it.
fn broader(responses: &Responses, status: u16, components: Option<&Components>) -> Option<Response> {
    let range = format!("{}XX", status / 100);
    let found = [range.as_str(), "default"].into_iter().find_map(|key| responses.responses.get(key))?;
    resolved(found, components).filter(|response| !response.content.is_empty())
}

/// The response itself. `None` for a reference to a refusal, and for one that cannot be resolved.
fn resolved(response: &RefOr<Response>, components: Option<&Components>) -> Option<Response> {
    let mut response = response;
    let mut description = "";
    for _ in 0..MAX_REFERENCES {
        match response {
            RefOr::T(found) => {
                let mut found = found.clone();
                if !description.is_empty() {
                    description.clone_into(&mut found.description);
                }
                return Some(found);
            }
            RefOr::Ref(reference) => {
                let name = reference.ref_location.strip_prefix(COMPONENTS)?;
                if is_refusal(name) {
                    return None;
                }
                if description.is_empty() {
                    description = &reference.description;
                }
                response = components?.responses.get(name)?;
            }
        }
    }
    None
}

/// Whether it is the name of a refusal among the components.
pub(super) fn is_refusal(name: &str) -> bool {
    REFUSALS.iter().any(|(_, refusal)| *refusal == name)
}

fn add(own: &mut Response, refusal: &Response) {
    for (name, header) in &refusal.headers {
        if !own.headers.keys().any(|other| other.eq_ignore_ascii_case(name)) {
            own.headers.insert(name.clone(), header.clone());
        }
    }
    let problem = &refusal.content[PROBLEM_JSON];
    let content = match PROBLEM_TYPES.iter().find_map(|media_type| own.content.get(*media_type)) {
        None => problem.clone(),
        Some(RefOr::T(content)) => {
            let (Some(schema), RefOr::T(problem)) = (&content.schema, problem) else { return };
            let Some(either) = problem.schema.as_ref().and_then(|problem| either(schema, problem)) else {
                return;
            };
            let mut content = content.clone();
            content.schema = Some(either);
            RefOr::T(content)
        }
        Some(RefOr::Ref(_)) => return,
    };
    own.content.insert(PROBLEM_JSON.to_owned(), content);
}

/// A schema of both, where the first does not include the second.
fn either(schema: &RefOr<Schema>, problem: &RefOr<Schema>) -> Option<RefOr<Schema>> {
    let includes = schema == problem
        || matches!(schema, RefOr::T(Schema::AnyOf(any_of)) if any_of.items.contains(problem));
    (!includes).then(|| {
        let either = AnyOfBuilder::new().item(schema.clone()).item(problem.clone()).build();
        RefOr::T(Schema::AnyOf(either))
    })
}
