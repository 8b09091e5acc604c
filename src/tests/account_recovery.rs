//! A mailed link adds a new QQ account to an account that exists, for users who have lost their QQ.

use futures_util::future::join_all;

use crate::support::{Browser, Log, Response, TestSite, options};

pub(super) const EMAIL: &str = "ann@example.com";

/// A site with Ann, who has verified her address, and her browser.
pub(super) async fn site_with_ann() -> (TestSite, Browser) {
    site_with_ann_and([]).await
}

async fn site_with_ann_and<const N: usize>(settings: [(&str, &str); N]) -> (TestSite, Browser) {
    let site = TestSite::start_with_mail(settings).await;
    let mut ann = site.browser();
    ann.register("Ann", "ann", EMAIL).await;
    let link = site.link_in(&site.take_mail().await);
    ann.post(&link, &[]).await;
    assert_eq!(site.count("email_addresses WHERE verified").await, 1);
    // Else it could be noted after the next sign-in, as another browser.
    site.wait_for_count("known_browsers", 1).await;
    (site, ann)
}

/// Signs in with a new QQ account and asks for the link. Returns its path.
async fn request_link(site: &TestSite, browser: &mut Browser, qq: &str) -> String {
    let callback = browser.authorize_as(qq, Some("/privacy?a=b")).await;
    assert_eq!(browser.get(&callback).await.location(), "/register");
    let response = browser.post("/register/link", &[("email", " ANN@example.com")]).await;
    assert_eq!((response.status, response.location()), (303, "/register"));
    let mail = site.take_mail().await;
    assert_eq!(mail.to, EMAIL);
    assert!(!mail.text.contains(qq), "the nickname is whatever its owner wants the recipient to read");
    site.link_in(&mail)
}

pub(super) async fn openids(site: &TestSite, username: &str) -> i64 {
    let user = format!("(SELECT id FROM users WHERE username = '{username}')");
    site.count(&format!("open_ids WHERE user_id = {user}")).await
}

pub(super) fn says(response: &Response, text: &str) -> bool {
    response.body.replace("&#x27;", "'").contains(text)
}

#[tokio::test]
async fn s54_s101_lost_qq_is_replaced_by_a_new_one() {
    let (site, mut ann) = site_with_ann().await;
    let mut browser = site.browser();
    let link = request_link(&site, &mut browser, "New QQ").await;
    assert!(says(&browser.get("/register").await, "If an account has verified this address"));
    let page = browser.get(&link).await;
    assert_eq!(page.text_by_test_id("link-qq").as_deref(), Some("New QQ"));
    assert_eq!(page.text_by_test_id("link-account").as_deref(), Some("ann"));
    assert_eq!(page.text_by_test_id("link-email").as_deref(), Some(EMAIL));
    assert_eq!(page.text_by_test_id("linked-qq").as_deref(), Some("Ann"));
    assert_eq!((openids(&site, "ann").await, site.count("users").await), (1, 1), "opening it changes nothing");
    let before = browser.session_id().map(str::to_owned);
    let response = browser.post(&link, &[("unlink", "on")]).await;
    assert_eq!((response.status, response.location()), (303, "/privacy?a=b"));
    assert_ne!(browser.session_id().map(str::to_owned), before, "a new session");
    assert_eq!(browser.signed_in_as().await.as_deref(), Some("ann"));
    assert_eq!((openids(&site, "ann").await, site.count("users").await), (1, 1));
    assert_eq!(ann.signed_in_as().await, None, "sessions of the lost QQ have ended");
    let notice = site.take_mail().await;
    assert_eq!(notice.to, EMAIL);
    assert!(notice.text.contains("@ann") && notice.text.contains("were unlinked"), "{}", notice.text);
    assert_eq!(site.browser().sign_in("New QQ").await.location(), "/account");
    assert_eq!(site.browser().sign_in("Ann").await.location(), "/register", "the lost QQ is a new user");
}

