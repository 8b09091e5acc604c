//! The browser's way: to the page that asks, and back to the site.

use axum::http::{Request, StatusCode};

use super::{APP, CALLBACK, Trial, authorize};
use crate::sandbox::params::encode;

#[tokio::test]
async fn a_good_request_leads_to_the_page_that_asks() {
    let answer = Trial::new().get(&authorize()).await;
    assert_eq!(answer.status, StatusCode::FOUND);
    assert_eq!(
        answer.location(),
        format!(
            "/oauth2.0/show?which=Login&display=pc&response_type=code&client_id={APP}\
             &redirect_uri={}&state=S",
            encode(CALLBACK)
        )
    );
    let mobile = Trial::new().get(&format!("{}&display=mobile", authorize())).await;
    assert!(mobile.location().starts_with("/oauth2.0/show?which=Login&display=mobile&"));
}

#[tokio::test]
async fn a_bad_request_ends_on_qqs_own_page_and_never_at_the_callback() {
    let good = authorize();
    for (address, code) in [
        (good.replace("callback", "other"), 100_010),
        (good.replace("localhost", "evil.example"), 100_010),
        (good.replace("redirect_uri=", "r="), 100_010),
        (good.replace("client_id=", "c="), 100_001),
        (good.replace(APP, "100000002"), 100_008),
        (good.replace("type=code", "type=token"), 100_000),
        (good.replace("response_type=code", ""), 100_000),
    ] {
        let trial = Trial::new();
        let answer = trial.get(&format!("{address}&sandbox_user=a")).await;
        assert_eq!(answer.status, StatusCode::FOUND);
        let location = answer.location();
        let start = format!("/oauth2.0/show?which=error&display=pc&error={code}&");
        assert!(location.starts_with(&start), "{location}");
        let page = trial.get(&location).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text().contains(&format!("({code})")));
    }
}

#[tokio::test]
async fn an_unknown_app_is_named_on_the_error_page_without_harm() {
    let trial = Trial::new();
    let address = authorize().replace(APP, "%3Cscript%3E");
    let page = trial.get(&trial.get(&address).await.location()).await.text();
    assert!(page.contains("client id is illegal, not exist [appid: &lt;script&gt;](100008)"));
}

#[tokio::test]
async fn a_callback_with_another_query_is_good_and_keeps_it() {
    let redirect_uri = encode(&format!("{CALLBACK}?a=1"));
    let address = authorize().replace(&encode(CALLBACK), &redirect_uri);
    let answer = Trial::new().get(&format!("{address}&sandbox_user=a")).await;
    let start = format!("{CALLBACK}?a=1&code=");
    assert!(answer.location().starts_with(&start));
    assert!(answer.location().ends_with("&state=S"));
}

#[tokio::test]
async fn the_state_comes_back_unchanged_and_encoded() {
    for state in ["aB-_.~", "a+b/c==", "你 &x=y#", ""] {
        let address = authorize().replace("state=S", &format!("state={}", encode(state)));
        let answer = Trial::new().get(&format!("{address}&sandbox_user=a")).await;
        assert!(answer.location().is_ascii());
        assert_eq!(answer.goes_with("state").as_deref(), Some(state));
    }
}

#[tokio::test]
async fn approval_sends_the_person_back_with_a_code() {
    let trial = Trial::new();
    let answer = trial.post_form(&authorize(), "ready=Alice+Example&name=&decision=approve").await;
    assert_eq!(answer.status, StatusCode::FOUND);
    assert!(answer.location().starts_with(&format!("{CALLBACK}?code=")));
    let tokens = trial.exchange(&answer.goes_with("code").unwrap()).await;
    let me = trial.me(tokens["access_token"].as_str().unwrap()).await;
    assert_eq!(me["openid"], crate::sandbox::person::openid(APP, "Alice Example"));
}

#[tokio::test]
async fn a_name_typed_in_wins_over_the_person_selected() {
    let trial = Trial::new();
    for (form, name) in [
        ("ready=Alice+Example&name=+Bob+&decision=approve", "Bob"),
        ("ready=Alice+Example&name=++&decision=approve", "Alice Example"),
        ("decision=approve", "小明"),
    ] {
        let answer = trial.post_form(&authorize(), form).await;
        let tokens = trial.exchange(&answer.goes_with("code").unwrap()).await;
        let me = trial.me(tokens["access_token"].as_str().unwrap()).await;
        assert_eq!(me["openid"], crate::sandbox::person::openid(APP, name));
    }
}

#[tokio::test]
async fn cancelling_on_a_pc_ends_on_a_page_and_on_a_phone_at_the_site() {
    let trial = Trial::new();
    let pc = trial.post_form(&authorize(), "decision=cancel").await;
    assert!(pc.location().starts_with("/oauth2.0/show?which=cancel&"));
    let page = trial.get(&pc.location()).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains("您取消了登录"));

    let address = format!("{}&display=mobile", authorize());
    let mobile = trial.post_form(&address, "decision=cancel").await;
    assert_eq!(mobile.location(), format!("{CALLBACK}?usercancel=1&state=S"));
}

#[tokio::test]
async fn a_name_beyond_all_measure_is_asked_for_again() {
    let trial = Trial::new();
    let form = format!("name={}&decision=approve", "a".repeat(501));
    let answer = trial.post_form(&authorize(), &form).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text().contains("role=\"alert\""));
}

#[tokio::test]
async fn another_sites_page_cannot_approve() {
    let request = Request::post(authorize()).header("sec-fetch-site", "cross-site");
    let answer = Trial::new().send(request, "").await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}
