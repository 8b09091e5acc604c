//! Generated usernames.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use qq_login::random::{self, Random};

use crate::support::TestSite;

/// Random bytes per generated username.
const NAME_BYTES: usize = 10;

/// Returns SQL that inserts a thousand usernames: these words with four digits.
fn insert_thousand_usernames(words: &str) -> String {
    let name = format!("'{words}-' || SUBSTR(CAST(10000 + n AS TEXT), 2)");
    format!(
        "WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < 999) \
         INSERT INTO users (username, username_key, lookalike_key, created_at) \
         SELECT {name}, {name}, {name}, 0 FROM numbers WHERE true ON CONFLICT DO NOTHING"
    )
}

#[tokio::test]
async fn s50_generated_username_is_free_even_if_a_thousand_are_taken() {
    // The random bytes are constant, so every first attempt generates the same username.
    let attempts = Arc::new(AtomicUsize::new(0));
    let counter = attempts.clone();
    let random: Random = Arc::new(move |buffer: &mut [u8]| {
        if buffer.len() != NAME_BYTES {
            return random::system()(buffer);
        }
        counter.fetch_add(1, Ordering::Relaxed);
        buffer.fill(7);
        Ok(())
    });
    let site = TestSite::start_with_random(vec![], random).await;
    let mut browser = site.browser();
    browser.sign_in("The first").await;
    assert_eq!(browser.post("/register/auto", &[]).await.location(), "/account");
    let first = browser.signed_in_as().await.expect("a username");
    let (words, _) = first.rsplit_once('-').expect("a number");
    site.execute(&insert_thousand_usernames(words)).await;
    assert!(site.count("users").await >= 1000);
    // Each further attempt uses a longer number: 4, 8, 12, then 16 digits.
    for (user, digits) in [(2, 8), (3, 12), (4, 16)] {
        let before = attempts.load(Ordering::Relaxed);
        let mut browser = site.browser();
        browser.sign_in(&format!("User {user}")).await;
        assert_eq!(browser.post("/register/auto", &[]).await.location(), "/account");
        assert_eq!(attempts.load(Ordering::Relaxed) - before, user, "no more attempts than needed");
        let name = browser.signed_in_as().await.expect("a username");
        assert!(name.strip_prefix(words).is_some_and(|number| number.len() == digits + 1), "{name}");
        let openids = site.query_texts("SELECT openid FROM open_ids").await;
        assert!(openids.iter().all(|openid| !openid.to_ascii_lowercase().contains(&name)));
    }
    // If the longest username is taken too, the request fails instead of looping.
    let before = attempts.load(Ordering::Relaxed);
    let mut browser = site.browser();
    browser.sign_in("Unlucky").await;
    assert_eq!(browser.post("/register/auto", &[]).await.status, 500);
    assert_eq!(attempts.load(Ordering::Relaxed) - before, 6, "the number of attempts is limited");
    assert_eq!(browser.get("/register").await.status, 200, "the registration stays valid");
}
