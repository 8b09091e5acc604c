//! What people see.

use axum::body::Body;
use axum::http::{Request, StatusCode};

use super::{APP, CALLBACK, KEY, Trial, authorize};

async fn consent_page(trial: &Trial) -> String {
    let location = trial.get(&authorize()).await.location();
    trial.get(&location).await.text()
}

#[tokio::test]
async fn the_consent_page_has_its_marks_and_selects_the_first_person() {
    let page = consent_page(&Trial::new()).await;
    for mark in ["sandbox-person", "sandbox-approve", "sandbox-cancel"] {
        let mark = format!("data-testid=\"{mark}\"");
        assert_eq!(page.matches(&mark).count(), 1, "{mark}");
    }
    assert!(page.contains(r#"value="小明" checked>"#));
    assert_eq!(page.matches(" checked").count(), 1);
    assert!(!page.contains("<script"));
}

#[tokio::test]
async fn a_name_full_of_markup_is_only_text() {
    let trial = Trial::new();
    let name = r#"</title>"><img src=x onerror=alert(1)>'"#;
    trial.code(name).await;
    for page in [consent_page(&trial).await, trial.get("/").await.text()] {
        assert!(page.contains("&lt;b&gt;&quot;Bobby&quot;&lt;/b&gt; &amp; 'co' &lt;script&gt;"));
        assert!(!page.contains("<script") && !page.contains("<img src=x"));
    }
}

#[tokio::test]
async fn every_page_says_that_it_is_not_qq_in_the_language_wanted() {
    let trial = Trial::new();
    let show = trial.get(&authorize()).await.location();
    for path in [
        "/",
        &show,
        "/oauth2.0/show?which=error&error=100010",
        "/oauth2.0/show?which=cancel",
        "/oauth2.0/show",
        "/nowhere",
    ] {
        let chinese = trial.get(path).await.text();
        assert!(chinese.contains("<html lang=\"zh-CN\">") && chinese.contains("这不是 QQ"));
        let wanted = Request::get(path).header("accept-language", "en-US,en;q=0.9");
        let english = trial.send(wanted, Body::empty()).await.text();
        assert!(english.contains("<html lang=\"en\">") && english.contains("This is not QQ."));
    }
}

#[tokio::test]
async fn the_overview_shows_the_app_but_not_its_key() {
    let trial = Trial::new();
    trial.code("Somebody New").await;
    trial.plan("me", "wrong_client", 7).await;
    let page = trial.get("/").await.text();
    for expected in [APP, CALLBACK, "Somebody New", "wrong_client", "/oauth2.0/authorize"] {
        assert!(page.contains(expected), "{expected}");
    }
    assert!(!page.contains(KEY));
}

#[tokio::test]
async fn the_policy_allows_the_way_back_to_the_site() {
    let trial = Trial::new();
    let location = trial.get(&authorize()).await.location();
    let answer = trial.get(&location).await;
    let policy = answer.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && !policy.contains("form-action"));
}

#[tokio::test]
async fn there_is_an_icon_and_unknown_addresses_are_not_found() {
    let trial = Trial::new();
    assert_eq!(trial.get("/favicon.ico").await.status, StatusCode::OK);
    assert_eq!(trial.get("/elsewhere").await.status, StatusCode::NOT_FOUND);
    let wrong_method = trial.send(Request::post("/sandbox/requests"), "").await;
    assert_eq!(wrong_method.status, StatusCode::METHOD_NOT_ALLOWED);
}
