use crate::operation::Access;
use crate::scope::{Authentication, CredentialScheme, DPOP, list};

/// Returns what a client needs to call an operation. `set` formats each set of scopes.
pub(super) fn requirement(access: &Access, set: impl Fn(&str) -> String) -> String {
    let requirements = match access {
        Access::Public { accepts_token: false, .. } => return "public".to_owned(),
        Access::Public { accepts_token: true, .. } => return "public, optional token".to_owned(),
        Access::Unchecked { .. } => return "unchecked".to_owned(),
        Access::Authenticated { credentials } => {
            return format!("authenticated by {}", listed(credentials, set));
        }
        Access::Scoped(requirements) => requirements,
    };
    let alternatives = requirements.alternatives();
    let scopes = if alternatives.iter().any(Vec::is_empty) {
        "any valid token".to_owned()
    } else {
        alternatives.iter().map(|scopes| set(&list(scopes))).collect::<Vec<_>>().join(" or ")
    };
    let Authentication { acr_values, max_age } = requirements.authentication();
    let acr_values = acr_values.map(|values| format!("acr {}", set(&values.join(" "))));
    let max_age = max_age.map(|seconds| format!("max_age {seconds}"));
    let dpop = requirements.requires_dpop().then(|| DPOP.to_owned());
    let credentials = requirements.credentials();
    let credentials = (!credentials.is_empty()).then(|| format!("with {}", listed(&credentials, &set)));
    let required = [Some(scopes), acr_values, max_age, dpop, credentials].into_iter().flatten();
    let required = required.collect::<Vec<_>>().join(", ");
    let later: Vec<_> = requirements.may_require().list().map(|name| set(&name)).collect();
    if later.is_empty() { required } else { format!("{required}; may require {}", later.join(", ")) }
}

fn listed(credentials: &[&CredentialScheme], set: impl Fn(&str) -> String) -> String {
    credentials.iter().map(|scheme| set(scheme.name())).collect::<Vec<_>>().join(" and ")
}
