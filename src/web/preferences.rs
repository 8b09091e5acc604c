//! Language and theme: chosen by a form, kept in a cookie, known before the first paint.

use axum::extract::RawForm;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};

use super::request::RequestInfo;
use crate::language::Lang;

/// How long a choice is kept, in days.
const KEPT_DAYS: i64 = 365;

/// How the pages look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Theme {
    /// As the operating system says.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    pub(super) const ALL: [Theme; 3] = [Theme::System, Theme::Light, Theme::Dark];

    pub(super) fn name(self) -> &'static str {
        match self {
            Theme::System => "system",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    pub(super) fn from_name(name: &str) -> Option<Theme> {
        Self::ALL.into_iter().find(|theme| theme.name() == name)
    }
}

/// `POST /language`: `lang` is the choice, `back` the page to return to.
pub(super) async fn choose_language(setting: RequestInfo, jar: CookieJar, RawForm(form): RawForm) -> Response {
    let chosen = field(&form, "lang").and_then(|tag| Lang::from_tag(&tag));
    remember(&setting, jar, "lang", chosen.map(Lang::tag), &form)
}

/// `POST /theme`: `theme` is the choice, `back` the page to return to.
pub(super) async fn choose_theme(setting: RequestInfo, jar: CookieJar, RawForm(form): RawForm) -> Response {
    let chosen = field(&form, "theme").and_then(|name| Theme::from_name(&name));
    remember(&setting, jar, "theme", chosen.map(Theme::name), &form)
}

/// An unknown choice changes nothing.
fn remember(
    setting: &RequestInfo,
    jar: CookieJar,
    name: &'static str,
    value: Option<&'static str>,
    form: &[u8],
) -> Response {
    let back = Redirect::to(&page_to_return_to(field(form, "back").as_deref().unwrap_or("/")));
    let Some(value) = value else { return back.into_response() };
    let cookie = Cookie::build((name, value))
        .path("/")
        .secure(setting.site.facts.public_url.is_https())
        .http_only(true)
        .same_site(SameSite::Lax)
        .max_age(time::Duration::days(KEPT_DAYS))
        .build();
    (jar.add(cookie), back).into_response()
}

/// The pages that have the forms. A path is compared to ours and not merely checked to be one of
/// this site, since `/login?next=…` must come back here and nowhere else.
pub(super) fn page_to_return_to(back: &str) -> String {
    let path = back.split(['?', '#']).next().unwrap_or_default();
    let is_ours =
        ["/", "/login", "/register", "/account", "/account/sessions", "/account/delete", "/privacy"].contains(&path);
    let is_plain = back.len() <= 4096 && back.bytes().all(|byte| byte.is_ascii_graphic());
    if is_ours && is_plain { back.to_owned() } else { "/".to_owned() }
}

/// A field of a posted form: the first of that name.
pub(super) fn field(form: &[u8], name: &str) -> Option<String> {
    form_urlencoded::parse(form).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_returns_to_a_page_of_this_site_alone() {
        for back in ["/", "/login?next=%2Fa&error=expired", "/register", "/account"] {
            assert_eq!(page_to_return_to(back), back);
        }
        for back in ["", "//evil", "https://evil", "/\\evil", "/login/qq", "/logout", "/ok\r\nX: y", "/login\t"] {
            assert_eq!(page_to_return_to(back), "/", "{back:?}");
        }
    }
}
