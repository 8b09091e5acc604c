//! Deleting an account, or its row in the database.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::support::{Endpoint, Fault, FaultySite, Log, TestSite, options};

/// Returns whether any column of any table contains the text.
async fn database_contains(site: &TestSite, text: &str) -> bool {
    let bytes = text.as_bytes();
    for table in ["users", "email_addresses", "open_ids", "avatars", "spent_attempts", "former_usernames"] {
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
async fn s95_account_deletion_removes_all_data_of_that_user_only() {
    let site = TestSite::start().await;
    let log = Log::default();
    let _capture = log.capture();
    let (mut ann, mut bob) = (site.browser(), site.browser());
    ann.register("安", "ann", "ann@example.com").await;
    let mut ann_phone = site.browser();
    assert_eq!(ann_phone.sign_in("安").await.location(), "/account");
    let bystander = bob.register_new_user().await;
    let openid = site.query_texts("SELECT openid FROM open_ids WHERE nickname = '安'").await.remove(0);
    let avatar = site.query_texts("SELECT avatar_hash FROM open_ids WHERE nickname = '安'").await.remove(0);
    let personal_data = ["ann", "ann@example.com", "安", openid.as_str(), avatar.as_str()];
    for text in personal_data {
        assert!(database_contains(&site, text).await, "{text}");
    }
    let page = ann.get("/account/delete").await;
    assert!(page.status == 200 && page.body.contains("data-testid=\"delete-account\""), "{}", page.body);
    let response = ann.post("/account/delete", &[]).await;
    assert_eq!((response.status, response.location()), (303, "/"));
    assert!(ann.get("/").await.body.contains("Your account and all its data have been deleted"));
    assert_eq!((ann.session_id(), ann_phone.signed_in_as().await), (None, None));
    for text in personal_data {
        assert!(!database_contains(&site, text).await, "{text}");
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
    assert_eq!(rows, BTreeSet::from([1]), "only Bob's rows remain");
    assert_eq!(bob.signed_in_as().await, Some(bystander));
    assert!(log.text().contains("account_deleted"));
    assert_eq!(ann.register("安", "ann", "ann@example.com").await.location(), "/account");
}

/// Which of the texts the database's files contain.
async fn found_in_files<'t>(site: &TestSite, texts: &[&'t [u8]]) -> Vec<Cow<'t, str>> {
    let bytes = site.database_bytes().await;
    let is_found = |text: &&&[u8]| bytes.windows(text.len()).any(|part| part == **text);
    texts.iter().filter(is_found).map(|text| String::from_utf8_lossy(text)).collect()
}

#[tokio::test]
async fn s95_files_keep_no_byte_of_a_deleted_account() {
    let site = TestSite::start_with(options([("QQ_UNIONID", "on")])).await;
    if site.database_file().is_none() {
        return; // PostgreSQL's own vacuum overwrites deleted rows.
    }
    let (nickname, username, email) = ("一只名叫安妮的企鹅", "annika-5417", "annika@mail.example.com");
    let mut ann = site.browser();
    for has_reader in [false, true] {
        for number in 0..20 {
            site.browser().register_new_user().await;
            if number == 10 {
                ann.register(nickname, username, email).await;
                ann.post("/account/portrait", &[]).await;
            }
        }
        let column = format!("FROM open_ids WHERE nickname = '{nickname}'");
        let mut ids = vec![];
        for name in ["openid", "unionid", "avatar_hash"] {
            ids.push(site.query_texts(&format!("SELECT {name} {column}")).await.remove(0));
        }
        site.wait_for_count(&format!("avatars WHERE hash = '{}'", ids[2]), 1).await;
        let picture = site.query_texts(&format!("SELECT hex(picture) FROM avatars WHERE hash = '{}'", ids[2])).await;
        let picture = hex::decode(&picture[0]).expect("bytes");
        let picture = &picture[picture.len() / 2..][..24];
        let texts = [nickname.as_bytes(), username.as_bytes(), email.as_bytes(), picture];
        let texts = [&texts[..], &ids.iter().map(String::as_bytes).collect::<Vec<_>>()].concat();
        assert_eq!(found_in_files(&site, &texts).await.len(), texts.len(), "the search finds what is there");
        if has_reader {
            // As long as it reads, the log has to keep what it sees.
            site.execute("BEGIN").await;
            site.count("users").await;
        }
        assert_eq!(ann.post("/account/delete", &[]).await.location(), "/");
        if has_reader {
            site.execute("COMMIT").await;
            site.browser().register_new_user().await;
        }
        assert_eq!(found_in_files(&site, &texts).await, Vec::<String>::new(), "with a reader: {has_reader}");
    }
}

