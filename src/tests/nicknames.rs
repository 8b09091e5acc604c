//! Nicknames: whatever they are, they name nobody and are nothing but text.

use crate::support::{Endpoint, Fault, FaultySite};

/// Has QQ tell this nickname from now on, whoever it is asked about.
async fn tell(spoiled: &FaultySite, nickname: &str) {
    spoiled.qq.inject_fault(Endpoint::UserInfo, Fault::Nickname(nickname.to_owned()), &[]).await;
}

#[tokio::test]
async fn s30_two_people_with_one_nickname_are_two() {
    let spoiled = FaultySite::start_with(vec![]).await;
    let site = &spoiled.site;
    tell(&spoiled, "One Nickname").await;
    for name in ["ann", "bob"] {
        let mut browser = site.browser();
        assert_eq!(browser.register(name, name, "shared@example.com").await.location(), "/account");
        assert_eq!(browser.get("/account").await.text_by_test_id("nickname").as_deref(), Some("One Nickname"));
    }
    assert_eq!(site.count("users").await, 2);
    assert_eq!(site.query_number("SELECT COUNT(DISTINCT user_id) FROM open_ids").await, 2);
    for name in ["ann", "bob"] {
        let mut browser = site.browser();
        assert_eq!(browser.sign_in(name).await.location(), "/account");
        assert_eq!(browser.signed_in_as().await.as_deref(), Some(name));
    }
}

#[tokio::test]
async fn s30_a_new_nickname_changes_nobody_even_if_it_is_somebody_elses() {
    let spoiled = FaultySite::start_with(vec![]).await;
    let site = &spoiled.site;
    for name in ["ann", "bob"] {
        site.browser().register(name, name, "a@b.cd").await;
    }
    let identities = "SELECT CAST(user_id AS TEXT) || ' ' || openid FROM open_ids ORDER BY openid";
    let before = site.query_texts(identities).await;
    tell(&spoiled, "bob").await;
    let mut browser = site.browser();
    assert_eq!(browser.sign_in("ann").await.location(), "/account");
    let page = browser.get("/account").await;
    assert_eq!(
        (page.text_by_test_id("username"), page.text_by_test_id("nickname")),
        (Some("ann".into()), Some("bob".into()))
    );
    assert_eq!((site.count("users").await, site.query_texts(identities).await), (2, before));
    let mut stranger = site.browser();
    assert_eq!(stranger.sign_in("a stranger").await.location(), "/register", "called bob, and known to nobody");
}

/// The names of a page's tags, in their order.
fn tags(page: &str) -> Vec<&str> {
    page.split('<').skip(1).map(|tag| tag.split([' ', '>']).next().unwrap_or_default()).collect()
}

/// What stands inside the page's tags.
fn inside_tags(page: &str) -> impl Iterator<Item = &str> {
    page.split('<').skip(1).map(|tag| tag.split('>').next().unwrap_or_default())
}

#[tokio::test]
async fn s84_a_nickname_is_text_wherever_it_stands() {
    let spoiled = FaultySite::start_with(vec![]).await;
    let long = "字".repeat(10_000);
    let cut = "字".repeat(64);
    let mut plain: Vec<String> = vec![];
    for (number, (nickname, shown)) in [
        ("Plain", "Plain"),
        ("</script><img src=x onerror=alert(1)>", "&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;"),
        ("</title><!--<script>alert(1)</script>", "&lt;/title&gt;&lt;!--&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("a\" onmouseover=\"alert(1)", ""),
        ("a' onmouseover='alert(1)", ""),
        ("\u{202e}cod.exe\u{2066}", "cod.exe"),
        ("a\0b\u{7}", "ab"),
        ("👩\u{200d}💻", "👩\u{200d}💻"),
        (&*long, &*cut),
    ]
    .into_iter()
    .enumerate()
    {
        tell(&spoiled, nickname).await;
        let mut browser = spoiled.site.browser();
        assert_eq!(browser.sign_in(&format!("somebody-{number}")).await.location(), "/register", "{nickname}");
        let mut pages = vec![browser.get("/register").await.body];
        assert_eq!(browser.post("/register/auto", &[]).await.location(), "/account", "{nickname}");
        pages.extend([browser.get("/").await.body, browser.get("/account").await.body]);
        for page in &pages {
            assert!(page.contains(shown), "{nickname}: {page}");
            assert!(!page.contains(['\0', '\u{7}', '\u{202e}', '\u{2066}']), "{nickname}: {page}");
            assert!(!page.contains(&format!("{cut}字")), "{page}");
            for quote in ['"', '\''] {
                let attribute = format!("{quote} onmouseover={quote}");
                assert!(!inside_tags(page).any(|tag| tag.contains(&attribute)), "{nickname}: {page}");
            }
        }
        if plain.is_empty() {
            plain = pages;
        } else {
            for (page, plain) in pages.iter().zip(&plain) {
                assert_eq!(tags(page), tags(plain), "{nickname}: it made a tag");
            }
        }
    }
}
