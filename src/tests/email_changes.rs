//! Adding, removing and verifying email addresses: one primary address, verified addresses are unique.

use futures_util::future::join_all;
use qq_login::accounts::{
    Accounts, AddEmailOutcome, EmailAddress, EmailTrust, LinkPurpose, MAX_EMAIL_ADDRESSES, MailLink, MailToken,
    PrimaryEmailOutcome, VerifyEmailOutcome, add_email, find_mail_link, insert_mail_link, make_email_primary,
    remove_email, spend_mail_link, verify_email,
};
use qq_login::database::Database;
use qq_login::random;
use qq_login::validation::Email;

use crate::support::TestSite;

use EmailTrust::{Typed, VerifiedOnly};

/// A user's addresses, changed as the site does.
struct User {
    database: Database,
    id: i64,
}

impl User {
    async fn register(site: &TestSite, database: &Database) -> User {
        let username = site.browser().register_new_user().await;
        let id = site.query_number(&format!("SELECT id FROM users WHERE username = '{username}'")).await;
        User { database: database.clone(), id }
    }

    async fn add(&self, typed: &str, trust: EmailTrust) -> AddEmailOutcome {
        let (id, email) = (self.id, Email::parse(typed).expect("an address"));
        let job = self
            .database
            .write(move |connection| Box::pin(async move { add_email(connection, id, &email, trust, 1).await }));
        job.await.expect("written")
    }

    async fn verify(&self, email: &str) -> VerifyEmailOutcome {
        let (id, email) = (self.id, email.to_owned());
        let job =
            self.database.write(move |connection| Box::pin(async move { verify_email(connection, id, &email).await }));
        job.await.expect("written")
    }

    async fn remove(&self, email: &str, trust: EmailTrust) -> Option<EmailAddress> {
        let (id, address) = (self.id, self.find(email).await.id);
        let job = self.database.write(move |connection| Box::pin(remove_email(connection, id, address, trust)));
        job.await.expect("written")
    }

    async fn make_primary(&self, email: &str, trust: EmailTrust) -> PrimaryEmailOutcome {
        let (id, address) = (self.id, self.find(email).await.id);
        let job = self.database.write(move |connection| Box::pin(make_email_primary(connection, id, address, trust)));
        job.await.expect("written")
    }

    async fn list(&self) -> Vec<EmailAddress> {
        Accounts::new(self.database.clone()).email_addresses(self.id).await.expect("addresses")
    }

    async fn find(&self, email: &str) -> EmailAddress {
        self.list().await.into_iter().find(|address| address.email == email).expect("the address")
    }

    async fn primary(&self) -> Option<String> {
        let primary: Vec<_> = self.list().await.into_iter().filter(|address| address.is_primary).collect();
        assert_eq!(primary.len(), usize::from(!self.list().await.is_empty()), "one primary address if there are any");
        primary.into_iter().next().map(|address| address.email)
    }
}

#[tokio::test]
async fn user_with_addresses_has_one_primary_address() {
    let site = TestSite::start().await;
    let user = User::register(&site, &site.open_database().await).await;
    let registered = user.primary().await.expect("the address of the form");
    assert_eq!(user.add("b@example.com", VerifiedOnly).await, AddEmailOutcome::Added);
    assert_eq!(user.add(" B@example.COM", VerifiedOnly).await, AddEmailOutcome::Exists);
    assert_eq!(user.primary().await.as_ref(), Some(&registered));
    let changed = user.make_primary("b@example.com", VerifiedOnly).await;
    assert!(matches!(changed, PrimaryEmailOutcome::Changed { previous: Some(old) } if old.email == registered));
    assert_eq!(user.make_primary("b@example.com", VerifiedOnly).await, PrimaryEmailOutcome::Unchanged);
    assert_eq!(user.remove("b@example.com", VerifiedOnly).await.map(|removed| removed.is_primary), Some(true));
    assert_eq!(user.primary().await.as_ref(), Some(&registered));
    user.remove(&registered, VerifiedOnly).await;
    assert_eq!(user.primary().await, None);
    for number in 0..MAX_EMAIL_ADDRESSES {
        assert_eq!(user.add(&format!("{number}@example.com"), VerifiedOnly).await, AddEmailOutcome::Added);
    }
    assert_eq!(user.add("more@example.com", VerifiedOnly).await, AddEmailOutcome::TooMany);
    assert_eq!(user.primary().await.as_deref(), Some("0@example.com"));
}

#[tokio::test]
async fn primary_address_is_verified_if_any_is() {
    let site = TestSite::start().await;
    let user = User::register(&site, &site.open_database().await).await;
    for email in ["b@example.com", "c@example.com"] {
        user.add(email, VerifiedOnly).await;
    }
    assert_eq!(user.verify("c@example.com").await, VerifyEmailOutcome::Verified);
    assert_eq!(user.primary().await.as_deref(), Some("c@example.com"));
    assert_eq!(user.make_primary("b@example.com", VerifiedOnly).await, PrimaryEmailOutcome::Unverified);
    assert_eq!(user.verify("b@example.com").await, VerifyEmailOutcome::Verified);
    assert_eq!(user.verify("b@example.com").await, VerifyEmailOutcome::Verified, "the link was opened twice");
    assert_eq!(user.primary().await.as_deref(), Some("c@example.com"), "it was verified first");
    user.remove("c@example.com", VerifiedOnly).await;
    assert_eq!(user.primary().await.as_deref(), Some("b@example.com"), "not the older one, which is not verified");
    assert_eq!(user.list().await.len(), 2);
}

