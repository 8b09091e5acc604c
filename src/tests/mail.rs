//! Mails wait in the database until an SMTP server has accepted them.

mod delivery;
mod queue;
mod retries;

use qq_login::database::Database;
use qq_login::mail::{Mail, MailMessage, MailQueue, MailSender, SmtpServer};
use qq_login::random;
use qq_login::sealing::SecretKey;
use tokio_util::sync::CancellationToken;

use crate::support::{TestSite, TestSmtpServer};

const SUBJECT: &str = "请确认您的邮箱地址：这是一个很长的主题，长到必须分成好几行才能放进邮件的标题里";
const TEXT: &str = "您好，小明！\n\n.\n.. 点开头的行\nhttps://example.com/?a=1&b=2";

/// The queue of a site, on a connection of its own.
struct Mails {
    site: TestSite,
    database: Database,
    queue: MailQueue,
    user_id: i64,
}

impl Mails {
    async fn start() -> Mails {
        let site = TestSite::start().await;
        let database = site.open_database().await;
        // The key of the test site.
        let key = SecretKey::from_bytes(b"01234567890123456789012345678901".to_vec()).expect("a key");
        let queue = MailQueue::new(database.clone(), &key.into(), site.clock(), random::system());
        site.browser().register_new_user().await;
        let user_id = site.query_number("SELECT MAX(id) FROM users").await;
        Mails { site, database, queue, user_id }
    }

    fn mail_to(&self, to: &str) -> Mail {
        let message = MailMessage {
            to: to.to_owned(),
            subject: SUBJECT.to_owned(),
            text: TEXT.to_owned(),
            html: "<p>您好，<b>小明</b>！</p>".to_owned(),
        };
        Mail { user_id: self.user_id, lifetime_secs: Mail::MAX_LIFETIME_SECS, message }
    }

    async fn queue_mail_to(&self, to: &str) {
        self.queue.queue(&self.mail_to(to)).await.expect("queued");
    }

    /// A machine that sends the mails.
    fn sender(&self, url: &str, certificate: Option<&str>) -> MailSender {
        let server = SmtpServer::new(url.to_owned(), "www.example.com".to_owned()).expect("a URL");
        let server = match certificate {
            Some(certificate) => server.trust(certificate).expect("a certificate"),
            None => server,
        };
        let from = "登录 <login@example.com>".parse().expect("an address");
        MailSender::new(self.queue.clone(), &server, from).expect("a sender")
    }

    fn sender_to(&self, server: &TestSmtpServer) -> MailSender {
        self.sender(&server.url(), Some(&server.certificate))
    }

    /// Returns how many mails wait for an attempt that is due in `secs` seconds.
    async fn due_in(&self, secs: i64) -> i64 {
        self.site.count(&format!("mails WHERE leased_until = 0 AND next_attempt_at = {}", self.site.now() + secs)).await
    }
}

async fn send_due(sender: &MailSender) {
    sender.send_due(&CancellationToken::new()).await.expect("the database");
}
