//! Several openids of one user.

use futures_util::future::join_all;
use qq_login::accounts::{COMPANY_QQ, LinkOutcome, OpenId, Profile, UnlinkOutcome, add_open_id, unlink_open_id};
use qq_login::database::{Database, QueryError};

use crate::support::{Browser, TestSite};

async fn unlink_in(database: &Database, user_id: i64, identity_id: i64) -> UnlinkOutcome {
    let write = database.write(move |connection| Box::pin(unlink_open_id(connection, user_id, identity_id)));
    write.await.expect("a commit")
}

async fn link_in(database: &Database, user_id: i64, openid: &str) -> Result<LinkOutcome, QueryError> {
    let open_id = OpenId { company: COMPANY_QQ.to_owned(), openid: openid.to_owned(), unionid: None };
    let write = database.write(move |connection| {
        Box::pin(async move { add_open_id(connection, user_id, &open_id, &Profile::default(), 1).await })
    });
    write.await
}

/// Returns a user with two QQ accounts and a browser for each; both have the user's username.
async fn user_with_two_openids(site: &TestSite) -> (i64, [(i64, Browser); 2]) {
    let (mut first, mut second) = (site.browser(), site.browser());
    let username = first.register_new_user().await;
    let other = second.register_new_user().await;
    let id_of =
        async |name: &str| site.query_number(&format!("SELECT id FROM open_ids WHERE nickname = '{name}'")).await;
    let user_id = site.query_number(&format!("SELECT id FROM users WHERE username = '{username}'")).await;
    let ids = [id_of(&username).await, id_of(&other).await];
    site.execute(&format!("UPDATE open_ids SET user_id = {user_id} WHERE id = {}", ids[1])).await;
    site.execute(&format!("DELETE FROM users WHERE username = '{other}'")).await;
    assert_eq!(second.sign_in(&other).await.location(), "/account");
    assert_eq!(second.signed_in_as().await, Some(username));
    let [first_id, second_id] = ids;
    (user_id, [(first_id, first), (second_id, second)])
}

#[tokio::test]
async fn s102_unlinking_ends_the_sessions_of_that_openid_at_once() {
    let site = TestSite::start().await;
    let database = site.open_database().await;
    let (user_id, [(first_id, mut first), (second_id, mut second)]) = user_with_two_openids(&site).await;
    assert_eq!(unlink_in(&database, user_id + 1, first_id).await, UnlinkOutcome::NotLinked, "another user's");
    assert_eq!(unlink_in(&database, user_id, first_id).await, UnlinkOutcome::Unlinked);
    assert_eq!(first.signed_in_as().await, None);
    assert!(second.signed_in_as().await.is_some());
    assert_eq!(unlink_in(&database, user_id, first_id).await, UnlinkOutcome::NotLinked);
    assert_eq!(unlink_in(&database, user_id, second_id).await, UnlinkOutcome::LastOne);
    assert!(second.signed_in_as().await.is_some());
}

/// A sign-in that looked for the account before the openid was unlinked.
#[tokio::test]
async fn s102_no_session_starts_with_an_unlinked_openid() {
    let site = TestSite::start().await;
    let (user_id, [(first_id, _), (second_id, _)]) = user_with_two_openids(&site).await;
    unlink_in(&site.open_database().await, user_id, first_id).await;
    let insert = |identity_id| {
        format!(
            "INSERT INTO sessions (id_hash, user_id, identity_id, data, created_at, last_seen_at) \
             VALUES ('{identity_id}', {user_id}, {identity_id}, '', 1, 1)"
        )
    };
    site.execute(&insert(second_id)).await;
    let refused = sqlx::query(sqlx::AssertSqlSafe(insert(first_id))).execute(&site.pool).await;
    assert!(
        refused.is_err_and(|error| error.as_database_error().is_some_and(|error| error.is_foreign_key_violation()))
    );
}

#[tokio::test]
async fn s53_two_requests_at_once_do_not_unlink_the_last_openids() {
    for _ in 0..20 {
        let site = TestSite::start().await;
        let databases = [site.open_database().await, site.open_database().await];
        let (user_id, openids) = user_with_two_openids(&site).await;
        let requests = databases.iter().zip(&openids).map(|(database, (id, _))| unlink_in(database, user_id, *id));
        let mut outcomes = join_all(requests).await;
        outcomes.sort_by_key(|outcome| *outcome == UnlinkOutcome::LastOne);
        assert_eq!(outcomes, [UnlinkOutcome::Unlinked, UnlinkOutcome::LastOne]);
        assert_eq!(site.count("open_ids").await, 1);
    }
}

#[tokio::test]
async fn s47_openid_is_linked_to_one_of_two_users_at_once() {
    let site = TestSite::start().await;
    let databases = [site.open_database().await, site.open_database().await];
    for _ in 0..2 {
        site.browser().register_new_user().await;
    }
    for round in 0..20 {
        let openid = format!("openid-{round}");
        let requests = databases.iter().zip([1, 2]).map(|(database, user_id)| link_in(database, user_id, &openid));
        let outcomes: Vec<LinkOutcome> = join_all(requests).await.into_iter().map(|it| it.expect("a commit")).collect();
        let count = |wanted| outcomes.iter().filter(|outcome| **outcome == wanted).count();
        assert_eq!((count(LinkOutcome::Linked), count(LinkOutcome::LinkedElsewhere)), (1, 1), "round {round}");
        let winner = if outcomes[0] == LinkOutcome::Linked { 1 } else { 2 };
        assert_eq!(link_in(&databases[0], winner, &openid).await.expect("a commit"), LinkOutcome::AlreadyLinked);
    }
}

#[tokio::test]
async fn last_use_of_an_openid_is_stored_when_signing_in() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let username = browser.register_new_user().await;
    let last_used = async || site.query_number("SELECT last_used_at FROM open_ids").await;
    assert_eq!(last_used().await, site.now());
    site.advance_clock(100);
    browser.get("/account").await;
    assert_eq!(last_used().await, site.now() - 100);
    browser.sign_in(&username).await;
    assert_eq!(last_used().await, site.now());
}
