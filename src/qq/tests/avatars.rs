//! Fetching avatars from hosts that mean no good.

use std::io::Cursor;
use std::time::Duration;

use image::{DynamicImage, ImageFormat};

use super::fake_qq::{FakeQq, Reply};
use super::settings;
use crate::qq::{AvatarError, AvatarImage, Client};

fn png() -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    DynamicImage::new_rgb8(100, 100).write_to(&mut file, ImageFormat::Png).unwrap();
    file.into_inner()
}

/// Fetches a picture from a host that answers so.
async fn fetched(reply: Reply) -> Result<AvatarImage, AvatarError> {
    let qq = FakeQq::telling([reply]).await;
    let client = qq.client_with(|settings| settings.timeout = Duration::from_millis(300));
    client.fetch_avatar(&format!("{}/ek_qqapp/A/100", qq.url)).await
}

#[tokio::test]
async fn s39_a_picture_is_fetched_and_encoded_anew() {
    let picture = fetched(Reply::Body(200, png())).await.unwrap();
    assert!(picture.jpeg.starts_with(&[0xFF, 0xD8, 0xFF]), "a JPEG");
}

#[tokio::test]
async fn s39_anything_else_is_refused() {
    let mut huge = png();
    huge.resize(512 * 1024 + 1, 0);
    for (reply, why) in [
        (Reply::Body(200, b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec()), AvatarError::InvalidImage),
        (Reply::Body(200, vec![]), AvatarError::InvalidImage),
        (Reply::Body(404, png()), AvatarError::Status(404)),
        (Reply::Body(500, vec![]), AvatarError::Status(500)),
        (Reply::Redirect("http://127.0.0.1:1/private".to_owned()), AvatarError::Status(302)),
        (Reply::Body(200, huge), AvatarError::TooLarge),
        (Reply::Flood, AvatarError::TooLarge),
        (Reply::Drip, AvatarError::Timeout),
        (Reply::Silence, AvatarError::Timeout),
    ] {
        assert_eq!(fetched(reply).await.err(), Some(why));
    }
    assert!(matches!(fetched(Reply::Drop).await, Err(AvatarError::Transport(_))));
    assert!(matches!(fetched(Reply::Truncate).await, Err(AvatarError::Transport(_))));
}

#[tokio::test]
async fn s39_with_the_real_qq_no_address_of_this_machine_is_asked() {
    let qq = FakeQq::telling([Reply::Body(200, png())]).await;
    let client = Client::new(settings("https://graph.qq.com")).unwrap();
    let port = qq.url.rsplit(':').next().unwrap();
    for address in
        [format!("{}/100", qq.url), format!("https://127.0.0.1:{port}/100"), "https://localhost/100".to_owned()]
    {
        assert_eq!(client.fetch_avatar(&address).await, Err(AvatarError::UntrustedHost), "{address}");
    }
    assert!(qq.asked().is_empty());
}

#[tokio::test]
async fn s32_an_error_does_not_tell_the_address() {
    let qq = FakeQq::telling([Reply::Drop]).await;
    let error = qq.client().fetch_avatar(&format!("{}/CANARY/100", qq.url)).await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("CANARY"));
}
