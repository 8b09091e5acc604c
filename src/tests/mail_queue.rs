//! Mails wait in the database.

use qq_login::database::QueryError;
use qq_login::mail::{Mail, MailError, MailMessage, MailQueue};
use qq_login::random;
use qq_login::sealing::SecretKey;

use crate::support::TestSite;

fn queue(site: &TestSite, database: &qq_login::database::Database) -> MailQueue {
    let key = SecretKey::from_bytes(vec![7; SecretKey::BYTES]).expect("a key");
    MailQueue::new(database.clone(), &key.into(), site.clock(), random::system())
}

async fn mail_to_new_user(site: &TestSite) -> Mail {
    site.browser().register_new_user().await;
    let message = MailMessage {
        to: "CANARY1@example.com".to_owned(),
        subject: "CANARY2".to_owned(),
        text: "CANARY3".to_owned(),
        html: "<p>CANARY4</p>".to_owned(),
    };
    Mail { user_id: site.query_number("SELECT MAX(id) FROM users").await, lifetime_secs: 60, message }
}

#[tokio::test]
async fn s34_queued_mail_is_encrypted() {
    let site = TestSite::start().await;
    let database = site.open_database().await;
    queue(&site, &database).queue(&mail_to_new_user(&site).await).await.expect("queued");
    assert_eq!(site.count("mails").await, 1);
    let bytes = site.database_bytes().await;
    assert!(!bytes.windows(6).any(|window| window == b"CANARY"));
}

#[tokio::test]
async fn change_and_its_mail_are_one_commit() {
    let site = TestSite::start().await;
    let database = site.open_database().await;
    let mail = mail_to_new_user(&site).await;
    let queue = queue(&site, &database);
    let undone = database.write(move |connection| {
        Box::pin(async move {
            queue.queue_in(connection, &mail).await?;
            Err::<(), MailError>(QueryError::Closed.into())
        })
    });
    assert!(undone.await.is_err());
    assert_eq!(site.count("mails").await, 0);
}

#[tokio::test]
async fn s95_deleting_an_account_deletes_its_mails() {
    let site = TestSite::start().await;
    let database = site.open_database().await;
    let queue = queue(&site, &database);
    let mails = [mail_to_new_user(&site).await, mail_to_new_user(&site).await];
    for mail in &mails {
        queue.queue(mail).await.expect("queued");
    }
    // As another program does.
    site.execute(&format!("DELETE FROM users WHERE id = {}", mails[0].user_id)).await;
    assert_eq!(site.count(&format!("mails WHERE user_id = {}", mails[1].user_id)).await, 1);
    assert_eq!(site.count("mails").await, 1);
}
