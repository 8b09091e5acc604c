//! Avatar images and their URLs.

use std::io::Cursor;

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use image::{ImageFormat, Rgb, RgbImage};
use sha2::{Digest, Sha256};

const GRID: u32 = 5;
const FOREGROUND: Rgb<u8> = Rgb([245, 245, 245]);
const BACKGROUNDS: [[u8; 3]; 8] = [
    [176, 58, 46],
    [126, 81, 9],
    [20, 110, 90],
    [31, 97, 141],
    [91, 44, 131],
    [146, 43, 110],
    [40, 116, 60],
    [66, 73, 102],
];

/// Returns a URL in Qzone's older format, which contains App ID and openid (captures; qq wiki get_user_info).
pub(super) fn qzone_url(host: &str, app_id: &str, openid: &str, size: u32) -> String {
    format!("http://{host}/qzapp/{app_id}/{openid}/{size}")
}

/// Returns a URL in QQ's format since 2023 (qq wiki 【QQ互联】头像系统架构优化调整通知). Most captures have `http:`.
pub(super) fn qq_url(host: &str, openid: &str, size: u32) -> String {
    format!("http://{host}{}", qq_path(openid, size))
}

pub(super) fn qq_path(openid: &str, size: u32) -> String {
    format!("/ek_qqapp/{openid}/{size}")
}

pub(super) async fn favicon() -> Response {
    png(64, "S")
}

/// Draws a square avatar. The seed determines the pattern; an empty one gives a plain image.
pub(super) fn png(side: u32, seed: &str) -> Response {
    let mut file = Cursor::new(Vec::new());
    if draw(side, seed).write_to(&mut file, ImageFormat::Png).is_err() {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let headers = [
        (header::CONTENT_TYPE, "image/png"),
        (header::CACHE_CONTROL, "public, max-age=600"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, file.into_inner()).into_response()
}

/// Draws a grid of five by five cells, symmetric from left to right.
fn draw(side: u32, seed: &str) -> RgbImage {
    let hash = Sha256::digest(seed.as_bytes());
    let byte = |at: usize| hash.get(at).copied().unwrap_or_default();
    let background = Rgb(BACKGROUNDS.get(usize::from(byte(0)) % BACKGROUNDS.len()).copied().unwrap_or_default());
    RgbImage::from_fn(side, side, |x, y| {
        // The margin is half a cell wide.
        let cell = |at: u32| (at * 12 / side).checked_sub(1).map(|at| at / 2).filter(|at| *at < GRID);
        let is_foreground = cell(x).zip(cell(y)).is_some_and(|(column, row)| {
            let column = column.min(GRID - 1 - column);
            !seed.is_empty() && byte((1 + row * GRID + column) as usize).is_multiple_of(2)
        });
        if is_foreground { FOREGROUND } else { background }
    })
}

#[cfg(test)]
mod tests {
    use super::{FOREGROUND, draw};

    #[test]
    fn image_depends_on_the_seed_only() {
        assert_eq!(draw(100, "A"), draw(100, "A"));
        assert_ne!(draw(100, "A"), draw(100, "B"));
        assert!(draw(100, "").pixels().all(|pixel| *pixel != FOREGROUND), "an unknown user has a plain image");
        for side in [30, 40, 50, 100, 140, 640] {
            let image = draw(side, "A");
            assert_eq!(image.dimensions(), (side, side));
            assert!(image.pixels().any(|pixel| *pixel == FOREGROUND));
        }
    }
}
