use std::collections::{HashMap, HashSet};

use utoipa::openapi::OpenApi;
use utoipa::openapi::path::HttpMethod;

use super::Described;
use super::document::Route;

/// The handlers' names, with as much of their modules as tells them apart, and a number where one handler serves
/// several routes.
pub(super) fn operation_ids(operations: &[(&Route, HttpMethod)], openapi: &OpenApi) -> Vec<String> {
    let mut modules: HashMap<&str, Vec<&str>> = HashMap::new();
    for Described { name, module, .. } in operations.iter().map(|(route, _)| &route.described) {
        let modules = modules.entry(name).or_default();
        if !modules.contains(module) {
            modules.push(module);
        }
    }
    let mut taken: HashSet<String> =
        operations.iter().filter_map(|(route, _)| route.chosen_id()).map(str::to_owned).collect();
    taken.extend(given_ids(openapi));
    let id = |Described { name, module, .. }: &Described| {
        let depth = module.split("::").count();
        let suffix =
            |module: &str, parts: usize| module.rsplit("::").take(parts).collect::<Vec<_>>().join("::");
        let is_unique = |parts: usize| {
            let own = suffix(module, parts);
            modules[name].iter().filter(|other| suffix(other, parts) == own).count() == 1
        };
        let parts = (0..depth).find(|&parts| is_unique(parts)).unwrap_or(depth);
        let mut parts: Vec<_> = module.rsplit("::").take(parts).collect();
        parts.reverse();
        parts.push(name);
        parts.join("_")
    };
    let mut chosen_once = HashSet::new();
    operations
        .iter()
        .map(|(route, _)| {
            let id = route.chosen_id().map_or_else(|| id(&route.described), str::to_owned);
            let is_first = route.chosen_id().is_some_and(|chosen| chosen_once.insert(chosen));
            if is_first || taken.insert(id.clone()) {
                return id;
            }
            let mut numbered = (2..).map(|number| format!("{id}_{number}"));
            numbered.find(|id| taken.insert(id.clone())).expect("there is always another number")
        })
        .collect()
}

/// The ids of the operations that a document has already.
fn given_ids(openapi: &OpenApi) -> impl Iterator<Item = String> {
    let operations = openapi.paths.paths.values().flat_map(|item| {
        let all = [
            &item.delete,
            &item.get,
            &item.head,
            &item.options,
            &item.patch,
            &item.post,
            &item.put,
            &item.trace,
        ];
        all.into_iter().flatten()
    });
    operations.filter_map(|operation| operation.operation_id.clone())
}
