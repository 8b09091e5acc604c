//! `/account/emails`: adding, verifying and removing addresses, and which one is the primary one.

use std::collections::BTreeMap;

use crate::support::{Browser, Response, TestSite, mail_options, options};

const PAGE: &str = "/account/emails";

/// The ids of the addresses on the page.
async fn ids(browser: &mut Browser) -> BTreeMap<String, String> {
    let page = browser.get(PAGE).await;
    assert_eq!(page.status, 200);
    let items = page.body.split("<div id=\"email-").skip(1);
    let parse = |item: &str| {
        let (id, rest) = item.split_once('"').expect("an id");
        let (_, rest) = rest.split_once("data-testid=\"email\">").expect("an address");
        (rest.split('<').next().expect("text").to_owned(), id.to_owned())
    };
    items.map(parse).collect()
}

/// Sends the form of one address.
async fn act(browser: &mut Browser, action: &str, email: &str) -> Response {
    let id = ids(browser).await.remove(email).expect("the address");
    let response = browser.post(&format!("{PAGE}/{action}"), &[("id", &id)]).await;
    assert_eq!((response.status, response.location()), (303, PAGE));
    browser.get(PAGE).await
}

async fn add(browser: &mut Browser, email: &str) -> Response {
    let response = browser.post(PAGE, &[("email", email)]).await;
    assert_eq!((response.status, response.location()), (303, PAGE), "{}", response.body);
    browser.get(PAGE).await
}

/// Opens the link of a mail and presses its button.
async fn follow(browser: &mut Browser, link: &str) -> Response {
    let page = browser.get(link).await;
    assert!(page.body.contains("data-testid=\"mail-link\""), "{}", page.body);
    browser.post(link, &[]).await
}

/// The primary address and whether it is verified.
async fn primary(site: &TestSite, username: &str) -> Vec<String> {
    let sql = format!(
        "SELECT email || CASE WHEN verified THEN ' verified' ELSE '' END FROM email_addresses \
         WHERE is_primary AND user_id = (SELECT id FROM users WHERE username = '{username}')"
    );
    site.query_texts(&sql).await
}

#[tokio::test]
async fn registration_mails_a_link_that_verifies_the_address() {
    let site = TestSite::start_with_mail([]).await;
    let mut browser = site.browser();
    browser.register("Ann", "ann", " Ann@Example.com").await;
    let mail = site.take_mail().await;
    assert_eq!(mail.to, "ann@example.com");
    assert!(mail.html.contains("lang=\"en\"") && mail.subject.contains("Verify"), "{}", mail.subject);
    let link = site.link_in(&mail);
    let page = browser.get(&link).await;
    assert!(page.body.contains("ann@example.com") && page.body.contains("@ann"), "{}", page.body);
    assert_eq!(primary(&site, "ann").await, ["ann@example.com"], "opening the link changes nothing");
    let response = follow(&mut browser, &link).await;
    assert_eq!((response.status, response.location()), (303, PAGE));
    assert!(browser.get(PAGE).await.body.contains("Your address is verified."));
    assert_eq!(primary(&site, "ann").await, ["ann@example.com verified"]);
    assert!(browser.get(&link).await.body.contains("Address verified"), "opened again");
}

#[tokio::test]
async fn mails_are_in_the_language_of_the_request() {
    let site = TestSite::start_with_mail([]).await;
    let mut browser = site.browser();
    browser.cookies.insert("lang".to_owned(), "zh-CN".to_owned());
    browser.register("Ann", "ann", "ann@example.com").await;
    let mail = site.take_mail().await;
    assert_eq!(mail.subject, "【QQ 登录】请验证您的邮箱");
    assert!(mail.html.contains("lang=\"zh-CN\"") && mail.text.contains("验证邮箱"), "{}", mail.text);
    let link = format!("http://{}{}", site.authority, site.link_in(&mail));
    assert!(mail.html.contains(&format!("href=\"{link}\"")), "{}", mail.html);
}

#[tokio::test]
async fn verification_link_works_in_another_browser_without_signing_in() {
    let site = TestSite::start_with_mail([]).await;
    site.browser().register("Ann", "ann", "ann@example.com").await;
    let link = site.link_in(&site.take_mail().await);
    let mut phone = site.browser();
    assert_eq!(follow(&mut phone, &link).await.location(), link);
    let page = phone.get(&link).await;
    assert!(page.status == 200 && page.body.contains("Address verified"), "{}", page.body);
    assert_eq!(phone.signed_in_as().await, None, "it does not sign in");
    assert_eq!(primary(&site, "ann").await, ["ann@example.com verified"]);
}

