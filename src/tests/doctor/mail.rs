//! The mail server.

use qq_login::doctor::{CheckName, Status};

use super::{result, run};
use crate::support::{Encryption, TestSite, TestSmtpServer};

async fn check(site: &TestSite, smtp_url: &str) -> (Status, String) {
    result(&run(site, &[("SMTP_URL", smtp_url), ("MAIL_FROM", "login@example.com")]).await, CheckName::Mail)
}

#[tokio::test]
async fn mail_server_is_checked_by_signing_in_without_a_mail() {
    let site = TestSite::start().await;
    let mut server = TestSmtpServer::start(Encryption::None).await;
    let (status, text) = check(&site, &server.url()).await;
    assert!(status == Status::Ok && text.contains("localhost accepts the connection and login"), "{text}");
    assert_eq!(server.next_event("auth").await["ok"], true);
    let (status, text) = check(&site, &server.url_with_password("canary-wrong")).await;
    assert!(status == Status::Error && text.contains("localhost rejected the login"), "{text}");
    assert!(text.contains("535") && !text.contains("canary"), "{text}");
    assert_eq!(server.next_event("auth").await["ok"], false);
    let (status, text) = check(&site, &format!("{}?tls=required", server.url())).await;
    assert!(status == Status::Error && text.contains("cannot connect securely to localhost"), "{text}");
    assert!(server.events().is_empty());
    let url = server.url();
    server.stop();
    let (status, text) = check(&site, &url).await;
    assert!(status == Status::Error && text.contains("cannot reach localhost"), "{text}");
}

#[tokio::test]
async fn mail_server_with_an_unknown_certificate_is_reported() {
    let site = TestSite::start().await;
    for encryption in [Encryption::Implicit, Encryption::StartTls] {
        let server = TestSmtpServer::start(encryption).await;
        let (status, text) = check(&site, &server.url()).await;
        assert!(status == Status::Error && text.contains("cannot connect securely to localhost"), "{text}");
    }
}
