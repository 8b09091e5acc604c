//! What people can do about what is theirs: see and end their sessions, take their data along, leave.

use std::collections::BTreeSet;

use crate::support::{Browser, Log, TestSite, options};

/// The handles on the page, in its order.
fn handles(page: &str) -> Vec<String> {
    let buttons = page.split("name=\"session\" value=\"").skip(1).filter_map(|rest| rest.split('"').next());
    buttons.filter(|handle| *handle != "others").map(str::to_owned).collect()
}

/// Signs in as somebody who has an account, in another browser.
async fn elsewhere(site: &TestSite, username: &str) -> Browser {
    let mut browser = site.browser();
    assert_eq!(browser.sign_in(username).await.location(), "/account");
    browser
}

#[tokio::test]
async fn s67_people_see_where_they_are_signed_in_and_sign_out_there() {
    let site = TestSite::start().await;
    let mut here = site.browser();
    let username = here.register_new_user().await;
    site.advance_clock(3600);
    let (mut phone, mut office) = (elsewhere(&site, &username).await, elsewhere(&site, &username).await);
    let page = here.get("/account/sessions").await;
    assert_eq!((page.status, handles(&page.body).len()), (200, 2), "{}", page.body);
    assert!(page.body.contains("This browser") && page.body.contains("15 January 2027, 09:00 UTC"), "{}", page.body);
    for browser in [&here, &phone, &office] {
        let id = browser.session_id().expect("a session");
        assert!(!page.body.contains(id), "no page holds a session's id");
    }
    for handle in handles(&page.body) {
        assert_eq!(here.post("/account/sessions/end", &[("session", &handle)]).await.location(), "/account/sessions");
        assert!(here.get("/account/sessions").await.body.contains("Signed out."));
    }
    assert_eq!((phone.signed_in_as().await, office.signed_in_as().await), (None, None));
    assert_eq!(here.signed_in_as().await, Some(username));
}

#[tokio::test]
async fn s67_nobody_ends_sessions_of_others() {
    let site = TestSite::start().await;
    let (mut ann, mut bob) = (site.browser(), site.browser());
    let (of_ann, of_bob) = (ann.register_new_user().await, bob.register_new_user().await);
    let mut annes_phone = elsewhere(&site, &of_ann).await;
    let handle = handles(&ann.get("/account/sessions").await.body).remove(0);
    for session in [handle.as_str(), "others", "", "x", "%"] {
        let answer = bob.post("/account/sessions/end", &[("session", session)]).await;
        assert_eq!((answer.status, answer.location()), (303, "/account/sessions"), "{session}");
    }
    let twice = bob.post("/account/sessions/end", &[("session", &handle), ("session", &handle)]).await;
    assert_eq!(twice.status, 303);
    for browser in [&mut ann, &mut annes_phone] {
        assert_eq!(browser.signed_in_as().await.as_ref(), Some(&of_ann));
    }
    assert_eq!(bob.signed_in_as().await, Some(of_bob));
    let answer = site.browser().post("/account/sessions/end", &[("session", &handle)]).await;
    assert_eq!(answer.location(), "/login?next=/account");
}

#[tokio::test]
async fn s67_all_others_are_ended_with_one_press() {
    let site = TestSite::start().await;
    let (mut here, mut stranger) = (site.browser(), site.browser());
    let username = here.register_new_user().await;
    let bystander = stranger.register_new_user().await;
    let mut others = [elsewhere(&site, &username).await, elsewhere(&site, &username).await];
    assert_eq!(here.post("/account/sessions/end", &[("session", "others")]).await.location(), "/account/sessions");
    for other in &mut others {
        assert_eq!(other.signed_in_as().await, None);
    }
    assert_eq!((here.signed_in_as().await, stranger.signed_in_as().await), (Some(username), Some(bystander)));
    assert!(!here.get("/account/sessions").await.body.contains("all other sessions"));
}

#[tokio::test]
async fn s95_the_export_holds_everything_about_a_person_and_nothing_about_others() {
    let site = TestSite::start_with(options([("QQ_UNIONID", "on")])).await;
    let (mut ann, mut bob) = (site.browser(), site.browser());
    ann.register("安", "ann", "ann@example.com").await;
    bob.register("Bob", "bobby", "bob@example.com").await;
    let answer = ann.get("/account/export").await;
    assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"));
    assert!(answer.header("content-disposition").starts_with("attachment; filename="));
    let data: serde_json::Value = serde_json::from_str(&answer.body).expect("JSON");
    assert_eq!((&data["user_name"], &data["email_addresses"][0]["email"]), (&"ann".into(), &"ann@example.com".into()));
    assert_eq!(data["email_addresses"][0]["verified"], false);
    assert_eq!(data["sessions"].as_array().map(Vec::len), Some(1));
    let identity = &data["identities"][0];
    let column = |name: &str| format!("SELECT {name} FROM open_ids WHERE nickname = '安'");
    assert_eq!(identity["openid"], site.query_texts(&column("openid")).await[0]);
    assert_eq!(identity["unionid"], site.query_texts(&column("unionid")).await[0]);
    assert!(identity["avatar"].as_str().is_some_and(|avatar| avatar.starts_with("data:image/jpeg;base64,/9j/")));
    for secret in ["bob", "Bob", "access_token", ann.session_id().expect("a session")] {
        assert!(!answer.body.contains(secret), "{secret}");
    }
    assert_eq!(site.browser().get("/account/export").await.location(), "/login?next=/account");
}