#[tokio::test]
async fn s43_verifying_removes_claims_of_others_who_keep_a_primary_address() {
    let site = TestSite::start().await;
    let database = site.open_database().await;
    let (owner, other) = (User::register(&site, &database).await, User::register(&site, &database).await);
    let others_first = other.primary().await.expect("an address");
    for user in [&owner, &other] {
        assert_eq!(user.add("shared@example.com", VerifiedOnly).await, AddEmailOutcome::Added);
    }
    other.make_primary("shared@example.com", VerifiedOnly).await;
    assert_eq!(owner.verify("shared@example.com").await, VerifyEmailOutcome::Verified);
    assert_eq!(other.primary().await, Some(others_first));
    assert_eq!(other.verify("shared@example.com").await, VerifyEmailOutcome::Taken);
    assert_eq!(other.add("shared@example.com", VerifiedOnly).await, AddEmailOutcome::Added, "as if it were free");
    assert_eq!(other.verify("shared@example.com").await, VerifyEmailOutcome::Taken);
    assert_eq!(other.verify("never@example.com").await, VerifyEmailOutcome::Removed);
}

/// Which address is preferred must not tell which one another user has verified.
#[tokio::test]
async fn s56_trusted_addresses_are_not_preferred_for_being_verified() {
    let site = TestSite::start().await;
    let database = site.open_database().await;
    let (owner, other) = (User::register(&site, &database).await, User::register(&site, &database).await);
    assert_eq!(owner.add("taken@example.com", Typed).await, AddEmailOutcome::Added);
    let first = other.primary().await.expect("an address");
    for email in ["taken@example.com", "free@example.com"] {
        assert_eq!(other.add(email, Typed).await, AddEmailOutcome::Added);
    }
    assert!(!other.find("taken@example.com").await.is_verified && other.find("free@example.com").await.is_verified);
    other.remove(&first, Typed).await;
    assert_eq!(other.primary().await.as_deref(), Some("taken@example.com"));
    let changed = other.make_primary("free@example.com", Typed).await;
    assert!(matches!(changed, PrimaryEmailOutcome::Changed { .. }));
    let changed = other.make_primary("taken@example.com", Typed).await;
    assert!(matches!(changed, PrimaryEmailOutcome::Changed { .. }));
}

#[tokio::test]
async fn s47_first_of_many_users_verifies_an_address() {
    let site = TestSite::start().await;
    let database = site.open_database().await;
    for round in 0..5 {
        let email = format!("race-{round}@example.com");
        let mut users = vec![];
        for _ in 0..6 {
            let user = User::register(&site, &database).await;
            user.add(&email, VerifiedOnly).await;
            users.push(user);
        }
        let outcomes = join_all(users.iter().map(|user| user.verify(&email))).await;
        let verified = outcomes.iter().filter(|outcome| **outcome == VerifyEmailOutcome::Verified).count();
        let taken = outcomes.iter().filter(|outcome| **outcome == VerifyEmailOutcome::Taken).count();
        assert_eq!((verified, taken), (1, 5), "{outcomes:?}");
        assert_eq!(site.count(&format!("email_addresses WHERE email = '{email}'")).await, 1);
        for user in users {
            user.primary().await;
        }
    }
}

#[tokio::test]
async fn s47_concurrent_changes_of_one_user_keep_the_rules() {
    let site = TestSite::start().await;
    let database = site.open_database().await;
    let user = User::register(&site, &database).await;
    let added = join_all((0..12).map(|number| {
        let typed = format!("n{number}@example.com");
        let user = &user;
        async move { user.add(&typed, VerifiedOnly).await }
    }))
    .await;
    let count = added.iter().filter(|outcome| **outcome == AddEmailOutcome::Added).count();
    assert_eq!(count, MAX_EMAIL_ADDRESSES - 1, "{added:?}");
    let emails: Vec<String> = user.list().await.into_iter().map(|address| address.email).collect();
    join_all(emails.iter().map(|email| user.make_primary(email, VerifiedOnly))).await;
    assert!(user.primary().await.is_some());
    join_all(emails.iter().map(|email| user.remove(email, VerifiedOnly))).await;
    assert_eq!(user.primary().await, None);
}

#[tokio::test]
async fn s111_mailed_link_is_stored_as_a_hash_and_spent_once() {
    let site = TestSite::start().await;
    let database = site.open_database().await;
    let user = User::register(&site, &database).await;
    let token = MailToken::generate(&random::system()).expect("a token");
    let link = MailLink {
        purpose: LinkPurpose::LinkQq,
        user_id: Some(user.id),
        email: "ann@example.com".to_owned(),
        browser_hash: Some("hash".to_owned()),
        created_at: 100,
        expires_at: 200,
        is_used: false,
    };
    let (stored, copy) = (link.clone(), token.clone());
    let insert = database
        .write(move |connection| Box::pin(async move { insert_mail_link(connection, &copy, &stored).await }))
        .await;
    insert.expect("written");
    let plain = token.path().replace("/mail/", "");
    let bytes = site.database_bytes().await;
    assert!(!bytes.windows(plain.len()).any(|window| window == plain.as_bytes()), "the token is not stored");
    assert!(find_mail_link(&site.pool, &token).await.expect("a query") == Some(link));
    let spent = join_all((0..6).map(|_| {
        let token = token.clone();
        let job =
            database.write(move |connection| Box::pin(async move { spend_mail_link(connection, &token, 150).await }));
        async move { job.await.expect("written") }
    }))
    .await;
    assert_eq!(spent.into_iter().filter(|spent| *spent).count(), 1);
    assert!(find_mail_link(&site.pool, &token).await.expect("a query").expect("the link").is_used);
    assert_eq!(site.count("mail_links").await, 1);
    site.execute(&format!("DELETE FROM users WHERE id = {}", user.id)).await;
    assert_eq!(site.count("mail_links").await, 0, "deleted with its user");
}