#[tokio::test]
async fn s95_only_a_signed_in_user_can_delete_an_account() {
    let site = TestSite::start().await;
    let mut ann = site.browser();
    let username = ann.register_new_user().await;
    let mut anonymous = site.browser();
    assert_eq!(anonymous.get("/account/delete").await.location(), "/login?next=/account/delete");
    assert_eq!(anonymous.post("/account/delete", &[("user_id", "1")]).await.location(), "/login?next=/account");
    let mut pending = site.browser();
    pending.sign_in("New user").await;
    assert_eq!(pending.post("/account/delete", &[]).await.location(), "/login?next=/account");
    assert_eq!(ann.signed_in_as().await, Some(username));
}

#[tokio::test]
async fn s55_deleted_user_is_signed_out_and_can_register_again() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let username = browser.register_new_user().await;
    if std::env::var_os("TEST_ON_POSTGRES").is_none() {
        site.execute("PRAGMA foreign_keys = ON").await;
    }
    site.execute(&format!("DELETE FROM users WHERE username = '{username}'")).await;
    assert_eq!(browser.signed_in_as().await, None);
    assert_eq!((site.count("open_ids").await, site.count("email_addresses").await), (0, 0));
    assert_eq!(browser.sign_in(&username).await.location(), "/register");
}

#[tokio::test]
async fn s55_deleting_user_row_deletes_dependent_rows_without_foreign_keys() {
    let site = TestSite::start().await;
    let (mut ann, mut bob) = (site.browser(), site.browser());
    let username = ann.register_new_user().await;
    let bystander = bob.register_new_user().await;
    if site.database_file().is_some() {
        // The SQLite shell leaves foreign keys off.
        site.execute("PRAGMA foreign_keys = OFF").await;
    }
    site.execute(&format!("DELETE FROM users WHERE username = '{username}'")).await;
    assert_eq!((ann.signed_in_as().await, bob.signed_in_as().await), (None, Some(bystander)));
    for table in ["open_ids", "email_addresses", "sessions"] {
        assert_eq!(site.count(table).await, 1, "{table}");
    }
    assert_eq!(ann.sign_in(&username).await.location(), "/register");
    assert_eq!(ann.post("/register/auto", &[]).await.location(), "/account");
}

#[tokio::test]
async fn s48_account_that_is_deleted_during_a_sign_in_can_be_registered_again() {
    let FaultySite { site, qq, .. } = &FaultySite::start_with(vec![]).await;
    site.browser().register("Ann", "ann", "ann@example.com").await;
    let mut browser = site.browser();
    let callback = browser.authorize_as("Ann", None).await;
    // The site has found the account when it asks for the profile.
    qq.inject_fault(Endpoint::UserInfo, Fault::NoResponse, &[Endpoint::UserInfo]).await;
    let delete = async {
        qq.wait_for_fault().await;
        site.execute("DELETE FROM users").await;
    };
    let (response, ()) = tokio::join!(browser.get(&callback), delete);
    assert_eq!(response.location(), "/register");
    qq.recover().await;
    let form = [("username", "ann"), ("email", "ann@example.com")];
    assert_eq!(browser.post("/register", &form).await.location(), "/account");
    assert_eq!((site.count("users").await, site.count("sessions").await), (1, 1));
}
