//! Pages for visitors who are not signed in are rendered once and then filled in.

use crate::support::{Browser, TestSite, options};

const LANGS: [&str; 2] = ["zh-CN", "en"];
const THEMES: [&str; 3] = ["system", "light", "dark"];
const FAILURES: [&str; 8] =
    ["expired", "cancelled", "denied", "misconfigured", "unreachable", "closed", "blocked", "cookies"];
/// Values of `next`, as they stand in a query.
const NEXTS: [&str; 5] =
    ["%2Faccount", "%2F", "%2Fa%3Fb%3Dc%26d%3D%2527%23e", "/it's?a=1%26%26b=%25", "//evil.example"];

/// The paths of every page that anyone can open, with every error and some destinations.
fn public_paths() -> Vec<String> {
    let mut paths: Vec<String> = ["/", "/?a=1&b='2'", "/login", "/privacy", "/nowhere"].map(str::to_owned).to_vec();
    for next in NEXTS {
        paths.push(format!("/login?next={next}"));
        paths.extend(FAILURES.map(|failure| format!("/login?error={failure}&next={next}")));
    }
    paths.extend(FAILURES.map(|failure| format!("/login?error={failure}")));
    paths
}

/// Returns the page without its nonce, which is in the header too.
async fn get_without_nonce(browser: &mut Browser, path: &str) -> (u16, String) {
    let page = browser.get(path).await;
    let nonce = page.header("content-security-policy").split_once("'nonce-").map(|(_, rest)| rest);
    let nonce = nonce.and_then(|rest| rest.split('\'').next()).unwrap_or("none");
    (page.status, page.body.replace(nonce, "NONCE"))
}

/// Requests a page with a message that it does not show: such a page is not filled in.
async fn get_rendered(browser: &mut Browser, path: &str) -> (u16, String) {
    browser.cookies.insert("flash".to_owned(), "token-refreshed".to_owned());
    get_without_nonce(browser, path).await
}

#[tokio::test]
async fn filled_in_pages_equal_rendered_pages() {
    let site = TestSite::start_with(options([("QQ_UNIONID", "on"), ("QQ_SCOPE", "get_user_info,list_album")])).await;
    let mut browser = site.browser();
    for (lang, theme) in LANGS.iter().flat_map(|lang| THEMES.map(|theme| (*lang, theme))) {
        browser.cookies.insert("lang".to_owned(), lang.to_owned());
        browser.cookies.insert("theme".to_owned(), theme.to_owned());
        for path in public_paths() {
            let rendered = get_rendered(&mut browser, &path).await;
            assert!(rendered.1.contains(&format!("<html lang=\"{lang}\" data-theme=\"{theme}\">")), "{}", rendered.1);
            for _ in 0..2 {
                assert_eq!(get_without_nonce(&mut browser, &path).await, rendered, "{lang} {theme} {path}");
            }
        }
    }
}

#[tokio::test]
async fn filled_in_pages_show_nothing_of_other_visitors() {
    let site = TestSite::start().await;
    let mut user = site.browser();
    let username = user.register_new_user().await;
    let session_id = user.session_id().expect("a session").to_owned();
    let mut visitor = site.browser();
    let paths = [
        "/",
        "/login",
        "/login?next=%2Fcanary-next",
        "/login?error=denied&next=%2Fcanary-next",
        "/privacy",
        "/?canary-query",
    ];
    for path in paths {
        user.get(path).await;
        visitor.cookies.insert("flash".to_owned(), "user-replaced".to_owned());
        visitor.cookies.insert("canary-cookie".to_owned(), "canary-cookie".to_owned());
        visitor.get(path).await;
        visitor.get(path).await;
    }
    for path in ["/", "/login", "/login?next=%2Fother", "/login?error=denied&next=%2Fother", "/privacy", "/nowhere"] {
        let (_, page) = get_without_nonce(&mut site.browser(), path).await;
        for other in [&*username, &*session_id, "canary", "different QQ account", "PLACEHOLDER"] {
            assert!(!page.contains(other), "{path}: {other}: {page}");
        }
        assert_eq!(path.contains("other"), page.contains("href=\"/login/qq?next=%2Fother\""), "{path}: {page}");
    }
    assert!(user.get("/").await.body.contains(&username), "a user's pages are not filled in");
}

#[tokio::test]
async fn every_filled_in_page_has_its_own_nonce() {
    let site = TestSite::start().await;
    let mut nonces = std::collections::BTreeSet::new();
    for _ in 0..10 {
        let page = site.browser().get("/").await;
        let (_, rest) = page.body.split_once("nonce=\"").expect("a script");
        nonces.insert(rest.split('"').next().expect("a nonce").to_owned());
    }
    assert_eq!(nonces.len(), 10);
}

#[tokio::test]
async fn pages_without_a_session_need_no_database() {
    let site = TestSite::start().await;
    for table in ["sessions", "users", "open_ids", "email_addresses"] {
        site.execute(&format!("ALTER TABLE {table} RENAME TO missing_{table}")).await;
    }
    let mut browser = site.browser();
    for (path, status) in
        [("/", 200), ("/login?next=%2Fa", 200), ("/privacy", 200), ("/nowhere", 404), ("/account", 303)]
    {
        assert_eq!(browser.get(path).await.status, status, "{path}");
    }
    browser.set_session_cookie("AAAAAAAAAAAAAAAAAAAAAA");
    assert_ne!(browser.get("/").await.status, 200, "a session is looked up");
}

/// The limits are about a quarter above the sizes.
#[tokio::test]
async fn pages_stay_small() {
    let site = TestSite::start().await;
    let mut browsers = [site.browser(), site.browser(), site.browser()];
    let (visitor, newcomer, user) = (0, 1, 2);
    browsers[newcomer].sign_in("Newcomer").await;
    browsers[user].register_new_user().await;
    let mut too_large = vec![];
    for lang in LANGS {
        for (browser, path, max_bytes) in [
            (visitor, "/", 7_000),
            (visitor, "/login?next=%2Fa&error=misconfigured", 7_000),
            (visitor, "/privacy", 5_000),
            (visitor, "/nowhere", 3_600),
            (newcomer, "/register", 8_000),
            (user, "/", 5_000),
            (user, "/account", 9_500),
            (user, "/account/sessions", 6_000),
            (user, "/account/data", 6_000),
            (user, "/account/delete", 6_500),
            (user, "/account/username", 9_000),
            (user, "/account/qq", 9_000),
        ] {
            let browser = &mut browsers[browser];
            browser.cookies.insert("lang".to_owned(), lang.to_owned());
            let page = browser.get(path).await.body;
            assert!(page.ends_with("</html>"), "{path} in {lang}: {page}");
            if page.len() > max_bytes {
                too_large.push(format!("{path} in {lang}: {} bytes", page.len()));
            }
        }
    }
    assert!(too_large.is_empty(), "{too_large:#?}");
}
