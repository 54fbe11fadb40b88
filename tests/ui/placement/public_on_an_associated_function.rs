use scopes_runtime::public;

mod api {
    pub(super) struct Api<T>(T);

    #[allow(dead_code)]
    impl<T> Api<T>
    where
        T: Clone,
    {
        #[super::public]
        async fn health() {}
    }
}

fn main() {}
