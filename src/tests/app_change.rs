//! The operator changes to another App ID of the same developer.

use crate::support::{TestSite, options};

const OTHER_APP: &str = "100000002";

async fn change_app(site: TestSite, registration: &str, unionid: &str) -> TestSite {
    let app = [("QQ_APP_ID", OTHER_APP), ("SANDBOX_APP_ID", OTHER_APP)];
    let settings = [("REGISTRATION", registration), ("QQ_UNIONID", unionid)];
    site.restart_with([options(app), options(settings)].concat()).await
}

#[tokio::test]
async fn s30_unionid_recognises_users_whose_openid_is_unknown() {
    for registration in ["form", "auto", "closed"] {
        let site = TestSite::start_with(options([("QQ_UNIONID", "on")])).await;
        let (mut ann, mut bob) = (site.browser(), site.browser());
        let username = ann.register_new_user().await;
        bob.register_new_user().await;
        site.execute("UPDATE open_ids SET nickname = NULL, avatar_hash = NULL").await;
        let site = change_app(site, registration, "on").await;
        let mut ann = ann.moved_to(&site);
        for _ in 0..2 {
            let callback = ann.authorize_as(&username, None).await;
            assert_eq!(ann.get(&callback).await.location(), "/account", "{registration}");
            let page = ann.get("/account").await;
            assert_eq!(page.text_by_test_id("username").as_ref(), Some(&username), "{registration}");
            assert_eq!(page.text_by_test_id("nickname").as_ref(), Some(&username), "{registration}");
            assert!(page.body.contains("<img src=\"/avatar/"), "{registration}");
            assert!(!page.body.contains("different QQ account"), "{registration}");
            assert_eq!((site.count("users").await, site.count("open_ids").await), (2, 3), "{registration}");
        }
        let location = site.browser().sign_in("Carol").await.location().to_owned();
        let expected = match registration {
            "form" => "/register",
            "auto" => "/account",
            _ => "/login?error=closed",
        };
        assert_eq!(location, expected, "someone else has another unionid");
        let linked = "SELECT COUNT(*) FROM open_ids WHERE user_id = (SELECT id FROM users WHERE username = ";
        assert_eq!(site.query_number(&format!("{linked}'{username}')")).await, 2, "{registration}");
        assert_eq!(ann.post("/account/delete", &[]).await.location(), "/", "{registration}");
        assert_eq!(site.query_number(&format!("{linked}'{username}')")).await, 0, "{registration}");
    }
}

#[tokio::test]
async fn s30_without_unionid_nobody_is_recognised() {
    let site = TestSite::start_with(options([("QQ_UNIONID", "on")])).await;
    let username = site.browser().register_new_user().await;
    let site = change_app(site, "form", "off").await;
    assert_eq!(site.browser().sign_in(&username).await.location(), "/register");
    assert_eq!((site.count("users").await, site.count("open_ids").await), (1, 1));
}

/// The user registered in another app after this registration had started.
#[tokio::test]
async fn pending_registration_makes_no_second_account() {
    let site = TestSite::start_with(options([("QQ_UNIONID", "on")])).await;
    for (number, path) in ["/register", "/register/auto"].into_iter().enumerate() {
        let name = format!("Ann {number}");
        let mut pending = site.browser();
        assert_eq!(pending.sign_in(&name).await.location(), "/register");
        let mut other = site.browser();
        other.register(&name, &format!("ann{number}"), "ann@example.com").await;
        site.execute(&format!("UPDATE open_ids SET openid = 'app {number}' WHERE openid NOT LIKE 'app %'")).await;
        let form = [("username", "another"), ("email", "a@b.cd")];
        assert_eq!(pending.post(path, &form).await.location(), "/account", "{path}");
        assert_eq!(pending.signed_in_as().await, Some(format!("ann{number}")), "{path}");
        assert_eq!(site.count("users").await, i64::try_from(number).expect("a number") + 1, "{path}");
        site.execute(&format!("UPDATE open_ids SET openid = 'app 2{number}' WHERE openid NOT LIKE 'app %'")).await;
    }
}
