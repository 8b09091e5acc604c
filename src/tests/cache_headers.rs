//! `Cache-Control` of pages and static files.

use axum::http::Method;

use crate::support::{TestSite, options};

/// Creates a folder of static files and returns its path.
fn site_root() -> String {
    let folder = std::env::temp_dir().join(format!("qq-login-files-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("pkg")).expect("a folder");
    for file in ["pkg/qq-login.css", "pkg/qq-login.js", "pkg/qq-login.wasm", "page.js", "robots.txt"] {
        std::fs::write(folder.join(file), file).expect("a file");
    }
    folder.display().to_string()
}

/// The unit tests of the router have those that are cached: the files inside a program.
#[tokio::test]
async fn s83_files_of_a_folder_are_revalidated() {
    let site = TestSite::start_with(options([("LEPTOS_SITE_ROOT", &site_root())])).await;
    let mut browser = site.browser();
    let page = browser.get("/login").await;
    assert!(page.body.contains("href=\"/pkg/qq-login.css\""), "{}", page.body);
    for (path, cache_control) in [
        ("/pkg/qq-login.css", "no-cache"),
        ("/pkg/qq-login.wasm", "no-cache"),
        ("/pkg/qq-login.0123456789abcdef.css", "no-cache"),
        ("/page.js", "no-cache"),
        ("/page.0123456789abcdef.js", "no-cache"),
        ("/robots.txt", "public, max-age=3600"),
        ("/pkg/none.js", "no-store"),
        ("/", "no-store"),
    ] {
        assert_eq!(browser.get(path).await.header("cache-control"), cache_control, "{path}");
    }
    let css = browser.get("/pkg/qq-login.css").await;
    let request = browser.request(Method::GET, "/pkg/qq-login.css");
    let response = browser.send(request.header("if-modified-since", css.header("last-modified"))).await;
    assert_eq!(response.status, 304);
}

#[tokio::test]
async fn s83_dynamic_responses_are_not_stored() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let callback = browser.authorize_as("Ann", None).await;
    for (path, status) in [
        ("/", 200),
        ("/login", 200),
        ("/login/qq", 303),
        (callback.as_str(), 303),
        ("/register", 200),
        ("/account", 303),
        ("/nowhere", 404),
        ("/healthz", 200),
    ] {
        let response = browser.get(path).await;
        assert_eq!((response.status, response.header("cache-control")), (status, "no-store"), "{path}");
    }
    let response = browser.post("/register/auto", &[]).await;
    assert_eq!((response.location(), response.header("cache-control")), ("/account", "no-store"));
    assert_eq!(browser.get("/account").await.header("cache-control"), "no-store");
}

#[tokio::test]
async fn s83_pages_of_signed_in_users_are_not_stored() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    for path in ["/", "/account", "/nowhere", "/login/qq", "/login"] {
        let response = browser.get(path).await;
        let cache_control = response.header("cache-control");
        assert!(cache_control == "no-store" || response.status == 303, "{path}: {cache_control}");
    }
}
