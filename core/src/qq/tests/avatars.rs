//! Avatar downloads from hostile hosts.

use std::io::Cursor;
use std::time::Duration;

use image::{DynamicImage, ImageFormat};

use super::config;
use super::fake_qq::{FakeQq, Reply};
use crate::qq::{AvatarError, AvatarImage, Client};

fn png() -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    DynamicImage::new_rgb8(100, 100).write_to(&mut file, ImageFormat::Png).unwrap();
    file.into_inner()
}

async fn fetch(reply: Reply) -> Result<AvatarImage, AvatarError> {
    let qq = FakeQq::start([reply]).await;
    let client = qq.client_with(|config| config.timeout = Duration::from_millis(300));
    client.fetch_avatar(&format!("{}/ek_qqapp/A/100", qq.url)).await
}

#[tokio::test]
async fn s39_avatars_are_downloaded_and_encoded_again() {
    let avatar = fetch(Reply::Body(200, png())).await.unwrap();
    assert!(avatar.jpeg.starts_with(&[0xFF, 0xD8, 0xFF]), "a JPEG");
}

#[tokio::test]
async fn s39_other_responses_are_rejected() {
    let mut huge = png();
    huge.resize(512 * 1024 + 1, 0);
    for (reply, error) in [
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
        assert_eq!(fetch(reply).await.err(), Some(error));
    }
    assert!(matches!(fetch(Reply::Drop).await, Err(AvatarError::Transport(_))));
    assert!(matches!(fetch(Reply::Truncate).await, Err(AvatarError::Transport(_))));
}

#[tokio::test]
async fn s39_in_production_no_loopback_address_is_contacted() {
    let qq = FakeQq::start([Reply::Body(200, png())]).await;
    let client = Client::new(config("https://graph.qq.com")).unwrap();
    let port = qq.url.rsplit(':').next().unwrap();
    for url in [format!("{}/100", qq.url), format!("https://127.0.0.1:{port}/100"), "https://localhost/100".to_owned()]
    {
        assert_eq!(client.fetch_avatar(&url).await, Err(AvatarError::UntrustedHost), "{url}");
    }
    assert!(qq.requests().is_empty());
}

#[tokio::test]
async fn s32_errors_do_not_contain_the_url() {
    let qq = FakeQq::start([Reply::Drop]).await;
    let error = qq.client().fetch_avatar(&format!("{}/CANARY/100", qq.url)).await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("CANARY"));
}
