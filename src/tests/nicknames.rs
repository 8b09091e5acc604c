//! Nicknames do not identify users and are displayed as plain text.

use crate::support::{Endpoint, Fault, FaultySite, TestSite};

/// Makes QQ return this nickname for every user.
async fn set_nickname(faulty: &FaultySite, nickname: &str) {
    faulty.qq.inject_fault(Endpoint::UserInfo, Fault::Nickname(nickname.to_owned()), &[]).await;
}

#[tokio::test]
async fn s30_users_with_the_same_nickname_have_separate_accounts() {
    let faulty = FaultySite::start_with(vec![]).await;
    let site = &faulty.site;
    set_nickname(&faulty, "One Nickname").await;
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
async fn s30_nickname_of_another_user_does_not_change_the_account() {
    let faulty = FaultySite::start_with(vec![]).await;
    let site = &faulty.site;
    for name in ["ann", "bob"] {
        site.browser().register(name, name, "a@b.cd").await;
    }
    let identities = "SELECT CAST(user_id AS TEXT) || ' ' || openid FROM open_ids ORDER BY openid";
    let before = site.query_texts(identities).await;
    set_nickname(&faulty, "bob").await;
    let mut browser = site.browser();
    assert_eq!(browser.sign_in("ann").await.location(), "/account");
    let page = browser.get("/account").await;
    assert_eq!(
        (page.text_by_test_id("username"), page.text_by_test_id("nickname")),
        (Some("ann".into()), Some("bob".into()))
    );
    assert_eq!((site.count("users").await, site.query_texts(identities).await), (2, before));
    let mut new_user = site.browser();
    assert_eq!(
        new_user.sign_in("new user").await.location(),
        "/register",
        "the nickname of an existing user does not identify them"
    );
}

#[tokio::test]
async fn nickname_that_nobody_can_see_counts_as_missing() {
    let faulty = FaultySite::start_with(vec![]).await;
    let mut browser = faulty.site.browser();
    browser.register("ann", "ann", "a@b.cd").await;
    for (nickname, shown) in [
        ("\u{3164}", None),
        ("\u{2800}", None),
        ("\u{ad}", None),
        ("\u{200d}", None),
        ("\u{301}\u{fe0f} \u{3164}", None),
        ("\u{3164}小明", Some("小明")),
    ] {
        set_nickname(&faulty, nickname).await;
        assert_eq!(browser.sign_in("ann").await.location(), "/account");
        let page = browser.get("/account").await;
        assert_eq!(page.text_by_test_id("nickname").as_deref(), shown, "{nickname:?}");
        let name = shown.unwrap_or("ann");
        let header = page.body.split("class=\"account-link\"").nth(1).and_then(|it| it.split("</a>").next());
        assert!(header.is_some_and(|header| header.contains(name)), "{nickname:?}: {header:?}");
    }
}

#[tokio::test]
async fn s37_unreadable_characters_cost_neither_nickname_nor_avatar() {
    let faulty = FaultySite::start_with(vec![]).await;
    let mut browser = faulty.site.browser();
    browser.register("ann", "ann", "a@b.cd").await;
    for (bytes, shown) in [
        (&b"a\x07\x01b"[..], Some("ab")),
        (br"c\ud83dd", Some("cd")),
        (br"\udc27e\ud83d\udc27", Some("e🐧")),
        (b"f\xC4\xE3g", Some("fg")),
        (b"\xC4\xE3\xBA\xC3", None),
    ] {
        faulty.site.execute("UPDATE open_ids SET nickname = NULL, avatar_hash = NULL").await;
        faulty.qq.inject_fault(Endpoint::UserInfo, Fault::NicknameBytes(bytes.to_vec()), &[]).await;
        assert_eq!(browser.sign_in("ann").await.location(), "/account");
        let page = browser.get("/account").await;
        assert_eq!(page.text_by_test_id("nickname").as_deref(), shown, "{}", bytes.escape_ascii());
        assert!(page.body.contains("<img src=\"/avatar/"), "{}", bytes.escape_ascii());
    }
}

/// Text from right to left would otherwise pull the punctuation around it to its side.
#[tokio::test]
async fn names_are_isolated_from_the_text_around_them() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.sign_in("مرحبا!").await;
    let mut pages = vec![browser.get("/register").await.body];
    browser.post("/register", &[("username", "محمد"), ("email", "a@b.cd")]).await;
    pages.extend([browser.get("/").await.body, browser.get("/account").await.body]);
    for page in pages {
        for name in ["مرحبا!", "محمد"] {
            for (before, _) in page.match_indices(name).map(|(at, _)| page.split_at(at)) {
                let tag = before.rsplit('<').next().unwrap_or_default();
                assert!(tag.starts_with("bdi") && tag.ends_with('>'), "{name}: {before}");
            }
        }
        assert!(page.contains("<bdi"), "{page}");
    }
}

/// Tag names of the page in document order.
fn tags(page: &str) -> Vec<&str> {
    page.split('<').skip(1).map(|tag| tag.split([' ', '>']).next().unwrap_or_default()).collect()
}

/// The text between `<` and `>` of each tag.
fn inside_tags(page: &str) -> impl Iterator<Item = &str> {
    page.split('<').skip(1).map(|tag| tag.split('>').next().unwrap_or_default())
}

#[tokio::test]
async fn s84_nickname_is_escaped_on_every_page() {
    let faulty = FaultySite::start_with(vec![]).await;
    let long = "字".repeat(10_000);
    let truncated = "字".repeat(64);
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
        (&*long, &*truncated),
    ]
    .into_iter()
    .enumerate()
    {
        set_nickname(&faulty, nickname).await;
        let mut browser = faulty.site.browser();
        assert_eq!(browser.sign_in(&format!("user-{number}")).await.location(), "/register", "{nickname}");
        let mut pages = vec![browser.get("/register").await.body];
        assert_eq!(browser.post("/register/auto", &[]).await.location(), "/account", "{nickname}");
        pages.extend([browser.get("/").await.body, browser.get("/account").await.body]);
        for page in &pages {
            assert!(page.contains(shown), "{nickname}: {page}");
            assert!(!page.contains(['\0', '\u{7}', '\u{202e}', '\u{2066}']), "{nickname}: {page}");
            assert!(!page.contains(&format!("{truncated}字")), "{page}");
            for quote in ['"', '\''] {
                let attribute = format!("{quote} onmouseover={quote}");
                assert!(!inside_tags(page).any(|tag| tag.contains(&attribute)), "{nickname}: {page}");
            }
        }
        if plain.is_empty() {
            plain = pages;
        } else {
            for (page, plain) in pages.iter().zip(&plain) {
                assert_eq!(tags(page), tags(plain), "{nickname}: the nickname added a tag");
            }
        }
    }
}
