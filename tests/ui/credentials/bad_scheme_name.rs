use scopes_runtime::CredentialScheme;

const SPACE: CredentialScheme = CredentialScheme::api_key_in_header("partner key", "X-Api-Key");
const EMPTY: CredentialScheme = CredentialScheme::mutual_tls("");
const OF_TOKENS: CredentialScheme = CredentialScheme::api_key_in_query("oauth2", "key");
const UNREGISTERED: CredentialScheme = CredentialScheme::http("signature", "hmac");

fn main() {}
