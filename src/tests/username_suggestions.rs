//! Free usernames in place of one that cannot be had.

use crate::support::{Response, TestSite, options};

/// Returns the values of the suggestion buttons.
fn suggestions(page: &Response) -> Vec<String> {
    let buttons = page.body.split("name=\"suggestion\" value=\"").skip(1);
    buttons.map(|rest| rest.split('"').next().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn s107_taken_and_refused_usernames_come_with_two_free_ones() {
    let site = TestSite::start().await;
    site.browser().register("Tom", "tom", "tom@example.com").await;
    let mut browser = site.browser();
    browser.sign_in("小明").await;
    for (typed, base) in [("tom", "tom"), ("TOM", "TOM"), ("to m!", "tom"), ("", "小明"), ("admin", "小明")] {
        let form = [("username", typed), ("email", "a@b.cd")];
        let page = browser.post("/register", &form).await;
        let names = suggestions(&page);
        assert!(names.len() == 2 && names[0] != names[1], "{typed}: {names:?}");
        assert!(names.iter().all(|name| name.starts_with(base)), "{typed}: {names:?}");
        for name in names {
            let check = browser.get(&format!("/api/check-username?username={name}")).await;
            assert_eq!(check.body, "\"\"", "{typed}: {name} is free");
        }
    }
    let page = browser.post("/register", &[("username", "fine-name"), ("email", "none")]).await;
    assert_eq!(suggestions(&page), Vec::<String>::new(), "the name is not the problem");
}

#[tokio::test]
async fn suggestion_fills_the_form_which_keeps_everything_else() {
    let site = TestSite::start().await;
    site.browser().register("Tom", "tom", "tom@example.com").await;
    let mut browser = site.browser();
    let callback = browser.authorize_as("Tom 2", Some("/privacy")).await;
    browser.get(&callback).await;
    browser.cookies.insert("lang".to_owned(), "zh-CN".to_owned());
    let page = browser.post("/register", &[("username", "tom"), ("email", "typed@example.com")]).await;
    let name = suggestions(&page).remove(0);
    let (_, behind_form) =
        page.body.split_once("id=\"register-form\"").and_then(|(_, it)| it.split_once("</form>")).expect("a form");
    assert!(
        behind_form.contains(&format!("form=\"register-form\" name=\"suggestion\" value=\"{name}\"")),
        "{behind_form}"
    );
    let form = [("username", "tom"), ("email", "typed@example.com"), ("suggestion", name.as_str())];
    let page = browser.post("/register", &form).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains(&format!("value=\"{name}\"")) && page.body.contains("value=\"typed@example.com\""));
    assert!(page.body.contains("lang=\"zh-CN\"") && !page.body.contains("role=\"alert\""), "{}", page.body);
    assert_eq!(site.count("users").await, 1, "the form waits for its own button");
    let form = [("username", name.as_str()), ("email", "typed@example.com")];
    assert_eq!(browser.post("/register", &form).await.location(), "/privacy");
    assert_eq!(browser.signed_in_as().await, Some(name));
}

#[tokio::test]
async fn change_of_username_has_suggestions_too() {
    let site = TestSite::start().await;
    site.browser().register("Tom", "tom", "tom@example.com").await;
    let mut browser = site.browser();
    let username = browser.register_new_user().await;
    let page = browser.post("/account/username", &[("username", "tom")]).await;
    let names = suggestions(&page);
    assert!(names.len() == 2 && names.iter().all(|name| name.starts_with("tom")), "{names:?}");
    let form = [("username", "tom"), ("suggestion", names[0].as_str())];
    let page = browser.post("/account/username", &form).await;
    assert!(page.status == 200 && page.body.contains(&format!("value=\"{}\"", names[0])));
    assert_eq!(browser.signed_in_as().await, Some(username), "the form waits for its own button");
    assert_eq!(browser.post("/account/username", &[("username", &names[0])]).await.status, 303);
}

#[tokio::test]
async fn s107_suggestions_are_limited_as_the_check_is() {
    let site = TestSite::start_with(options([("RATE_LIMIT", "120")])).await;
    site.browser().register("Tom", "tom", "tom@example.com").await;
    let mut browser = site.browser();
    browser.sign_in("Ann").await;
    let form = [("username", "tom"), ("email", "a@b.cd")];
    let page = browser.request_until_rate_limited("/register", &form).await;
    assert_eq!((page.status, suggestions(&page).len()), (429, 0));
    let mut stranger = site.browser();
    assert_eq!(suggestions(&stranger.post("/register", &form).await).len(), 0, "without a session");
}

/// The typed text appears in buttons of the next page.
#[tokio::test]
async fn s84_suggestions_are_text() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.sign_in("\"><script>alert(1)</script>").await;
    let typed = "\"><img src=x onerror=alert(1)>";
    let form = [("username", typed), ("email", "a@b.cd"), ("suggestion", typed)];
    for form in [&form[..2], &form[..]] {
        let page = browser.post("/register", form).await;
        assert!(page.status == 200 && !page.body.contains("<img src=x") && !page.body.contains("<script>alert"));
    }
}