#[tokio::test]
async fn s54_addresses_are_added_verified_made_primary_and_removed() {
    let site = TestSite::start_with_mail([]).await;
    let mut browser = site.browser();
    browser.register("Ann", "ann", "old@example.com").await;
    follow(&mut browser, &site.link_in(&site.take_mail().await)).await;
    let page = add(&mut browser, "NEW@example.com ").await;
    assert!(page.body.contains("Check your inbox") && page.body.contains("new@example.com"), "{}", page.body);
    assert!(!page.body.contains("Make primary"), "a verified address is not replaced by one that is not");
    let page = act(&mut browser, "primary", "new@example.com").await;
    assert!(page.body.contains("Verify this address first"), "{}", page.body);
    assert_eq!(primary(&site, "ann").await, ["old@example.com verified"]);
    let mail = site.take_mail().await;
    assert_eq!(mail.to, "new@example.com");
    follow(&mut browser, &site.link_in(&mail)).await;
    assert_eq!(primary(&site, "ann").await, ["old@example.com verified"]);
    let page = act(&mut browser, "primary", "new@example.com").await;
    assert!(page.body.contains("Primary address changed."), "{}", page.body);
    let notice = site.take_mail().await;
    assert_eq!(notice.to, "old@example.com", "the previous address is told");
    assert!(notice.text.contains("no longer the primary") && notice.text.contains("@ann"), "{}", notice.text);
    act(&mut browser, "remove", "new@example.com").await;
    assert_eq!(site.take_mail().await.to, "new@example.com", "so is a primary one that is removed");
    assert_eq!(primary(&site, "ann").await, ["old@example.com verified"]);
    act(&mut browser, "remove", "old@example.com").await;
    assert!(browser.get(PAGE).await.body.contains("You haven't added an email address yet."));
}

#[tokio::test]
async fn verification_is_sent_again_after_a_pause() {
    let site = TestSite::start_with_mail([]).await;
    let mut browser = site.browser();
    browser.register("Ann", "ann", "ann@example.com").await;
    let first = site.link_in(&site.take_mail().await);
    site.advance_clock(20);
    let page = act(&mut browser, "verify", "ann@example.com").await;
    assert!(page.body.contains("You can send it again in 40 seconds."), "{}", page.body);
    assert!(site.take_mails().await.is_empty());
    site.advance_clock(40);
    let page = act(&mut browser, "verify", "ann@example.com").await;
    assert!(page.body.contains("Verification email sent") && page.body.contains("in 60 seconds"), "{}", page.body);
    let second = site.link_in(&site.take_mail().await);
    assert_ne!(first, second);
    follow(&mut browser, &first).await;
    assert_eq!(primary(&site, "ann").await, ["ann@example.com verified"], "the first mail may arrive late");
    act(&mut browser, "verify", "ann@example.com").await;
    assert!(site.take_mails().await.is_empty(), "it is verified");
}

#[tokio::test]
async fn two_requests_for_a_verification_mail_at_once_send_one() {
    let site = TestSite::start_with_mail([]).await;
    let mut browser = site.browser();
    browser.register("Ann", "ann", "ann@example.com").await;
    site.take_mails().await;
    site.advance_clock(60);
    let id = ids(&mut browser).await.remove("ann@example.com").expect("the address");
    let send = |mut browser: Browser| {
        let id = id.clone();
        async move { browser.post("/account/emails/verify", &[("id", &id)]).await.status }
    };
    assert_eq!(tokio::join!(send(browser.clone()), send(browser.clone())), (303, 303));
    site.take_mail().await;
}

/// Adds an address and returns the page and the mail, without what differs between users.
async fn add_and_normalize(site: &TestSite, username: &str, email: &str) -> (String, u16, usize) {
    let mut browser = site.browser();
    browser.register(username, username, &format!("{username}@example.com")).await;
    site.take_mails().await;
    let response = browser.post(PAGE, &[("email", email)]).await;
    let page = browser.get(PAGE).await.body;
    let (_, page) = page.split_once("<main").expect("content");
    // Ids, avatars and nonces always differ.
    let page = ["email-", "value=\"", "/avatar/", "nonce=\""].iter().fold(page.to_owned(), |page, mark| {
        let mut parts = page.split(mark);
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |kept, part| kept + part.split_once('"').map_or("", |(_, rest)| rest))
    });
    let normalized = page.replace(email, "EMAIL").replace(username, "NAME");
    (normalized, response.status, response.set_cookies().len())
}