#[tokio::test]
async fn earlier_qq_stays_linked_unless_the_user_chooses_otherwise() {
    let (site, mut ann) = site_with_ann().await;
    let mut browser = site.browser();
    let link = request_link(&site, &mut browser, "Second QQ").await;
    browser.post(&link, &[]).await;
    assert_eq!(openids(&site, "ann").await, 2);
    assert!(!site.take_mail().await.text.contains("were unlinked"));
    for browser in [&mut ann, &mut browser] {
        assert_eq!(browser.signed_in_as().await.as_deref(), Some("ann"));
    }
    assert_eq!(site.browser().sign_in("Ann").await.location(), "/account");
}

#[tokio::test]
async fn s56_answer_is_the_same_whether_the_address_exists_or_not() {
    let (site, _) = site_with_ann().await;
    site.browser().register("Bob", "bob", "unverified@example.com").await;
    site.take_mails().await;
    let mut answers = vec![];
    for email in [EMAIL, "unverified@example.com", "nobody@example.com"] {
        let mut browser = site.browser();
        browser.sign_in("New QQ").await;
        let response = browser.post("/register/link", &[("email", email)]).await;
        let page = browser.get("/register").await;
        let (_, page) = page.body.split_once("<main").expect("content");
        let page = page.replace(email, "EMAIL");
        answers.push((response.status, response.location().to_owned(), response.set_cookies().len(), page));
        let mails = site.take_mails().await;
        assert_eq!(mails.len(), usize::from(email == EMAIL), "{email}");
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0], answers[2]);
    assert_eq!(site.count("mail_links WHERE purpose = 'link_qq'").await, 3, "in the same number of statements");
}

#[tokio::test]
async fn s101_link_does_nothing_in_another_browser() {
    let (site, mut ann) = site_with_ann().await;
    let mut browser = site.browser();
    let link = request_link(&site, &mut browser, "New QQ").await;
    let mut same_qq = site.browser();
    same_qq.sign_in("New QQ").await;
    let mut other_qq = site.browser();
    other_qq.sign_in("Mallory").await;
    let mut stranger = site.browser();
    for other in [&mut stranger, &mut same_qq, &mut other_qq, &mut ann] {
        let page = other.get(&link).await;
        assert!(says(&page, "Open this link in the other browser"), "{}", page.body);
        assert!(!page.body.contains("data-testid=\"mail-link\""), "{}", page.body);
        assert_eq!(other.post(&link, &[("unlink", "on")]).await.location(), link);
    }
    assert_eq!((openids(&site, "ann").await, site.count("open_ids").await), (1, 1));
    assert_eq!(browser.post(&link, &[]).await.location(), "/privacy?a=b", "the link still works in the right one");
}

#[tokio::test]
async fn s101_link_works_once_and_a_form_sent_twice_ends_signed_in() {
    let (site, _) = site_with_ann().await;
    let mut browser = site.browser();
    let link = request_link(&site, &mut browser, "New QQ").await;
    let copies = (0..5).map(|_| {
        let mut copy = browser.clone();
        let link = link.clone();
        async move {
            let response = copy.post(&link, &[]).await;
            (response.location().to_owned(), copy.signed_in_as().await)
        }
    });
    for (location, user) in join_all(copies).await {
        assert_eq!((location.as_str(), user.as_deref()), ("/privacy?a=b", Some("ann")));
    }
    assert_eq!(openids(&site, "ann").await, 2);
    assert_eq!(site.take_mails().await.len(), 1, "one notice");
    site.advance_clock(61);
    assert_eq!(browser.post(&link, &[("unlink", "on")]).await.location(), link);
    assert_eq!(browser.get(&link).await.status, 410);
    let mut again = site.browser();
    again.sign_in("Third QQ").await;
    assert_eq!(again.post(&link, &[("unlink", "on")]).await.location(), link);
    assert_eq!(openids(&site, "ann").await, 2);
}

