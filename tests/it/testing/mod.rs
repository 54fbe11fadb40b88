//! The test kit: issuer, attacks and scope matrix.

mod attacks;
mod dry_run;
mod guards;
mod insecure;
mod issuer;
mod matrix;
mod random;
mod secure;
mod wire;
