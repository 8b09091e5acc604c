//! Language and theme: chosen by a form and kept in a cookie, so that they are known before the first paint.

use axum::response::{IntoResponse, Response};
use time::Duration;

use super::PAGE_PATHS;
use crate::language::Lang;
use crate::web::cookies::cookie;
use crate::web::forms::{FormFields, Redirection};
use crate::web::request::{PageRequest, page_path_or_home};
use crate::web::theme::Theme;

const LIFETIME: Duration = Duration::days(365);

/// `POST /language`: `lang` is the choice, `back` the page to return to.
pub(super) async fn choose_language(request: PageRequest, fields: FormFields) -> Response {
    let chosen = Lang::from_tag(&fields.get("lang"));
    set_preference(&request, "lang", chosen.map(Lang::tag), &fields).await
}

/// `POST /theme`: `theme` is the choice, `back` the page to return to.
pub(super) async fn choose_theme(request: PageRequest, fields: FormFields) -> Response {
    let chosen = Theme::from_name(&fields.get("theme"));
    set_preference(&request, "theme", chosen.map(Theme::name), &fields).await
}

/// An unknown choice changes nothing.
async fn set_preference(
    request: &PageRequest,
    name: &'static str,
    value: Option<&'static str>,
    fields: &FormFields,
) -> Response {
    let redirection = Redirection::to(page_path_or_home(&fields.get("back"), PAGE_PATHS));
    let response = redirection.into_form_response(request).await;
    let Some(value) = value else { return response };
    let cookie = cookie(name, value, LIFETIME, &request.state.site.public_url);
    (request.cookies.clone().add(cookie), response).into_response()
}
