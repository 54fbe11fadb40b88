//! Requests that a resource server has to refuse.

mod algorithm;
mod attack;
mod claims;
mod credentials;
#[cfg(feature = "bound-tokens")]
mod dpop;
mod header;
#[cfg(feature = "bound-tokens")]
mod mutual_tls;
mod payload;
mod signature;
mod size;
mod time;

pub use self::attack::Attack;
use self::attack::AttackList;
use super::{TestIssuer, TestToken};

impl TestIssuer {
    /// Returns the attacks. Each differs in one flaw from a request that is accepted.
    ///
    /// [`ScopeMatrix::check_attacks`](super::ScopeMatrix::check_attacks) sends them to every operation of a
    /// `ScopedRouter`. For another application, send the [headers](Attack::headers), and compare the
    /// [status](Attack::status).
    ///
    /// ```
    /// use scopes_runtime::testing::TestIssuer;
    ///
    /// let attacks = TestIssuer::new().attacks();
    /// let none = attacks.iter().find(|attack| attack.name() == "alg `none`, no signature").unwrap();
    /// assert_eq!(none.rule(), "RFC 8725 section 3.2");
    /// assert_eq!(none.status(), 401);
    /// ```
    #[must_use]
    pub fn attacks(&self) -> Vec<Attack> {
        attacks_on(self.token())
    }
}

/// Returns the attacks on a server that accepts this token.
pub(super) fn attacks_on(good: TestToken) -> Vec<Attack> {
    let mut attacks = AttackList::new(good.scopes(["scope"]));
    for add in [
        credentials::add,
        algorithm::add,
        signature::add,
        header::add,
        payload::add,
        claims::add,
        time::add,
        size::add,
    ] {
        add(&mut attacks);
    }
    attacks.into_attacks()
}
