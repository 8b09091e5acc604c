//! The table of mails.

use qq_login::database::QueryError;
use qq_login::mail::MailError;

use super::{Mails, SUBJECT};
use crate::support::options;

#[tokio::test]
async fn s34_s110_queued_mail_is_encrypted() {
    let mails = Mails::start().await;
    mails.queue_mail_to("CANARY@example.com").await;
    assert_eq!(mails.site.count("mails").await, 1);
    let bytes = mails.site.database_bytes().await;
    for secret in ["CANARY", SUBJECT, "小明"] {
        assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret}");
    }
}

#[tokio::test]
async fn change_and_its_mail_are_one_commit() {
    let mails = Mails::start().await;
    let (queue, mail) = (mails.queue.clone(), mails.mail_to("ann@example.com"));
    let undone = mails.database.write(move |connection| {
        Box::pin(async move {
            queue.queue_in(connection, &mail).await?;
            Err::<(), MailError>(QueryError::Closed.into())
        })
    });
    assert!(undone.await.is_err());
    assert_eq!(mails.site.count("mails").await, 0);
}

#[tokio::test]
async fn s95_deleting_an_account_deletes_its_mails() {
    let mut mails = Mails::start().await;
    mails.queue_mail_to("ann@example.com").await;
    let ann = mails.user_id;
    mails.site.browser().register_new_user().await;
    mails.user_id = mails.site.query_number("SELECT MAX(id) FROM users").await;
    mails.queue_mail_to("bob@example.com").await;
    // As another program does.
    mails.site.execute(&format!("DELETE FROM users WHERE id = {ann}")).await;
    assert_eq!(mails.site.count(&format!("mails WHERE user_id = {}", mails.user_id)).await, 1);
    assert_eq!(mails.site.count("mails").await, 1);
}

#[tokio::test]
async fn s94_mail_that_nothing_sends_is_deleted_after_two_days() {
    let mails = Mails::start().await;
    mails.queue_mail_to("ann@example.com").await;
    let site = mails.site.purge_after(2 * 24 * 60 * 60 - 1).await;
    assert_eq!(site.count("mails").await, 1);
    let site = site.purge_after(1).await;
    assert_eq!(site.count("mails").await, 0);
}

#[tokio::test]
async fn site_without_a_mail_server_starts_and_sends_nothing() {
    let mails = Mails::start().await;
    mails.queue_mail_to("ann@example.com").await;
    let site = mails.site.restart_with(options([("SMTP_URL", ""), ("MAIL_FROM", "")])).await;
    assert_eq!(site.browser().get("/readyz").await.status, 200);
    assert_eq!(site.count("mails WHERE attempts = 0").await, 1);
}
