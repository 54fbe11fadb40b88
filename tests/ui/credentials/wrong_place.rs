use scopes_runtime::authenticated_by;

#[authenticated_by(PartnerKey)]
struct Prices;

#[authenticated_by(PartnerKey)]
impl Prices {}

fn main() {}
