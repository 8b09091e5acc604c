//! `Cache-Control` of pages and static files.

use crate::support::{Response, TestSite, options};

/// Creates a folder of static files and returns its path.
fn site_root(name: &str) -> String {
    let folder = std::env::temp_dir().join(format!("qq-login-files-{}-{name}", std::process::id()));
    std::fs::create_dir_all(folder.join("pkg")).expect("a folder");
    for file in ["pkg/qq-login.css", "pkg/qq-login.js", "pkg/qq-login.wasm", "page.js", "robots.txt"] {
        std::fs::write(folder.join(file), file).expect("a file");
    }
    folder.display().to_string()
}

/// The query of the URLs of static files.
fn version(page: &Response) -> &str {
    let (_, rest) = page.body.split_once("href=\"/pkg/qq-login.css").expect("a style sheet");
    rest.split('"').next().expect("a version")
}

#[tokio::test]
async fn s83_only_the_current_asset_version_is_immutable() {
    let site = TestSite::start_with(options([("LEPTOS_SITE_ROOT", &site_root("versions"))])).await;
    let mut browser = site.browser();
    let page = browser.get("/login").await;
    let version = version(&page);
    assert_eq!(version.len(), "?v=".len() + 16);
    for (path, cache_control) in [
        (format!("/pkg/qq-login.css{version}"), "public, max-age=31536000, immutable"),
        (format!("/pkg/qq-login.wasm{version}"), "public, max-age=31536000, immutable"),
        (format!("/page.js{version}"), "public, max-age=31536000, immutable"),
        ("/page.js".to_owned(), "no-cache"),
        (format!("/pkg/qq-login.js{version}0"), "no-cache"),
        ("/pkg/qq-login.js".to_owned(), "no-cache"),
        (format!("/robots.txt{version}"), "public, max-age=3600"),
        (format!("/pkg/none.js{version}"), "no-store"),
        (format!("/{version}"), "no-store"),
    ] {
        assert_eq!(browser.get(&path).await.header("cache-control"), cache_control, "{path}");
    }
}

#[tokio::test]
async fn s83_file_of_another_build_is_not_cached_under_the_version_of_this_one() {
    let folder = site_root("replaced");
    let site = TestSite::start_with(options([("LEPTOS_SITE_ROOT", &folder)])).await;
    let page = site.browser().get("/login").await;
    let css = format!("/pkg/qq-login.css{}", version(&page));
    let file = std::fs::File::create(format!("{folder}/pkg/qq-login.css")).expect("a file");
    // Builds may also be older.
    file.set_modified(std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000)).expect("a time");
    assert_eq!(site.browser().get(&css).await.header("cache-control"), "no-cache");
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
