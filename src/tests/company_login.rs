//! A second company behind the table `companies`: one that exists in this test only signs its users in by the same steps as
//! QQ. `docs/extend.md` explains them.

use std::collections::HashMap;

use axum::Router;
use axum::extract::Query;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use qq_login::login::{CompanyUser, LoginFailure};
use qq_login::web::{AppState, PageRequest, WebError};

use crate::support::{Browser, TestSite, state_param};

const COMPANY: &str = "test";

fn routes() -> Router<AppState> {
    Router::new().route("/login/test", get(start)).route("/login/test/callback", get(callback))
}

async fn start(request: PageRequest) -> Result<Response, WebError> {
    let (cookies, state) = request.start_company_login(COMPANY)?;
    Ok((cookies, Redirect::to(&format!("https://company.example/authorize?state={state}"))).into_response())
}

/// The authorization code of this company is the openid.
async fn callback(request: PageRequest, Query(params): Query<HashMap<String, String>>) -> Result<Response, WebError> {
    let param = |name: &str| params.get(name).cloned().unwrap_or_default();
    let code = param("code");
    let identify = async {
        if code.is_empty() {
            return Err(LoginFailure::Cancelled);
        }
        Ok(CompanyUser { nickname: Some(format!("{code} of the company")), openid: code })
    };
    request.finish_company_login(COMPANY, &param("state"), identify).await
}

async fn start_site() -> TestSite {
    let site = TestSite::start_with_routes(routes()).await;
    site.execute("INSERT INTO companies (company) VALUES ('test')").await;
    site
}

/// Starts a login at the company. Returns where it sends the browser back.
async fn authorize(browser: &mut Browser, start: &str, openid: &str) -> String {
    let response = browser.get(start).await;
    format!("/login/test/callback?code={openid}&state={}", state_param(response.location()))
}

#[tokio::test]
async fn user_of_a_second_company_registers_and_signs_in_again() {
    let site = start_site().await;
    let mut browser = site.browser();
    let callback = authorize(&mut browser, "/login/test?next=%2Faccount%2Fsessions", "ann").await;
    assert_eq!(browser.get(&callback).await.location(), "/register");
    assert!(browser.get("/register").await.body.contains("ann of the company"));
    let form = [("username", "ann"), ("email", "ann@example.com")];
    assert_eq!(browser.post("/register", &form).await.location(), "/account/sessions");
    assert_eq!(browser.signed_in_as().await.as_deref(), Some("ann"));

    let mut phone = site.browser();
    let callback = authorize(&mut phone, "/login/test", "ann").await;
    assert_eq!(phone.get(&callback).await.location(), "/account");
    assert_eq!(phone.get("/account").await.text_by_test_id("nickname").as_deref(), Some("ann of the company"));
    let companies = site
        .query_texts("SELECT company FROM open_ids JOIN companies ON companies.id = company_id WHERE openid = 'ann'")
        .await;
    assert_eq!(companies, ["test"]);
}

#[tokio::test]
async fn same_openid_at_two_companies_is_two_users() {
    let site = start_site().await;
    let mut browser = site.browser();
    let username = browser.register_new_user().await;
    let openid = site.query_texts("SELECT openid FROM open_ids").await.remove(0);
    let callback = authorize(&mut browser, "/login/test", &openid).await;
    assert_eq!(browser.get(&callback).await.location(), "/register");
    assert_eq!(browser.signed_in_as().await, None, "{username} was signed out");
    browser.post("/register", &[("username", "other"), ("email", "other@example.com")]).await;
    assert_eq!(site.count("users").await, 2);
}

#[tokio::test]
async fn s12_attempt_at_one_company_completes_no_login_at_another() {
    let site = start_site().await;
    let mut browser = site.browser();
    let qq_callback = browser.authorize_as("Ann", None).await;
    let state = state_param(&format!("http://site{qq_callback}"));
    let forged = format!("/login/test/callback?code=ann&state={state}");
    assert_eq!(browser.get(&forged).await.location(), "/login?error=expired");
    let callback = authorize(&mut browser, "/login/test", "ann").await;
    let forged = callback.replace("/login/test/", "/login/qq/");
    assert_eq!(browser.get(&forged).await.location(), "/login?error=expired");
    assert_eq!(site.browser().get(&callback).await.location(), "/login?error=expired", "another browser");
    assert_eq!(browser.get(&callback).await.location(), "/register");
    browser.cookies.remove("session");
    assert_eq!(browser.get(&callback).await.location(), "/login?error=expired", "used already");
    assert_eq!(browser.get(&qq_callback).await.location(), "/register", "QQ's attempt was not spent");
}

#[tokio::test]
async fn qq_learns_nothing_about_users_of_another_company() {
    let site = start_site().await;
    let mut browser = site.browser();
    let callback = authorize(&mut browser, "/login/test", "ann").await;
    browser.get(&callback).await;
    browser.post("/register", &[("username", "ann"), ("email", "ann@example.com")]).await;
    for form in ["/account/portrait", "/account/renew"] {
        browser.post(form, &[]).await;
    }
    for endpoint in ["token", "me", "get_user_info"] {
        assert_eq!(site.count_qq_requests(endpoint).await, 0, "{endpoint}");
    }
}
