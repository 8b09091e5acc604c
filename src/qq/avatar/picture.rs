//! From a file that somebody sent to a picture that can be shown.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageReader, Limits, Rgb, RgbImage};

/// The longest side of a picture that is kept, in pixels. QQ's larger avatar has 100.
const SIDE: u32 = 128;
/// A file may say that it is a picture of a million pixels by a million.
const MAX_SIDE: u32 = 2048;
const MAX_MEMORY_BYTES: u64 = 32 * 1024 * 1024;
const QUALITY: u8 = 90;
const WHITE: u8 = 255;

/// An avatar as the site keeps it: a square JPEG without anything but the picture.
#[derive(Clone, PartialEq, Eq)]
pub struct AvatarImage {
    /// The JPEG file.
    pub jpeg: Vec<u8>,
}

impl AvatarImage {
    /// Decodes a JPEG, PNG, GIF or WebP file, whatever it is called, cuts a square from its middle
    /// and encodes that. `None` if it is no such file, or an unreasonable one.
    pub(super) fn decode(file: &[u8]) -> Option<AvatarImage> {
        let mut reader = ImageReader::new(Cursor::new(file)).with_guessed_format().ok()?;
        let mut limits = Limits::default();
        limits.max_image_width = Some(MAX_SIDE);
        limits.max_image_height = Some(MAX_SIDE);
        limits.max_alloc = Some(MAX_MEMORY_BYTES);
        reader.limits(limits);
        let image = reader.decode().ok()?;
        let side = image.width().min(image.height()).min(SIDE);
        if side == 0 {
            return None;
        }
        let square = image.resize_to_fill(side, side, FilterType::Triangle);
        let mut jpeg = Vec::new();
        JpegEncoder::new_with_quality(&mut jpeg, QUALITY).encode_image(&on_white(&square)).ok()?;
        Some(AvatarImage { jpeg })
    }
}

impl std::fmt::Debug for AvatarImage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AvatarImage").field("bytes", &self.jpeg.len()).finish()
    }
}

/// JPEG knows no transparency.
fn on_white(image: &DynamicImage) -> RgbImage {
    let image = image.to_rgba8();
    RgbImage::from_fn(image.width(), image.height(), |x, y| {
        let [red, green, blue, alpha] = image.get_pixel(x, y).0;
        let over_white = |colour: u8| {
            let mixed = u32::from(colour) * u32::from(alpha) + u32::from(WHITE) * u32::from(WHITE - alpha);
            u8::try_from(mixed / u32::from(WHITE)).unwrap_or(WHITE)
        };
        Rgb([over_white(red), over_white(green), over_white(blue)])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{ImageFormat, Rgba, RgbaImage};

    fn file(width: u32, height: u32, colour: [u8; 4], format: ImageFormat) -> Vec<u8> {
        let image = DynamicImage::from(RgbaImage::from_pixel(width, height, Rgba(colour)));
        let image = if format == ImageFormat::Jpeg { image.to_rgb8().into() } else { image };
        let mut file = Cursor::new(Vec::new());
        image.write_to(&mut file, format).unwrap();
        file.into_inner()
    }

    fn decoded(file: &[u8]) -> Option<RgbImage> {
        let picture = AvatarImage::decode(file)?;
        Some(image::load_from_memory_with_format(&picture.jpeg, ImageFormat::Jpeg).unwrap().to_rgb8())
    }

    #[test]
    fn pictures_become_squares_of_a_modest_size() {
        for (format, width, height, side) in [
            (ImageFormat::Png, 100, 100, 100),
            (ImageFormat::Jpeg, 40, 40, 40),
            (ImageFormat::Gif, 640, 480, 128),
            (ImageFormat::WebP, 60, 200, 60),
            (ImageFormat::Png, 1, 1, 1),
        ] {
            let image = decoded(&file(width, height, [200, 30, 40, 255], format)).expect("a picture");
            assert_eq!(image.dimensions(), (side, side), "{format:?}");
            let [red, green, blue] = image.get_pixel(0, 0).0;
            assert!(red > 180 && green < 60 && blue < 70, "{format:?} {red} {green} {blue}");
        }
    }

    #[test]
    fn what_is_transparent_becomes_white() {
        let image = decoded(&file(50, 50, [0, 0, 0, 0], ImageFormat::Png)).expect("a picture");
        assert!(image.pixels().all(|pixel| pixel.0.iter().all(|part| *part > 250)));
    }

    #[test]
    fn s39_what_is_no_picture_is_refused() {
        let png = file(100, 100, [1, 2, 3, 255], ImageFormat::Png);
        let html = b"<html><script>alert(1)</script></html>";
        let svg = br#"<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>"#;
        for broken in [&[][..], html, svg, &png[..png.len() / 2], b"\x89PNG\r\n\x1a\n", b"GIF89a"] {
            assert_eq!(AvatarImage::decode(broken), None);
        }
    }

    #[test]
    fn s39_a_small_file_cannot_grow_into_a_huge_picture() {
        let huge = file(MAX_SIDE + 1, 1, [1, 2, 3, 255], ImageFormat::Png);
        assert!(huge.len() < 10_000);
        assert_eq!(AvatarImage::decode(&huge), None);
        assert!(AvatarImage::decode(&file(MAX_SIDE, 1, [1, 2, 3, 255], ImageFormat::Png)).is_some());
    }

    #[test]
    fn s39_only_the_picture_survives() {
        let mut png = file(30, 30, [1, 2, 3, 255], ImageFormat::Png);
        png.extend_from_slice(b"<script>CANARY</script>");
        let picture = AvatarImage::decode(&png).expect("a picture");
        assert!(!picture.jpeg.windows(6).any(|window| window == b"CANARY"));
    }
}
