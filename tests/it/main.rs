//! Tests of the public surface, in one process. The other tests need a process of their own.

mod http;
mod lock;
mod openapi;
mod report;
mod router;
mod scope;
mod testing;
mod token;
