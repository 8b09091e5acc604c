//! Avatars: a pattern on a colour, under addresses like those of QQ and Qzone.

use std::io::Cursor;

use axum::body::to_bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use image::{ImageFormat, Rgb, RgbImage};
use sha2::{Digest, Sha256};

use super::breakage::Breakage;
use super::call::Call;
use super::faults::{Fault, Named, wait};
use super::memory::Sandbox;

/// The sizes QQ and Qzone offer; 0 stands for the original.
const SIZES: [u32; 7] = [0, 30, 40, 50, 100, 140, 640];

const FIELDS: u32 = 5;
const INK: Rgb<u8> = Rgb([245, 245, 245]);
const COLOURS: [[u8; 3]; 8] = [
    [176, 58, 46],
    [126, 81, 9],
    [20, 110, 90],
    [31, 97, 141],
    [91, 44, 131],
    [146, 43, 110],
    [40, 116, 60],
    [66, 73, 102],
];

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
    Path((_, openid, size)): Path<(String, String, String)>,
    call: Call,
) -> Response {
    answer(&sandbox, &call, &openid, &size).await
}

pub(super) async fn qq(
    State(sandbox): State<Sandbox>,
    Path((openid, size)): Path<(String, String)>,
    call: Call,
) -> Response {
    answer(&sandbox, &call, &openid, &size).await
}

/// A fault of an avatar's own: there is none, it goes wrong as anything can.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AvatarFault {}

impl Named for AvatarFault {
    const NAMES: &'static [(&'static str, Self)] = &[];
}

/// The picture, or what goes wrong as planned.
async fn answer(sandbox: &Sandbox, call: &Call, openid: &str, size: &str) -> Response {
    let note = sandbox.note(call);
    let fault = sandbox.memory().faults.avatar.take(|_| true);
    if let Some(fault) = fault {
        note.fault(fault.name());
    }
    note.answered(match fault {
        // No answer, so none is noted.
        Some(Fault::Broken(Breakage::Drop)) => return Breakage::Drop.of(String::new()),
        Some(Fault::Broken(Breakage::Truncated)) => half(picture(sandbox, openid, size)).await,
        Some(Fault::Broken(breakage)) => breakage.of(String::new()),
        Some(Fault::Slow) => {
            wait().await;
            picture(sandbox, openid, size)
        }
        Some(Fault::Own(fault)) => match fault {},
        None => picture(sandbox, openid, size),
    })
}

async fn half(picture: Response) -> Response {
    let (head, body) = picture.into_parts();
    let mut file = to_bytes(body, usize::MAX).await.unwrap_or_default();
    file.truncate(file.len() / 2);
    Response::from_parts(head, file.into())
}

/// The sandbox's sign, in the browser's tab.
pub(super) async fn favicon() -> Response {
    png(64, "S")
}

/// Whoever is not known gets a plain picture, as QQ shows its penguin where an avatar was deleted.
fn picture(sandbox: &Sandbox, openid: &str, size: &str) -> Response {
    let Some(size) = size.parse().ok().filter(|size| SIZES.contains(size)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let is_known = sandbox.memory().people.by_openid(openid).is_some();
    png(if size == 0 { 640 } else { size }, if is_known { openid } else { "" })
}

fn png(side: u32, seed: &str) -> Response {
    let mut file = Cursor::new(Vec::new());
    if drawing(side, seed).write_to(&mut file, ImageFormat::Png).is_err() {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    (
        [
            (header::CONTENT_TYPE, "image/png"),
            (header::CACHE_CONTROL, "public, max-age=600"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ],
        file.into_inner(),
    )
        .into_response()
}

/// Five by five fields, left and right alike, on a colour: all of it follows from the seed. An
/// empty seed gives the colour alone.
fn drawing(side: u32, seed: &str) -> RgbImage {
    let bits = Sha256::digest(seed.as_bytes());
    let byte = |at: usize| bits.get(at).copied().unwrap_or_default();
    let paper = Rgb(COLOURS.get(usize::from(byte(0)) % COLOURS.len()).copied().unwrap_or_default());
    RgbImage::from_fn(side, side, |x, y| {
        // A margin of half a field all round.
        let field = |at: u32| (at * 12 / side).checked_sub(1).map(|at| at / 2).filter(|at| *at < FIELDS);
        let is_inked = field(x).zip(field(y)).is_some_and(|(column, row)| {
            let column = column.min(FIELDS - 1 - column);
            let bit = byte((1 + row * FIELDS + column) as usize).is_multiple_of(2);
            !seed.is_empty() && bit
        });
        if is_inked { INK } else { paper }
    })
}

#[cfg(test)]
mod tests {
    use super::{INK, drawing};

    #[test]
    fn a_picture_stays_with_its_person() {
        assert_eq!(drawing(100, "A"), drawing(100, "A"));
        assert_ne!(drawing(100, "A"), drawing(100, "B"));
        assert!(drawing(100, "").pixels().all(|pixel| *pixel != INK), "nobody has a plain one");
        for side in [30, 40, 50, 100, 140, 640] {
            let picture = drawing(side, "A");
            assert_eq!(picture.dimensions(), (side, side));
            assert!(picture.pixels().any(|pixel| *pixel == INK));
        }
    }
}
