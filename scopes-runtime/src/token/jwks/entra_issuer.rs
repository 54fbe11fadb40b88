//! The member `issuer` of JWKs. Microsoft Entra ID publishes the keys of all tenants in one set, and restricts some to a
//! tenant.

use crate::token::json::Value;

const TENANT: &str = "{tenantid}";
/// The issuer of tokens of version 1.0.
const VERSION_1: &str = "https://sts.windows.net/{tenantid}/";
/// The issuer of tokens of version 2.0.
const VERSION_2: &str = "https://login.microsoftonline.com/{tenantid}/v2.0";

/// Returns whether a key with this member is for the tokens of the issuer. `{tenantid}` matches every tenant.
///
/// Keys have the issuer of version 2.0 and sign tokens of both versions. So, as Microsoft's libraries do, an issuer of version
/// 1.0 is compared as that of version 2.0.
pub(super) fn includes(member: &Value<'_>, issuer: &str) -> bool {
    let Some(named) = member.as_str() else { return false };
    let mut tenants = issuer.split('/').filter(|segment| is_guid(segment));
    let (Some(tenant), None) = (tenants.next(), tenants.next()) else { return named == issuer };
    let of_tenant = |template: &str| template.replacen(TENANT, tenant, 1);
    let named = of_tenant(named);
    named == issuer || issuer == of_tenant(VERSION_1) && named == of_tenant(VERSION_2)
}

fn is_guid(text: &str) -> bool {
    let is_hyphen = |at| matches!(at, 8 | 13 | 18 | 23);
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match byte {
            b'-' => is_hyphen(at),
            byte => !is_hyphen(at) && byte.is_ascii_hexdigit(),
        })
}
