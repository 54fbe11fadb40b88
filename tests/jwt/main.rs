//! `JwtDecoder`, through its public surface: what it accepts, what it refuses and why, and what it is built
//! from.

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
mod may_grant;
mod providers;
mod published;
