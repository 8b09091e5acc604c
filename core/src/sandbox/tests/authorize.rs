//! `/oauth2.0/authorize`: redirects to the consent page and back to the site.

use axum::http::{Request, StatusCode};

use super::{APP, CALLBACK, TestSandbox, authorize};
use crate::sandbox::params::encode;

#[tokio::test]
async fn valid_request_redirects_to_the_consent_page() {
    let response = TestSandbox::new().get(&authorize()).await;
    assert_eq!(response.status, StatusCode::FOUND);
    assert_eq!(
        response.location(),
        format!(
            "/oauth2.0/show?which=Login&display=pc&response_type=code&client_id={APP}\
             &redirect_uri={}&state=S",
            encode(CALLBACK)
        )
    );
    let mobile = TestSandbox::new().get(&format!("{}&display=mobile", authorize())).await;
    assert!(mobile.location().starts_with("/oauth2.0/show?which=Login&display=mobile&"));
}

#[tokio::test]
async fn invalid_request_redirects_to_the_error_page_not_the_callback() {
    let good = authorize();
    for (url, code) in [
        (good.replace("callback", "other"), 100_010),
        (good.replace("localhost", "evil.example"), 100_010),
        (good.replace("redirect_uri=", "r="), 100_010),
        (good.replace("client_id=", "c="), 100_001),
        (good.replace(APP, "100000002"), 100_008),
        (good.replace("type=code", "type=token"), 100_000),
        (good.replace("response_type=code", ""), 100_000),
    ] {
        let sandbox = TestSandbox::new();
        let response = sandbox.get(&format!("{url}&sandbox_user=a")).await;
        assert_eq!(response.status, StatusCode::FOUND);
        let location = response.location();
        let start = format!("/oauth2.0/show?which=error&display=pc&error={code}&");
        assert!(location.starts_with(&start), "{location}");
        let page = sandbox.get(&location).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text().contains(&format!("({code})")));
    }
}

#[tokio::test]
async fn error_page_escapes_an_unknown_client_id() {
    let sandbox = TestSandbox::new();
    let url = authorize().replace(APP, "%3Cscript%3E");
    let page = sandbox.get(&sandbox.get(&url).await.location()).await.text();
    assert!(page.contains("client id is illegal, not exist [appid: &lt;script&gt;](100008)"));
}

#[tokio::test]
async fn callback_may_have_another_query_and_keeps_it() {
    let redirect_uri = encode(&format!("{CALLBACK}?a=1"));
    let url = authorize().replace(&encode(CALLBACK), &redirect_uri);
    let response = TestSandbox::new().get(&format!("{url}&sandbox_user=a")).await;
    let start = format!("{CALLBACK}?a=1&code=");
    assert!(response.location().starts_with(&start));
    assert!(response.location().ends_with("&state=S"));
}

#[tokio::test]
async fn state_is_returned_unchanged_and_encoded() {
    for state in ["aB-_.~", "a+b/c==", "你 &x=y#", ""] {
        let url = authorize().replace("state=S", &format!("state={}", encode(state)));
        let response = TestSandbox::new().get(&format!("{url}&sandbox_user=a")).await;
        assert!(response.location().is_ascii());
        assert_eq!(response.redirect_param("state").as_deref(), Some(state));
    }
}

#[tokio::test]
async fn approval_redirects_to_the_callback_with_a_code() {
    let sandbox = TestSandbox::new();
    let response = sandbox.post_form(&authorize(), "ready=Alice+Example&name=&decision=approve").await;
    assert_eq!(response.status, StatusCode::FOUND);
    assert!(response.location().starts_with(&format!("{CALLBACK}?code=")));
    let tokens = sandbox.exchange(&response.redirect_param("code").unwrap()).await;
    let me = sandbox.me(tokens["access_token"].as_str().unwrap()).await;
    assert_eq!(me["openid"], crate::sandbox::users::openid(APP, "Alice Example"));
}

#[tokio::test]
async fn typed_name_overrides_the_selected_user() {
    let sandbox = TestSandbox::new();
    for (form, name) in [
        ("ready=Alice+Example&name=+Bob+&decision=approve", "Bob"),
        ("ready=Alice+Example&name=++&decision=approve", "Alice Example"),
        ("decision=approve", "小明"),
    ] {
        let response = sandbox.post_form(&authorize(), form).await;
        let tokens = sandbox.exchange(&response.redirect_param("code").unwrap()).await;
        let me = sandbox.me(tokens["access_token"].as_str().unwrap()).await;
        assert_eq!(me["openid"], crate::sandbox::users::openid(APP, name));
    }
}

#[tokio::test]
async fn cancellation_stays_at_qq_on_a_pc_and_redirects_on_mobile() {
    let sandbox = TestSandbox::new();
    let pc = sandbox.post_form(&authorize(), "decision=cancel").await;
    assert!(pc.location().starts_with("/oauth2.0/show?which=cancel&"));
    let page = sandbox.get(&pc.location()).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains("已取消登录"));

    let url = format!("{}&display=mobile", authorize());
    let mobile = sandbox.post_form(&url, "decision=cancel").await;
    assert_eq!(mobile.location(), format!("{CALLBACK}?usercancel=1&state=S"));
}

#[tokio::test]
async fn too_long_name_shows_the_consent_page_again() {
    let sandbox = TestSandbox::new();
    let form = format!("name={}&decision=approve", "a".repeat(501));
    let response = sandbox.post_form(&authorize(), &form).await;
    assert_eq!(response.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(response.text().contains("role=\"alert\""));
}

#[tokio::test]
async fn cross_site_approval_is_rejected() {
    let request = Request::post(authorize()).header("sec-fetch-site", "cross-site");
    let response = TestSandbox::new().send(request, "").await;
    assert_eq!(response.status, StatusCode::FORBIDDEN);
}
