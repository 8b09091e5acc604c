//! Names for people who would rather not choose one.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use qq_login::random::{self, Random};

use crate::support::TestSite;

/// How many random bytes a generated name takes.
const NAME_BYTES: usize = 10;

/// Takes a thousand names with these words and four digits.
fn thousand_names(words: &str) -> String {
    let name = format!("'{words}-' || SUBSTR(CAST(10000 + n AS TEXT), 2)");
    format!(
        "WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < 999) \
         INSERT INTO users (username, username_key, lookalike_key, created_at) \
         SELECT {name}, {name}, {name}, 0 FROM numbers WHERE true ON CONFLICT DO NOTHING"
    )
}

#[tokio::test]
async fn s50_a_generated_name_is_found_however_many_are_taken() {
    // Every name that this draws on the first try is the same one.
    let drawn = Arc::new(AtomicUsize::new(0));
    let counted = drawn.clone();
    let random: Random = Arc::new(move |buffer: &mut [u8]| {
        if buffer.len() != NAME_BYTES {
            return random::system()(buffer);
        }
        counted.fetch_add(1, Ordering::Relaxed);
        buffer.fill(7);
        Ok(())
    });
    let site = TestSite::start_with_random(vec![], random).await;
    let mut browser = site.browser();
    browser.sign_in("The first").await;
    assert_eq!(browser.post("/register/auto", &[]).await.location(), "/account");
    let first = browser.signed_in_as().await.expect("a name");
    let (words, _) = first.rsplit_once('-').expect("a number");
    site.execute(&thousand_names(words)).await;
    assert!(site.count("users").await >= 1000);
    // After one name too many is drawn, the numbers get longer: 4, 8, 12 and 16 digits.
    for (person, digits) in [(2, 8), (3, 12), (4, 16)] {
        let before = drawn.load(Ordering::Relaxed);
        let mut browser = site.browser();
        browser.sign_in(&format!("Person {person}")).await;
        assert_eq!(browser.post("/register/auto", &[]).await.location(), "/account");
        assert_eq!(drawn.load(Ordering::Relaxed) - before, person, "as few as can be");
        let name = browser.signed_in_as().await.expect("a name");
        assert!(name.strip_prefix(words).is_some_and(|number| number.len() == digits + 1), "{name}");
        let openids = site.query_texts("SELECT openid FROM open_ids").await;
        assert!(openids.iter().all(|openid| !openid.to_ascii_lowercase().contains(&name)));
    }
    // Were even the longest names all taken, it ends with an error page and not in a loop.
    let before = drawn.load(Ordering::Relaxed);
    let mut browser = site.browser();
    browser.sign_in("Unlucky").await;
    assert_eq!(browser.post("/register/auto", &[]).await.status, 500);
    assert_eq!(drawn.load(Ordering::Relaxed) - before, 6, "and it was not tried without end");
    assert_eq!(browser.get("/register").await.status, 200, "the registration stays usable");
}