/// Whether any column of any table still holds a text.
async fn is_anywhere(site: &TestSite, text: &str) -> bool {
    let bytes = text.as_bytes();
    for table in ["users", "email_addresses", "open_ids", "avatars", "spent_attempts"] {
        let columns = if site.database_file().is_some() {
            site.query_texts(&format!("SELECT name FROM pragma_table_info('{table}')")).await
        } else {
            site.query_texts(&format!(
                "SELECT column_name::text FROM information_schema.columns WHERE table_name = '{table}'"
            ))
            .await
        };
        assert!(!columns.is_empty(), "{table}");
        for column in columns.into_iter().filter(|column| column != "picture") {
            let cells = site.query_texts(&format!("SELECT COALESCE(CAST({column} AS TEXT), '') FROM {table}")).await;
            if cells.iter().any(|cell| cell.as_bytes().windows(bytes.len()).any(|part| part == bytes)) {
                return true;
            }
        }
    }
    false
}

#[tokio::test]
async fn s95_deleting_an_account_leaves_nothing_of_it_and_harms_nobody() {
    let site = TestSite::start().await;
    let log = Log::default();
    let _listening = log.capture();
    let (mut ann, mut bob) = (site.browser(), site.browser());
    ann.register("安", "ann", "ann@example.com").await;
    let mut annes_phone = elsewhere(&site, "安").await;
    let bystander = bob.register_new_user().await;
    let openid = site.query_texts("SELECT openid FROM open_ids WHERE nickname = '安'").await.remove(0);
    let avatar = site.query_texts("SELECT avatar_hash FROM open_ids WHERE nickname = '安'").await.remove(0);
    let theirs = ["ann", "ann@example.com", "安", openid.as_str(), avatar.as_str()];
    for text in theirs {
        assert!(is_anywhere(&site, text).await, "{text}");
    }
    let page = ann.get("/account/delete").await;
    assert!(page.status == 200 && page.body.contains("data-testid=\"delete-account\""), "{}", page.body);
    let answer = ann.post("/account/delete", &[]).await;
    assert_eq!((answer.status, answer.location()), (303, "/"));
    assert!(ann.get("/").await.body.contains("Your account and all its data have been deleted"));
    assert_eq!((ann.session_id(), annes_phone.signed_in_as().await), (None, None));
    for text in theirs {
        assert!(!is_anywhere(&site, text).await, "{text}");
    }
    let tables = ["users", "email_addresses", "open_ids", "sessions", "avatars"];
    let rows: BTreeSet<i64> = [
        site.count(tables[0]).await,
        site.count(tables[1]).await,
        site.count(tables[2]).await,
        site.count(tables[3]).await,
        site.count(tables[4]).await,
    ]
    .into();
    assert_eq!(rows, BTreeSet::from([1]), "what is left is Bob's");
    assert_eq!(bob.signed_in_as().await, Some(bystander));
    assert!(log.text().contains("account_deleted"));
    assert_eq!(ann.register("安", "ann", "ann@example.com").await.location(), "/account");
}

#[tokio::test]
async fn s95_only_who_is_signed_in_can_delete_and_only_their_own() {
    let site = TestSite::start().await;
    let mut ann = site.browser();
    let username = ann.register_new_user().await;
    let mut nobody = site.browser();
    assert_eq!(nobody.get("/account/delete").await.location(), "/login?next=/account/delete");
    assert_eq!(nobody.post("/account/delete", &[("user_id", "1")]).await.location(), "/login?next=/account");
    let mut pending = site.browser();
    pending.sign_in("Newcomer").await;
    assert_eq!(pending.post("/account/delete", &[]).await.location(), "/login?next=/account");
    assert_eq!(ann.signed_in_as().await, Some(username));
}

#[tokio::test]
async fn s96_what_is_asked_for_is_told_before_the_button_with_a_way_to_more() {
    let site = TestSite::start_with(options([("QQ_UNIONID", "on"), ("QQ_SCOPE", "get_user_info,list_album")])).await;
    for (language, told, unionid) in [
        ("en", "your QQ nickname, avatar and a site-specific ID", "unionid"),
        ("zh-CN", "您的 QQ 昵称、头像和仅用于本站的标识", "unionid"),
    ] {
        let mut browser = site.browser();
        browser.cookies.insert("lang".to_owned(), language.to_owned());
        for path in ["/", "/login"] {
            let page = browser.get(path).await.body;
            let place = |text: &str| page.find(text).unwrap_or_else(|| panic!("{path} does not say {text}: {page}"));
            assert!(place(told) < place("login-qq") && place("href=\"/privacy\"") < place("login-qq"), "{path}");
            assert!(!page.contains("checkbox") && !page.contains("checked"), "{path}");
        }
        let page = browser.get("/privacy").await;
        assert_eq!(page.status, 200);
        for text in [told, unionid, "list_album", "Cookie"] {
            assert!(page.body.contains(text), "{language}: {text}");
        }
        browser.sign_in("Newcomer").await;
        assert!(!browser.get("/register").await.body.contains("checked"));
    }
}