#[tokio::test]
async fn s101_link_expires_with_the_registration_and_after_fifteen_minutes() {
    let (site, _) = site_with_ann().await;
    let mut browser = site.browser();
    let link = request_link(&site, &mut browser, "New QQ").await;
    site.advance_clock(15 * 60 - 1);
    assert!(browser.get(&link).await.body.contains("data-testid=\"mail-link\""));
    site.advance_clock(1);
    assert_eq!(browser.get(&link).await.status, 410);
    assert_eq!(browser.post(&link, &[]).await.location(), link);
    assert_eq!(openids(&site, "ann").await, 1);
    // A new sign-in in the same browser is another registration.
    let mut browser = site.browser();
    let link = request_link(&site, &mut browser, "New QQ").await;
    browser.sign_in("New QQ").await;
    assert!(says(&browser.get(&link).await, "Open this link in the other browser"));
    browser.post(&link, &[]).await;
    assert_eq!(openids(&site, "ann").await, 1);
}

#[tokio::test]
async fn what_happens_meanwhile_makes_the_link_useless() {
    let (site, _) = site_with_ann().await;
    let mut browser = site.browser();
    let link = request_link(&site, &mut browser, "New QQ").await;

    // The address is somebody else's now.
    site.execute("UPDATE email_addresses SET verified = false").await;
    assert_eq!(browser.get(&link).await.status, 410);
    assert_eq!(browser.post(&link, &[]).await.location(), link);
    site.execute("UPDATE email_addresses SET verified = true").await;

    // The QQ account registered in another browser.
    let mut other = site.browser();
    other.register("New QQ", "newcomer", "new@example.com").await;
    assert!(says(&browser.get(&link).await, "This QQ is linked to an account already"));
    assert_eq!(browser.post(&link, &[("unlink", "on")]).await.location(), link);
    assert_eq!((openids(&site, "ann").await, openids(&site, "newcomer").await), (1, 1));
    site.execute("DELETE FROM users WHERE username = 'newcomer'").await;
    assert_eq!(browser.get(&link).await.status, 200);

    // The account was deleted.
    site.execute("DELETE FROM users WHERE username = 'ann'").await;
    assert_eq!(browser.get(&link).await.status, 410);
    assert_eq!(browser.post(&link, &[]).await.location(), link);
    assert_eq!(site.count("open_ids").await, 0);
    assert_eq!(browser.get("/register").await.status, 200, "the registration can go on");
}

#[tokio::test]
async fn s100_blocked_user_is_not_let_in_by_a_link() {
    let (site, _) = site_with_ann().await;
    let mut browser = site.browser();
    let link = request_link(&site, &mut browser, "New QQ").await;
    site.execute("UPDATE users SET blocked_at = 1").await;
    let response = browser.post(&link, &[("unlink", "on")]).await;
    assert_eq!(response.location(), "/login?error=blocked&next=%2Fprivacy%3Fa%3Db");
    assert_eq!(browser.signed_in_as().await, None);
    assert_eq!(openids(&site, "ann").await, 1);
    assert!(site.take_mails().await.is_empty());
}

#[tokio::test]
async fn two_browsers_with_links_for_the_same_account_are_both_linked() {
    let (site, _) = site_with_ann().await;
    let (mut first, mut second) = (site.browser(), site.browser());
    let links = [request_link(&site, &mut first, "QQ 1").await, request_link(&site, &mut second, "QQ 2").await];
    let (one, two) = tokio::join!(first.post(&links[0], &[]), second.post(&links[1], &[]));
    assert_eq!((one.location(), two.location()), ("/privacy?a=b", "/privacy?a=b"));
    assert_eq!(openids(&site, "ann").await, 3);
}

