// fn item_routes() -> DocumentedRoutes<AppState> {
//     routes!(read_items, items::create)
// }

fn item_routes() -> DocumentedRoutes<AppState> {
    ::scopes_runtime::router::DocumentedRoutes::none()
        .and::<_, _>(read_items)
        .and::<_, _>(items::create)
}
