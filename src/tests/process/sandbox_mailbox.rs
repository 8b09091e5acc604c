//! The mailbox of the sandbox, as `make run` uses it.

use crate::support::{Program, WorkDir, eventually};

#[tokio::test]
async fn mail_of_the_site_appears_in_the_mailbox_of_the_sandbox() {
    let work_dir = WorkDir::new("mailbox");
    let launcher = ["env", "SMTP_URL=sandbox", "MAIL_FROM=Site <site@example.com>"].map(str::to_owned);
    let program = Program::start_by(&work_dir, &launcher).await;
    assert_eq!(program.browser().register("typed-ann").await.expect("a response").location(), "/account");
    let mails = eventually("the mail arrives", async || {
        let mails = reqwest::get(format!("{}/sandbox/mails", program.sandbox_url())).await.expect("an answer");
        Some(mails.text().await.expect("a list")).filter(|mails| mails != "[]")
    })
    .await;
    assert!(mails.contains("Site <site@example.com>") && mails.contains("typed-ann"), "{mails}");
    program.stop().await;
}
