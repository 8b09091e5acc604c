//! The mails that a site has queued.

use qq_login::mail::MailMessage;
use qq_login::random;
use qq_login::sealing::{Sealer, SecretKey};

use super::settings::options;
use super::site::{SECRET_KEY_BYTES, TestSite};

impl TestSite {
    /// Starts a site with mail and these settings. Nothing listens at its SMTP server, so that mails stay in the queue.
    pub(crate) async fn start_with_mail<const N: usize>(more: [(&str, &str); N]) -> TestSite {
        TestSite::start_with(mail_options(more)).await
    }

    /// Returns all mails that were queued since the last call.
    pub(crate) async fn take_mails(&self) -> Vec<MailMessage> {
        let rows: Vec<(String, Vec<u8>)> =
            sqlx::query_as("SELECT id, message FROM mails ORDER BY id").fetch_all(&self.pool).await.expect("mails");
        self.execute("DELETE FROM mails").await;
        let key = SecretKey::from_bytes(SECRET_KEY_BYTES.to_vec()).expect("a key");
        let sealer = Sealer::new(&key.into(), "mail", random::system());
        let open = |(id, sealed): (String, Vec<u8>)| sealer.open(id.as_bytes(), &sealed).expect("a sealed mail");
        rows.into_iter().map(open).map(|json| serde_json::from_slice(&json).expect("a mail")).collect()
    }

    /// Returns the only mail that was queued since the last call.
    pub(crate) async fn take_mail(&self) -> MailMessage {
        let mut mails = self.take_mails().await;
        let subjects: Vec<_> = mails.iter().map(|mail| (&mail.to, &mail.subject)).collect();
        assert_eq!(mails.len(), 1, "{subjects:?}");
        mails.remove(0)
    }

    /// Returns the path of the link in a mail.
    pub(crate) fn link_in(&self, mail: &MailMessage) -> String {
        let origin = format!("http://{}", self.authority);
        let (_, link) = mail.text.split_once(&format!("{origin}/mail/")).expect("a link");
        format!("/mail/{}", link.split_whitespace().next().expect("a token"))
    }
}

/// Settings of a site with mail.
pub(crate) fn mail_options<const N: usize>(more: [(&str, &str); N]) -> Vec<(String, String)> {
    let mail = options([("SMTP_URL", "smtp://127.0.0.1:1"), ("MAIL_FROM", "Site <site@example.com>")]);
    mail.into_iter().chain(options(more)).collect()
}
