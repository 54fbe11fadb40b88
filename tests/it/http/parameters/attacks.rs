//! Values that are not the one of the scope.

use super::status;

/// The path, the token's scope, and whether it is enough.
const ATTACKS: &[(&str, &str, bool)] = &[
    // Decoded once, as the handler sees it.
    ("/orgs/%61cme", "org:acme:read", true),
    ("/orgs/%61cme", "org:%61cme:read", false),
    ("/orgs/%2561cme", "org:acme:read", false),
    ("/orgs/%2561cme", "org:%61cme:read", true),
    ("/orgs/a%2Fb", "org:a/b:read", true),
    ("/orgs/a%2Fb", "org:a:read", false),
    ("/orgs/a%00", "org:a:read", false),
    ("/orgs/a%0A", "org:a:read", false),
    ("/orgs/a%20b", "org:a:read", false),
    ("/orgs/a%22", "org:a:read", false),
    ("/orgs/a%5C", "org:a:read", false),
    ("/orgs/a%FF", "org:a:read", false),
    ("/orgs/a%FF", "org:read", false),
    // No character of a scope, but a broader one has all values.
    ("/orgs/a%20b", "org:read", true),
    // Composed and decomposed, and no lower case.
    ("/orgs/caf%C3%A9", "org:cafe:read", false),
    ("/orgs/cafe%CC%81", "org:cafe:read", false),
    ("/orgs/ACME", "org:acme:read", false),
    ("/orgs/acme", "org:ACME:read", false),
    ("/orgs/acme", "ORG:acme:read", false),
    ("/orgs/..", "org:..:read", true),
    ("/orgs/%2E%2E", "org:..:read", true),
    // The separator, and the declared name itself.
    ("/orgs/acme:read", "org:acme:read:read", false),
    ("/orgs/acme%3Aread", "org:acme:read:read", false),
    ("/orgs/acme%3Aread", "org:acme:read", false),
    ("/orgs/%7Borg%7D", "org:{org}:read", true),
    ("/orgs/acme", "org:{org}:read", false),
    ("/orgs/acme", "org:*:read", false),
    ("/orgs/acme", "org::read", false),
    ("/orgs/acme", "org:acme", false),
    ("/orgs/acme", "org:acme:read:write", false),
    ("/orgs/acme", "org:acmes:read", false),
    ("/orgs/acme", "org:acm:read", false),
    ("/repos/acme/shop%2Fadmin", "repo:acme/shop/admin", false),
    ("/repos/acme%2Fshop/admin", "repo:acme/shop/admin", false),
    ("/orgs/acme?org=other", "org:other:read", false),
    ("/files/a:b", "file:a:b", false),
    ("/files/a/../b", "file:b", false),
];

#[tokio::test]
async fn other_values_are_refused() {
    for (path, scope, is_enough) in ATTACKS {
        let expected = if *is_enough { 200 } else { 403 };
        let got = status(path, &[scope]).await;
        assert_eq!(got, expected, "{path} with {scope}");
    }
}