#[tokio::test]
async fn s56_taken_address_is_added_like_a_free_one_and_the_mail_tells_its_owner() {
    for trust in ["off", "on"] {
        let site = TestSite::start_with_mail([("EMAIL_TRUST", trust)]).await;
        let mut owner = site.browser();
        owner.register("Owner", "the-owner", "owner@example.com").await;
        if trust == "off" {
            follow(&mut owner, &site.link_in(&site.take_mail().await)).await;
        }
        let taken = add_and_normalize(&site, "mallory", "owner@example.com").await;
        let mails = site.take_mails().await;
        let free = add_and_normalize(&site, "malcolm", "owned@example.com").await;
        let free_mails = site.take_mails().await;
        assert_eq!(taken, free, "EMAIL_TRUST={trust}");
        assert_eq!((mails.len(), free_mails.len()), if trust == "off" { (1, 1) } else { (0, 0) });
        if let [mail] = &mails[..] {
            assert_eq!(mail.to, "owner@example.com");
            assert!(mail.text.contains("already verified for your account"), "{}", mail.text);
            assert!(!mail.text.contains("/mail/"), "no link that would verify it for the other user");
        }
        assert_eq!(primary(&site, "the-owner").await, ["owner@example.com verified"]);
    }
}

#[tokio::test]
async fn second_user_who_verifies_an_address_is_told_that_it_is_taken() {
    let site = TestSite::start_with_mail([]).await;
    let (mut ann, mut bob) = (site.browser(), site.browser());
    ann.register("Ann", "ann", "shared@example.com").await;
    let anns = site.link_in(&site.take_mail().await);
    bob.register("Bob", "bob", "shared@example.com").await;
    let bobs = site.link_in(&site.take_mail().await);
    follow(&mut bob, &bobs).await;
    assert_eq!(ann.post(&anns, &[]).await.location(), anns);
    let page = ann.get(&anns).await;
    assert!(page.body.contains("This address belongs to another account"), "{}", page.body);
    assert_eq!(primary(&site, "bob").await, ["shared@example.com verified"]);
    assert!(primary(&site, "ann").await.is_empty());
}

#[tokio::test]
async fn without_mail_addresses_are_added_and_removed_but_not_verified() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.register("Ann", "ann", "ann@example.com").await;
    let page = add(&mut browser, "b@example.com").await;
    assert!(page.body.contains("Address added.") && page.body.contains("doesn't send email"), "{}", page.body);
    assert!(!page.body.contains("Send verification email"), "{}", page.body);
    act(&mut browser, "verify", "b@example.com").await;
    assert_eq!((site.count("mails").await, site.count("mail_links").await), (0, 0));
    act(&mut browser, "primary", "b@example.com").await;
    assert_eq!(primary(&site, "ann").await, ["b@example.com"]);
    act(&mut browser, "remove", "ann@example.com").await;
    assert_eq!(ids(&mut browser).await.into_keys().collect::<Vec<_>>(), ["b@example.com"]);
}

#[tokio::test]
async fn errors_are_shown_next_to_the_field_and_what_was_typed_is_kept() {
    let site = TestSite::start_with_mail([]).await;
    let mut browser = site.browser();
    browser.register("Ann", "ann", "ann@example.com").await;
    for (typed, error) in [
        ("", "Enter your email address."),
        ("a@b", "Enter one valid email address, such as name@example.com."),
        ("ANN@example.com", "You've already added this address."),
    ] {
        let page = browser.post(PAGE, &[("email", typed)]).await;
        assert_eq!(page.status, 200, "{typed}");
        let shown = page.text_by_test_id("field-error").expect("an error").replace("&#x27;", "'");
        assert_eq!(shown, error);
        assert!(page.body.contains("role=\"alert\"") && page.body.contains("<title>Error:"), "{}", page.body);
        assert!(typed.is_empty() || page.body.contains(&format!("value=\"{typed}\"")), "{}", page.body);
    }
    for number in 0..4 {
        add(&mut browser, &format!("{number}@example.com")).await;
    }
    let page = browser.post(PAGE, &[("email", "more@example.com")]).await;
    assert!(page.body.contains("more than five addresses"), "{}", page.body);
}

