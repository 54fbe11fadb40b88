use scopes_runtime::authenticated_by;

#[authenticated_by]
async fn prices() {}

#[authenticated_by("partner_key")]
async fn items() {}

fn main() {}
