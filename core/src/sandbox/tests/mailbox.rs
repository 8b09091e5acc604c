//! The mailbox, filled by lettre.

use axum::http::StatusCode;
use lettre::message::MultiPart;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use tokio::net::TcpListener;

use super::TestSandbox;
use crate::sandbox::receive_mails;

async fn send(sandbox: &TestSandbox, subject: &str, text: &str, html: &str) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let receiver = tokio::spawn(receive_mails(listener, sandbox.mailbox.clone(), sandbox.clock()));
    let message = Message::builder()
        .from("登录 <login@example.com>".parse().unwrap())
        .to("ann@example.com".parse().unwrap())
        .subject(subject)
        .multipart(MultiPart::alternative_plain_html(text.to_owned(), html.to_owned()))
        .unwrap();
    let transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous("127.0.0.1").port(port).build();
    transport.send(message).await.unwrap();
    receiver.abort();
}

#[tokio::test]
async fn mails_are_listed_as_json_newest_last() {
    let sandbox = TestSandbox::new();
    assert_eq!(sandbox.get("/sandbox/mails").await.json(), serde_json::json!([]));
    let subject = "请确认您的邮箱地址：这个主题很长，长到必须分成好几行才能放进标题里";
    send(&sandbox, subject, "您好！\n.\n..\nhttps://a.example/?b=1", "<p>您好！</p>").await;
    send(&sandbox, "Second", "Text", "<p>HTML</p>").await;
    let mails = sandbox.get("/sandbox/mails").await.json();
    assert_eq!(mails.as_array().unwrap().len(), 2);
    assert_eq!(mails[0]["subject"], subject);
    assert_eq!(mails[0]["from"], "登录 <login@example.com>");
    assert_eq!(mails[0]["to"], serde_json::json!(["ann@example.com"]));
    assert_eq!(mails[0]["text"].as_str().unwrap().trim_end(), "您好！\n.\n..\nhttps://a.example/?b=1");
    assert_eq!(mails[0]["html"].as_str().unwrap().trim_end(), "<p>您好！</p>");
    assert_eq!((&mails[1]["subject"], &mails[1]["id"]), (&"Second".into(), &2.into()));
}

#[tokio::test]
async fn mailbox_page_shows_mails_newest_first_without_running_them() {
    let sandbox = TestSandbox::new();
    let empty = sandbox.get("/sandbox/mailbox").await;
    assert!(empty.status == StatusCode::OK && empty.text().contains("还没有邮件"));
    send(&sandbox, "First", "Open\nhttps://a.example/?b=1&c=2\n", "<p>\"1\"</p>").await;
    send(&sandbox, "<script>alert(1)</script>", "<b>", "<script>alert(2)</script>\" onload=\"alert(3)").await;
    let response = sandbox.get("/sandbox/mailbox").await;
    let policy = response.headers["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("default-src 'none'") && !policy.contains("script-src"), "{policy}");
    let page = response.text();
    assert!(!page.contains("<script") && !page.contains("<b>") && !page.contains("\" onload"), "{page}");
    assert!(page.contains("<a href=\"https://a.example/?b=1&amp;c=2\">"), "{page}");
    assert!(page.find("&lt;script&gt;alert(1)").unwrap() < page.find("First").unwrap());
    assert_eq!(page.matches("sandbox=\"allow-popups allow-popups-to-escape-sandbox\"").count(), 2);
    assert!(sandbox.get("/").await.text().contains("href=\"/sandbox/mailbox\""));
}