/// Another user's addresses, no session, and requests of other sites.
#[tokio::test]
async fn s67_nobody_changes_the_addresses_of_others() {
    let site = TestSite::start_with_mail([]).await;
    let (mut ann, mut bob) = (site.browser(), site.browser());
    ann.register("Ann", "ann", "ann@example.com").await;
    add(&mut ann, "second@example.com").await;
    bob.register("Bob", "bob", "bob@example.com").await;
    site.take_mails().await;
    site.advance_clock(60);
    let before = ids(&mut ann).await;
    for id in before.values().map(String::as_str).chain(["", "x", "-1", "99999999999999999999"]) {
        for action in ["verify", "primary", "remove"] {
            let path = format!("{PAGE}/{action}");
            assert_eq!(bob.post(&path, &[("id", id)]).await.location(), PAGE, "{action} {id}");
            assert_eq!(site.browser().post(&path, &[("id", id)]).await.location(), "/login?next=/account/emails");
            let cross_site = ann.request(reqwest::Method::POST, &path).header("sec-fetch-site", "cross-site");
            assert_eq!(ann.clone().send(cross_site.body(format!("id={id}"))).await.status, 403);
        }
    }
    assert_eq!(
        site.browser().post(PAGE, &[("email", "x@example.com")]).await.location(),
        "/login?next=/account/emails"
    );
    assert_eq!(site.browser().get(PAGE).await.location(), "/login?next=/account/emails");
    assert_eq!(ids(&mut ann).await, before);
    assert_eq!(primary(&site, "ann").await, ["ann@example.com"]);
    assert!(site.take_mails().await.is_empty());
}

#[tokio::test]
async fn s86_mails_are_limited_per_user_and_per_address() {
    let site = TestSite::start_with_mail([("RATE_LIMIT", "120")]).await;
    let mut browser = site.browser();
    browser.register("Ann", "ann", "ann@example.com").await;
    let mut limited = None;
    for number in 0..20 {
        let id = ids(&mut browser).await.into_values().next().expect("an address");
        let response = browser.post(PAGE, &[("email", &format!("victim{number}@example.com"))]).await;
        if response.status == 429 {
            limited = Some(response);
            break;
        }
        browser.post("/account/emails/remove", &[("id", &id)]).await;
    }
    let limited = limited.expect("a limit");
    assert!(limited.header("retry-after").parse::<u64>().is_ok() && limited.body.contains("Too many attempts"));
    assert!(limited.body.contains("What you entered is still") && limited.body.contains("value=\"victim"));
    assert!(site.take_mails().await.len() <= 8);
    // Other users have limits of their own, and the address has another one.
    let mut mails = 0;
    for number in 0..9 {
        let mut other = site.browser();
        let name = format!("other{number}");
        other.register(&name, &name, &format!("{name}@example.com")).await;
        site.take_mails().await;
        for _ in 0..4 {
            mails += usize::from(other.post(PAGE, &[("email", "victim@example.com")]).await.status == 303);
            if let Some(id) = ids(&mut other).await.remove("victim@example.com") {
                other.post("/account/emails/remove", &[("id", &id)]).await;
            }
        }
    }
    assert!((15..=24).contains(&mails), "{mails}");
}

#[tokio::test]
async fn registration_is_not_kept_back_by_an_address_that_gets_too_many_mails() {
    let site = TestSite::start_with_mail([("RATE_LIMIT", "120")]).await;
    for number in 0..25 {
        let name = format!("user{number}");
        let response = site.browser().register(&name, &name, "victim@example.com").await;
        assert_eq!(response.location(), "/account");
    }
    let mails = site.take_mails().await.len();
    assert!((20..25).contains(&mails), "{mails}");
}

#[tokio::test]
async fn account_page_asks_to_verify_only_if_that_is_possible() {
    for (settings, asks) in
        [(mail_options([]), true), (mail_options([("EMAIL_TRUST", "on")]), false), (options([]), false)]
    {
        let site = TestSite::start_with(settings).await;
        let mut browser = site.browser();
        browser.register("Ann", "ann", "ann@example.com").await;
        let page = browser.get("/account").await;
        assert!(page.body.contains("href=\"/account/emails\""), "{}", page.body);
        assert_eq!(page.body.contains("Verify your address"), asks, "{}", page.body);
    }
}
