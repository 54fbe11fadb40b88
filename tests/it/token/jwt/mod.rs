//! `JwtDecoder`: tokens that it accepts and refuses, and its configuration.

mod accepted;
mod algorithms;
mod bounds;
mod cached;
mod claims;
mod construction;
mod custom_profile;
mod issuer;
mod issuers;
mod jwks;
mod keys;
mod leniencies;
mod malformed;
mod mapped_scopes;
mod may_grant;
mod providers;
mod public_keys;
mod published;