/// Both keep only their own QQ: whoever is second wins, and nobody has two sessions.
#[tokio::test]
async fn two_browsers_that_unlink_the_others_at_once_leave_one() {
    let (site, _) = site_with_ann().await;
    let (mut first, mut second) = (site.browser(), site.browser());
    let links = [request_link(&site, &mut first, "QQ 1").await, request_link(&site, &mut second, "QQ 2").await];
    let unlink = [("unlink", "on")];
    tokio::join!(first.post(&links[0], &unlink), second.post(&links[1], &unlink));
    let signed_in = [first.signed_in_as().await, second.signed_in_as().await];
    let linked = openids(&site, "ann").await;
    assert!((1..=2).contains(&linked), "{linked}");
    assert!(signed_in.iter().flatten().count() >= 1, "{signed_in:?}");
    assert!(site.count("sessions WHERE user_id IS NOT NULL").await <= linked);
}

#[tokio::test]
async fn only_registering_users_can_ask_for_a_link() {
    let (site, mut ann) = site_with_ann().await;
    let form = [("email", EMAIL)];
    assert_eq!(site.browser().post("/register/link", &form).await.location(), "/login");
    assert_eq!(ann.post("/register/link", &form).await.location(), "/account");
    let mut late = site.browser();
    late.sign_in("Late").await;
    site.advance_clock(15 * 60 + 1);
    assert_eq!(late.post("/register/link", &form).await.location(), "/login");
    let mut browser = site.browser();
    browser.sign_in("New QQ").await;
    let cross_site = browser.request(reqwest::Method::POST, "/register/link").header("sec-fetch-site", "cross-site");
    assert_eq!(browser.clone().send(cross_site.body("email=ann%40example.com")).await.status, 403);
    assert!(site.take_mails().await.is_empty());
    for typed in ["", "a@b"] {
        let page = browser.post("/register/link", &[("email", typed)]).await;
        assert!(page.status == 200 && page.body.contains("href=\"#link-email\""), "{}", page.body);
        assert!(page.text_by_test_id("field-error").is_some());
    }
}

#[tokio::test]
async fn choice_is_shown_only_with_mail() {
    for (has_mail, is_shown) in [(true, true), (false, false)] {
        let site = match has_mail {
            true => TestSite::start_with_mail([]).await,
            false => TestSite::start_with(options([])).await,
        };
        let mut browser = site.browser();
        assert_eq!(says(&browser.get("/login").await, "Lost access to your QQ?"), is_shown);
        browser.sign_in("New QQ").await;
        assert_eq!(browser.get("/register").await.body.contains("data-testid=\"register-link\""), is_shown);
        assert!(is_shown || browser.post("/register/link", &[("email", EMAIL)]).await.status == 404);
    }
}

#[tokio::test]
async fn s86_requests_for_links_are_limited() {
    let (site, _) = site_with_ann_and([("RATE_LIMIT", "120")]).await;
    let mut browser = site.browser();
    browser.sign_in("New QQ").await;
    for email in [EMAIL, "nobody@example.com"] {
        let limited = browser.request_until_rate_limited("/register/link", &[("email", email)]).await;
        assert!(limited.header("retry-after").parse::<u64>().is_ok() && says(&limited, "Too many attempts"));
        assert!(limited.body.contains("action=\"/register/link\""), "{}", limited.body);
    }
    assert!(site.take_mails().await.len() <= 6);
}

#[tokio::test]
async fn s92_linking_is_logged_without_personal_data() {
    let (site, _) = site_with_ann().await;
    let mut browser = site.browser();
    let link = request_link(&site, &mut browser, "New QQ").await;
    let log = Log::default();
    let _capture = log.capture();
    browser.post(&link, &[("unlink", "on")]).await;
    let text = log.text();
    for event in ["qq_linked", "qq_unlinked", "signed_in"] {
        assert!(text.contains(&format!("\"event\":\"{event}\"")), "{text}");
    }
    for secret in [EMAIL, "New QQ", link.strip_prefix("/mail/").expect("a token")] {
        assert!(!text.contains(secret), "{secret}");
    }
}
