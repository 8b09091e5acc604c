//! Avatars: an initial on a colour, under addresses like those of QQ and Qzone.

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::memory::Sandbox;

/// The sizes QQ and Qzone offer; 0 stands for the original.
const SIZES: [u32; 7] = [0, 30, 40, 50, 100, 140, 640];

/// Qzone's older form, with appid and openid in it (captures; qq wiki get_user_info).
pub(super) fn qzone_url(host: &str, app_id: &str, openid: &str, size: u32) -> String {
    format!("http://{host}/qzapp/{app_id}/{openid}/{size}")
}

/// QQ's form since 2023 (qq wiki 【QQ互联】头像系统架构优化调整通知). Most captures have `http:`.
pub(super) fn qq_url(host: &str, openid: &str, size: u32) -> String {
    format!("http://{host}{}", qq_path(openid, size))
}

pub(super) fn qq_path(openid: &str, size: u32) -> String {
    format!("/ek_qqapp/{openid}/{size}")
}

pub(super) async fn qzone(
    State(sandbox): State<Sandbox>,
    Path((_, openid, size)): Path<(String, String, u32)>,
) -> Response {
    picture(&sandbox, &openid, size)
}

pub(super) async fn qq(State(sandbox): State<Sandbox>, Path((openid, size)): Path<(String, u32)>) -> Response {
    picture(&sandbox, &openid, size)
}

/// The sandbox's sign, in the browser's tab.
pub(super) async fn favicon() -> Response {
    svg(&drawing(64, 28, "S"))
}

/// Whoever is not known gets a picture without an initial, as QQ shows its penguin where an avatar
/// was deleted.
fn picture(sandbox: &Sandbox, openid: &str, size: u32) -> Response {
    if !SIZES.contains(&size) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let initial = sandbox.memory().people.by_openid(openid).map_or_else(String::new, |person| initial(&person.name));
    svg(&drawing(if size == 0 { 640 } else { size }, hue(openid), &initial))
}

fn svg(drawing: &Markup) -> Response {
    (
        [
            (header::CONTENT_TYPE, "image/svg+xml"),
            (header::CACHE_CONTROL, "public, max-age=600"),
            (header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ],
        drawing.0.clone(),
    )
        .into_response()
}

fn drawing(size: u32, hue: u32, initial: &str) -> Markup {
    html! {
        svg xmlns="http://www.w3.org/2000/svg" width=(size) height=(size) viewBox="0 0 100 100" {
            rect width="100" height="100" fill={ "hsl(" (hue) " 55% 36%)" } {}
            circle cx="82" cy="14" r="46" fill={ "hsl(" (hue) " 60% 40%)" } opacity=".6" {}
            @if initial.is_empty() {
                g fill="#fff" opacity=".85" {
                    circle cx="50" cy="38" r="18" {}
                    path d="M14 100c0-26 16-38 36-38s36 12 36 38z" {}
                }
            } @else {
                text x="50" y="52" fill="#fff" font-size="46" font-weight="600" text-anchor="middle"
                    dominant-baseline="central"
                    font-family="system-ui, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif"
                    { (initial) }
            }
        }
    }
}

/// The first letter or digit; of a name without any, the first character that can be seen.
fn initial(name: &str) -> String {
    name.chars()
        .find(|c| c.is_alphanumeric())
        .or_else(|| name.chars().find(|c| !c.is_control() && !c.is_whitespace()))
        .map_or_else(String::new, |c| c.to_uppercase().to_string())
}

/// A colour that stays with the person.
fn hue(openid: &str) -> u32 {
    openid.bytes().fold(0, |sum, byte| (sum * 31 + u32::from(byte)) % 360)
}

#[cfg(test)]
mod tests {
    use super::initial;

    #[test]
    fn the_initial_is_the_first_letter_there_is() {
        for (name, expected) in
            [("小明", "小"), ("alice", "A"), ("<b>\"Bobby\"", "B"), ("🐧 x", "X"), ("🐧", "🐧"), (" \n", "")]
        {
            assert_eq!(initial(name), expected);
        }
    }
}
