//! Random routers: each operation accepts exactly the tokens that satisfy its requirement in the report, with layers around
//! the operation and its handler that change the request.

mod build;
mod expected;
mod requests;
mod steps;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use self::build::Built;
use self::expected::tokens;
use self::requests::{capture_extensions, served, status};
use self::steps::steps;

const ROUTERS: u32 = 5000;

#[test]
fn random_routers_answer_as_their_report_requires() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(capture_extensions());
    let config = Config { cases: ROUTERS, failure_persistence: None, ..Config::default() };
    let checked = TestRunner::new(config).run(&steps(), |steps| {
        let Built { router, operations } = Built::new(&steps, &mut 0);
        let report = serde_json::to_value(router.report()).expect("JSON");
        let app = served(router);
        for operation in operations {
            prop_assert!(operation.is_reported(&report), "{operation:?} in {report}");
            for granted in tokens() {
                let status = runtime.block_on(status(&app, operation.method, &operation.path, granted));
                prop_assert_eq!(status, operation.status(granted), "{:?} with {:?}", operation, granted);
            }
        }
        Ok(())
    });
    checked.unwrap_or_else(|failure| panic!("{failure}"));
}
