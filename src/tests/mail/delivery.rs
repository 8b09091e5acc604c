//! Delivery to a real SMTP server.

use std::collections::BTreeSet;

use tokio_util::sync::CancellationToken;

use super::{Mails, SUBJECT, TEXT, send_due};
use crate::support::{Encryption, Log, TestSmtpServer, options};

#[tokio::test]
async fn mail_is_delivered_with_tls_and_authentication() {
    for tls in [Encryption::Implicit, Encryption::StartTls] {
        let mails = Mails::start().await;
        let mut server = TestSmtpServer::start(tls).await;
        mails.queue_mail_to("ann@example.com").await;
        send_due(&mails.sender_to(&server)).await;
        let mail = server.next_mail().await;
        assert_eq!(mail["isEncrypted"], true, "{tls:?}");
        assert_eq!(mail["sender"], "login@example.com");
        assert_eq!(mail["from"], "\"登录\" <login@example.com>");
        assert_eq!(mail["to"], serde_json::json!(["ann@example.com"]));
        assert_eq!(mail["subject"], SUBJECT);
        assert_eq!(mail["text"].as_str().map(str::trim_end), Some(TEXT));
        assert_eq!(mail["html"].as_str().map(str::trim_end), Some("<p>您好，<b>小明</b>！</p>"));
        assert_eq!(mail["contentType"], "multipart/alternative");
        assert_eq!(mail["date"], mails.site.now());
        assert_eq!(mail["autoSubmitted"], "auto-generated");
        let id = mail["messageId"].as_str().expect("an id");
        assert!(id.len() > 32 && id.ends_with("@example.com>"), "{id}");
        let lines = mail["headerLines"].as_array().expect("lines");
        assert!(lines.iter().all(|line| line.as_str().is_some_and(|line| line.is_ascii())), "{lines:?}");
        assert_eq!(mails.site.count("mails").await, 0);
    }
}

#[tokio::test]
async fn s110_mail_server_with_an_unknown_certificate_gets_no_password_and_no_mail() {
    for tls in [Encryption::Implicit, Encryption::StartTls] {
        let mails = Mails::start().await;
        let mut server = TestSmtpServer::start(tls).await;
        mails.queue_mail_to("ann@example.com").await;
        send_due(&mails.sender(&server.url(), None)).await;
        assert_eq!(mails.due_in(60).await, 1, "kept for another attempt");
        // A client that trusts the server is served after the other one has gone.
        mails.site.advance_clock(60);
        send_due(&mails.sender_to(&server)).await;
        server.next_mail().await;
        assert!(server.events().is_empty());
    }
}

#[tokio::test]
async fn s110_server_without_starttls_gets_no_password_and_no_mail() {
    let mails = Mails::start().await;
    let mut server = TestSmtpServer::start(Encryption::None).await;
    mails.queue_mail_to("ann@example.com").await;
    send_due(&mails.sender(&format!("{}?tls=required", server.url()), None)).await;
    assert_eq!(mails.due_in(60).await, 1);
    assert!(server.events().is_empty());
}

#[tokio::test]
async fn site_sends_what_an_earlier_process_has_queued() {
    let mails = Mails::start().await;
    let mut server = TestSmtpServer::start(Encryption::None).await;
    for name in ["ann", "bob"] {
        mails.queue_mail_to(&format!("{name}@example.com")).await;
    }
    let settings = options([("SMTP_URL", &server.url()), ("MAIL_FROM", "login@example.com")]);
    let site = mails.site.restart_with(settings).await;
    let mut recipients = [server.next_mail().await, server.next_mail().await].map(|mail| mail["to"][0].to_string());
    recipients.sort();
    assert_eq!(recipients, ["\"ann@example.com\"", "\"bob@example.com\""]);
    site.wait_for_count("mails", 0).await;
}

#[tokio::test]
async fn machines_that_send_at_once_send_each_mail_once() {
    const MAILS: usize = 12;
    let mails = Mails::start().await;
    let mut server = TestSmtpServer::start(Encryption::Implicit).await;
    for number in 0..MAILS {
        mails.queue_mail_to(&format!("user{number}@example.com")).await;
    }
    let senders = [(); 4].map(|()| mails.sender_to(&server));
    futures_util::future::join_all(senders.iter().map(send_due)).await;
    assert_eq!(mails.site.count("mails").await, 0);
    let mut recipients = vec![];
    while recipients.len() < MAILS {
        let event = server.next_event_of_any_kind().await;
        if event["event"] == "mail" {
            recipients.push(event["to"][0].as_str().expect("an address").to_owned());
        }
    }
    assert_eq!(recipients.iter().collect::<BTreeSet<_>>().len(), MAILS, "{recipients:?}");
    assert!(server.events().iter().all(|event| event["event"] != "mail"));
}

#[tokio::test]
async fn mail_of_a_process_that_died_is_sent_after_its_lease() {
    let mails = Mails::start().await;
    let mut server = TestSmtpServer::start(Encryption::Implicit).await;
    mails.queue_mail_to("ann@example.com").await;
    mails.site.execute("UPDATE mails SET attempts = 1, leased_until = unixepoch() + 300").await;
    let sender = mails.sender_to(&server);
    send_due(&sender).await;
    assert_eq!(mails.site.count("mails WHERE attempts = 1").await, 1, "another process may still be sending it");
    mails.site.execute("UPDATE mails SET leased_until = unixepoch()").await;
    send_due(&sender).await;
    server.next_mail().await;
    assert_eq!(mails.site.count("mails").await, 0);
}

#[tokio::test]
async fn sender_that_stops_finishes_the_mail_in_progress() {
    let mails = Mails::start().await;
    let mut server = TestSmtpServer::start(Encryption::Implicit).await;
    for name in ["ann", "bob"] {
        mails.queue_mail_to(&format!("{name}@example.com")).await;
    }
    let stop = CancellationToken::new();
    let sender = tokio::spawn(mails.sender_to(&server).run(stop.clone()));
    server.next_event("auth").await;
    stop.cancel();
    sender.await.expect("no panic");
    server.next_event("mail").await;
    assert_eq!(mails.site.count("mails").await, 1);
    assert!(server.events().is_empty());
}

#[tokio::test]
async fn s33_s110_log_contains_no_address_text_or_password() {
    let log = Log::default();
    let _capture = log.capture();
    let mails = Mails::start().await;
    let mut server = TestSmtpServer::start(Encryption::Implicit).await;
    for name in ["ann", "busy", "unknown"] {
        mails.queue_mail_to(&format!("{name}@canary.example")).await;
    }
    send_due(&mails.sender(&server.url_with_password("canary-wrong"), Some(&server.certificate))).await;
    mails.site.advance_clock(60);
    send_due(&mails.sender_to(&server)).await;
    assert!(server.events().iter().any(|event| event["event"] == "mail"));
    let text = log.text();
    for line in ["mail sent", "mail not sent; another attempt follows", "mail given up", "the mail server answered 550"]
    {
        assert!(text.contains(line), "{line}: {text}");
    }
    for secret in ["canary", "小明", SUBJECT] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}
