//! How to use this crate, by task.
//!
//! | to begin | |
//! | --- | --- |
//! | [`applications`] | adding scopes to an application: state, errors, services, credentials, roles |
//! | [`from_fastapi`] | for developers who know FastAPI |
//! | [`from_spring`] | for developers who know Spring Security |
//! | [`middleware`] | tenants, rate limits, cookies, CORS |
//! | [`scope_parameters`] | scopes of one organization or repository: `org:{org}:read` |
//! | [`beyond_the_route`] | functions that demand the proof of a check |
//! | [`mcp`] | servers of the Model Context Protocol |
//!
//! | tokens | |
//! | --- | --- |
//! | [`tokens`] | decoders and metadata |
//! | [`products`] | Auth0, Amazon Cognito, Microsoft Entra ID, Keycloak, Okta |
//! | [`opaque_tokens`] | introspection, and tokens of your own |
//! | [`several_issuers`] | one API, several authorization servers |
//! | [`bound_tokens`] | DPoP and mutual TLS |
//! | [`step_up`] | operations that need a recent or a stronger log-in |
//!
//! | review and test | |
//! | --- | --- |
//! | [`documents`] | OpenAPI documents |
//! | [`report`] | the access report |
//! | [`lock_file`] | the access report as a committed file |
//! | [`testing`] | test issuer, scope matrix, attacks |
//!
//! | reference | |
//! | --- | --- |
//! | [`responses`] | the responses to refused requests |
//! | [`operation`] | limits, telemetry, dashboards |
//! | [`threat_model`] | what is promised, and what is not |
//! | [`errors`] | each compile error, and what to do |
//! | [`generated_code`] | what the macros expand to |

#[cfg_attr(not(doctest), doc = include_str!("applications.md"))]
pub mod applications {}

#[cfg_attr(not(doctest), doc = include_str!("beyond_the_route.md"))]
pub mod beyond_the_route {}

#[cfg_attr(not(doctest), doc = include_str!("bound_tokens.md"))]
pub mod bound_tokens {}

#[cfg_attr(not(doctest), doc = include_str!("documents.md"))]
pub mod documents {}

#[cfg_attr(not(doctest), doc = include_str!("errors.md"))]
pub mod errors {}

#[cfg_attr(not(doctest), doc = include_str!("from_fastapi.md"))]
pub mod from_fastapi {}

#[cfg_attr(not(doctest), doc = include_str!("from_spring.md"))]
pub mod from_spring {}

#[cfg_attr(not(doctest), doc = include_str!("generated_code.md"))]
pub mod generated_code {}

#[cfg_attr(not(doctest), doc = include_str!("lock_file.md"))]
pub mod lock_file {}

#[cfg_attr(not(doctest), doc = include_str!("mcp.md"))]
pub mod mcp {}

pub mod middleware;

#[cfg_attr(not(doctest), doc = include_str!("operation.md"))]
pub mod operation {}

#[cfg_attr(not(doctest), doc = include_str!("opaque_tokens.md"))]
pub mod opaque_tokens {}

#[cfg_attr(not(doctest), doc = include_str!("products.md"))]
pub mod products {}

#[cfg_attr(not(doctest), doc = include_str!("report.md"))]
pub mod report {}

#[cfg_attr(not(doctest), doc = include_str!("responses.md"))]
pub mod responses {}

#[cfg_attr(not(doctest), doc = include_str!("scope_parameters.md"))]
pub mod scope_parameters {}

#[cfg_attr(not(doctest), doc = include_str!("several_issuers.md"))]
pub mod several_issuers {}

#[cfg_attr(not(doctest), doc = include_str!("step_up.md"))]
pub mod step_up {}

#[cfg_attr(not(doctest), doc = include_str!("testing.md"))]
pub mod testing {}

#[cfg_attr(not(doctest), doc = include_str!("threat_model.md"))]
pub mod threat_model {}

#[cfg_attr(not(doctest), doc = include_str!("tokens.md"))]
pub mod tokens {}
