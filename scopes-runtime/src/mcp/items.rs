use std::collections::BTreeMap;

use super::McpAccess;
use super::uri_template::UriTemplate;
use crate::operation::ItemKind;
use crate::scope::Requirement;

/// The tools, prompts and resources of an endpoint, with what they require beyond the endpoint itself.
#[derive(Debug, Default)]
pub(crate) struct Items {
    requirements: Vec<Requirement>,
    tools: BTreeMap<String, usize>,
    prompts: BTreeMap<String, usize>,
    resources: Vec<(UriTemplate, usize)>,
}

impl Items {
    fn named(&mut self, kind: ItemKind) -> &mut BTreeMap<String, usize> {
        if kind == ItemKind::Tool { &mut self.tools } else { &mut self.prompts }
    }

    /// # Panics
    ///
    /// Panics if an item of this kind has the name.
    pub(super) fn add(&mut self, kind: ItemKind, name: String, requirement: Requirement) {
        let at = self.requirements.len();
        self.requirements.push(requirement);
        if kind == ItemKind::Resource {
            let is_new = self.resources.iter().all(|(template, _)| template.as_str() != name);
            assert!(is_new, "the resource `{name}` is declared twice; remove one of the two");
            self.resources.push((UriTemplate::new(name), at));
            return;
        }
        let is_new = self.named(kind).insert(name.clone(), at).is_none();
        assert!(is_new, "the {} `{name}` is declared twice; remove one of the two", kind.word());
    }

    pub(super) fn add_all(&mut self, kind: ItemKind, access: McpAccess) {
        for (name, requirement) in access.0 {
            self.add(kind, name.into_owned(), requirement);
        }
    }

    /// Returns the requirements of an item, by position. More than one if the URI matches several templates; none if there is
    /// no such item.
    pub(crate) fn find(&self, kind: ItemKind, name: &str) -> Vec<usize> {
        match kind {
            ItemKind::Tool => self.tools.get(name).copied().into_iter().collect(),
            ItemKind::Prompt => self.prompts.get(name).copied().into_iter().collect(),
            ItemKind::Resource => {
                let matching = self.resources.iter().filter(|(template, _)| template.matches(name));
                matching.map(|(_, at)| *at).collect()
            }
        }
    }

    pub(crate) fn requirement(&self, at: usize) -> Requirement {
        self.requirements[at]
    }

    /// Returns all items, for the report.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (ItemKind, &str, Requirement)> {
        let tools = self.tools.iter().map(|(name, at)| (ItemKind::Tool, &**name, *at));
        let prompts = self.prompts.iter().map(|(name, at)| (ItemKind::Prompt, &**name, *at));
        let resources = self.resources.iter().map(|(uri, at)| (ItemKind::Resource, uri.as_str(), *at));
        tools.chain(prompts).chain(resources).map(|(kind, name, at)| (kind, name, self.requirements[at]))
    }
}
