use std::collections::HashMap;

use utoipa::openapi::OpenApi;
use utoipa::openapi::path::{HttpMethod, Operation as OpenApiOperation};

use super::components::{add_components, add_credentials, referenced_credentials, referenced_schemes};
use super::default_operation::{default_operation, describe_parameters, service_operation};
use super::description::{Description, retain_parameters_of};
use super::operation_access::add_access;
use super::operation_ids::{Unidentified, operation_ids};
use super::path_item::{METHODS, name, openapi_path, served_methods, slot, unchecked_shapes};
use super::refusals::Refusals;
use super::schemes::Schemes;
use super::security::{OperationSecurity, remove_unchecked_schemes};
use crate::operation::{Operation, shape};

/// Adds the operations that `is_visible` selects to a document, and removes the others from it, with the security schemes and
/// the refusals that they refer to. Each has the schemes of its router. Services that check no tokens lose these schemes.
///
/// # Panics
///
/// Panics if two schemes of one name are different.
pub(crate) fn document(
    mut openapi: OpenApi,
    operations: &[(&Operation, Schemes)],
    refusals: &Refusals,
    is_visible: impl Fn(&Operation) -> bool,
) -> OpenApi {
    let all: Vec<_> = operations.iter().map(|(operation, _)| *operation).collect();
    let securities: Vec<_> =
        operations.iter().map(|(operation, schemes)| OperationSecurity::of(operation, schemes)).collect();
    let descriptions: Vec<_> =
        all.iter().map(|operation| Description::of(&operation.handler.as_ref()?.source)).collect();
    let scheme_names = OperationSecurity::scheme_names(&securities);
    let served: Vec<_> = all
        .iter()
        .zip(&securities)
        .zip(&descriptions)
        .flat_map(|((&operation, security), description)| {
            let methods = served_methods(operation, &all).into_iter();
            methods.map(move |method| (operation, security, description, method))
        })
        .collect();
    rename_given_paths(&mut openapi, served.iter().map(|(operation, ..)| openapi_path(operation)));
    let unidentified: Vec<_> = served
        .iter()
        .map(|(operation, _, description, method)| Unidentified {
            method: name(method),
            path: openapi_path(operation),
            written: description.as_ref().and_then(Description::written_id),
        })
        .collect();
    let ids = operation_ids(&unidentified, &mut openapi);
    let mut components = openapi.components.take().unwrap_or_default();
    for ((operation, security, description, method), id) in served.into_iter().zip(ids) {
        let path = openapi_path(operation);
        if !is_visible(operation) {
            remove(&mut openapi, &path, &method);
            continue;
        }
        let mut described = match (description, &operation.handler) {
            (Some(description), _) => {
                for (name, schema) in &description.schemas {
                    components.schemas.entry(name.clone()).or_insert_with(|| schema.clone());
                }
                description.operation_at(&path)
            }
            (None, Some(handler)) => {
                default_operation(&handler.source, &method, &path, &mut components.schemas)
            }
            (None, None) => service_operation(),
        };
        described.operation_id = Some(id);
        let given = openapi.paths.paths.get_mut(&path).and_then(|item| slot(item, &method).take());
        if let Some(given) = given {
            described = merged(given, described);
        }
        describe_parameters(&path, &mut described);
        add_access(security, &mut described, &scheme_names, refusals, Some(&components));
        openapi.paths.add_path_operation(&path, vec![method], described);
    }
    openapi.components = Some(components);
    remove_unchecked_schemes(&mut openapi, &unchecked_shapes(&all), &scheme_names);
    let visible = || operations.iter().zip(&securities).filter(|((operation, ..), _)| is_visible(operation));
    let schemes = referenced_schemes(visible().map(|(_, security)| security));
    add_components(&mut openapi, &schemes, refusals);
    add_credentials(&mut openapi, &referenced_credentials(visible().map(|(_, security)| security), &schemes));
    openapi
}

/// Gives the paths of the document the parameters' names of the routes, so that no path is there twice (OpenAPI 3.1 section
/// 4.8.8).
fn rename_given_paths(openapi: &mut OpenApi, served: impl Iterator<Item = String>) {
    let paths = &mut openapi.paths.paths;
    let given: HashMap<_, _> = paths.keys().map(|path| (shape(path), path.clone())).collect();
    for path in served {
        let given = given.get(&shape(&path)).filter(|_| !paths.contains_key(&path));
        let Some(mut item) = given.and_then(|given| paths.remove(given)) else { continue };
        retain_parameters_of(&path, item.parameters.as_mut());
        for (method, _) in METHODS {
            let operation = slot(&mut item, &method).as_mut();
            retain_parameters_of(&path, operation.and_then(|operation| operation.parameters.as_mut()));
        }
        paths.insert(path, item);
    }
}

/// Removes an operation that the given document describes, and its path if nothing else is there.
fn remove(openapi: &mut OpenApi, path: &str, method: &HttpMethod) {
    if let Some(item) = openapi.paths.paths.get_mut(path) {
        slot(item, method).take();
        if METHODS.iter().all(|(method, _)| slot(item, method).is_none()) {
            openapi.paths.paths.remove(path);
        }
    }
}

/// Returns an operation of the given document, completed by what was found. The found responses are added only if the given
/// operation documents none.
fn merged(given: OpenApiOperation, found: OpenApiOperation) -> OpenApiOperation {
    let mut operation = given;
    operation.operation_id = operation.operation_id.or(found.operation_id);
    operation.summary = operation.summary.or(found.summary);
    operation.description = operation.description.or(found.description);
    operation.parameters = operation.parameters.or(found.parameters);
    if operation.responses.responses.is_empty() {
        operation.responses = found.responses;
    }
    operation
}
