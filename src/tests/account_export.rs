//! The export of account data.

use crate::support::{TestSite, options};

#[tokio::test]
async fn s95_export_contains_all_data_of_that_user_only() {
    let site = TestSite::start_with(options([("QQ_UNIONID", "on")])).await;
    let (mut ann, mut bob) = (site.browser(), site.browser());
    ann.register("安", "ann", "ann@example.com").await;
    bob.register("Bob", "bobby", "bob@example.com").await;
    let insert =
        format!("INSERT INTO known_browsers SELECT 'hash', id, {} FROM users WHERE username = 'ann'", site.now());
    site.execute(&insert).await;
    let response = ann.get("/account/export").await;
    assert_eq!((response.status, response.header("cache-control")), (200, "no-store"));
    assert!(response.header("content-disposition").starts_with("attachment; filename="));
    let data: serde_json::Value = serde_json::from_str(&response.body).expect("JSON");
    assert_eq!((&data["user_name"], &data["email_addresses"][0]["email"]), (&"ann".into(), &"ann@example.com".into()));
    assert_eq!(data["email_addresses"][0]["verified"], false);
    assert_eq!(data["email_addresses"][0]["primary"], true);
    assert_eq!(data["sessions"].as_array().map(Vec::len), Some(1));
    assert!(["browser", "system"].iter().all(|key| data["sessions"][0].get(key).is_some()), "{}", data["sessions"]);
    let known = data["known_browsers"].as_array().expect("a list");
    // When the clock of the tests starts.
    assert!(known.contains(&serde_json::json!({ "last_used": "2027-01-15T08:00:00Z" })), "{known:?}");
    let identity = &data["identities"][0];
    let column = |name: &str| format!("SELECT {name} FROM open_ids WHERE nickname = '安'");
    assert_eq!(identity["openid"], site.query_texts(&column("openid")).await[0]);
    assert_eq!(identity["unionid"], site.query_texts(&column("unionid")).await[0]);
    assert!(identity["avatar"].as_str().is_some_and(|avatar| avatar.starts_with("data:image/jpeg;base64,/9j/")));
    for secret in ["bob", "Bob", "access_token", ann.session_id().expect("a session")] {
        assert!(!response.body.contains(secret), "{secret}");
    }
    assert_eq!(site.browser().get("/account/export").await.location(), "/login?next=/account");
}
