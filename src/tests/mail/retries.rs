//! What happens to a mail that the server does not accept.

use qq_login::mail::{Mail, MailQueue};
use qq_login::random;
use qq_login::sealing::SecretKey;

use super::{Mails, send_due};
use crate::support::{Encryption, TestSmtpServer};

#[tokio::test]
async fn mail_waits_while_the_server_is_down() {
    let mails = Mails::start().await;
    let server = TestSmtpServer::start(Encryption::Implicit).await;
    let (url, certificate) = (server.url(), server.certificate.clone());
    let sender = mails.sender(&url, Some(&certificate));
    let port = server.stop();
    mails.queue_mail_to("ann@example.com").await;
    for delay_secs in [60, 5 * 60, 15 * 60] {
        send_due(&sender).await;
        assert_eq!(mails.due_in(delay_secs).await, 1);
        mails.site.advance_clock(delay_secs - 1);
        send_due(&sender).await;
        assert_eq!(mails.due_in(1).await, 1, "not before its time");
        mails.site.advance_clock(1);
    }
    let mut server = TestSmtpServer::start_on(Encryption::Implicit, port).await;
    send_due(&mails.sender_to(&server)).await;
    server.next_mail().await;
    assert_eq!(mails.site.count("mails").await, 0);
}

#[tokio::test]
async fn mail_is_given_up_when_it_expires() {
    let mails = Mails::start().await;
    let server = TestSmtpServer::start(Encryption::Implicit).await;
    let sender = mails.sender_to(&server);
    server.stop();
    mails.queue_mail_to("ann@example.com").await;
    let short = Mail { lifetime_secs: 60, ..mails.mail_to("bob@example.com") };
    mails.queue.queue(&short).await.expect("queued");
    let (queued_at, mut attempts) = (mails.site.now(), 0);
    loop {
        send_due(&sender).await;
        attempts += 1;
        if mails.site.count("mails").await == 0 {
            break;
        }
        assert_eq!(mails.site.count("mails").await, 1, "a link that has expired is not mailed later");
        let next = mails.site.query_number("SELECT next_attempt_at FROM mails").await;
        mails.site.advance_clock(next - mails.site.now());
    }
    let hours = (mails.site.now() - queued_at) / 3600;
    assert!((40..48).contains(&hours) && attempts == 13, "{attempts} attempts in {hours} hours");
}

#[tokio::test]
async fn wrong_password_is_the_operators_problem_and_loses_no_mail() {
    let mails = Mails::start().await;
    let mut server = TestSmtpServer::start(Encryption::Implicit).await;
    mails.queue_mail_to("ann@example.com").await;
    send_due(&mails.sender(&server.url_with_password("wrong"), Some(&server.certificate))).await;
    assert_eq!(server.next_event("auth").await["ok"], false);
    assert_eq!(mails.due_in(60).await, 1);
    mails.site.advance_clock(60);
    send_due(&mails.sender_to(&server)).await;
    server.next_mail().await;
}

#[tokio::test]
async fn temporary_refusal_is_tried_again_and_a_permanent_one_is_not() {
    let mails = Mails::start().await;
    let mut server = TestSmtpServer::start(Encryption::Implicit).await;
    let sender = mails.sender_to(&server);
    for (name, code, kept) in [("busy", 451, 1), ("unknown", 550, 0)] {
        mails.site.execute("DELETE FROM mails").await;
        mails.queue_mail_to(&format!("{name}@example.com")).await;
        send_due(&sender).await;
        server.next_event("auth").await;
        assert_eq!(server.next_event("refused").await["code"], code);
        assert_eq!(mails.site.count("mails").await, kept, "{name}");
        assert_eq!(mails.due_in(60).await, kept, "{name}");
    }
}

#[tokio::test]
async fn mail_whose_key_is_gone_is_given_up() {
    let mails = Mails::start().await;
    let mut server = TestSmtpServer::start(Encryption::Implicit).await;
    let lost_key = SecretKey::from_bytes(vec![7; SecretKey::BYTES]).expect("a key");
    let queue = MailQueue::new(mails.database.clone(), &lost_key.into(), mails.site.clock(), random::system());
    queue.queue(&mails.mail_to("ann@example.com")).await.expect("queued");
    mails.queue_mail_to("bob@example.com").await;
    send_due(&mails.sender_to(&server)).await;
    assert_eq!(server.next_mail().await["to"][0], "bob@example.com");
    assert_eq!(mails.site.count("mails").await, 0);
}
