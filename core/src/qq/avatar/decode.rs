//! Decodes downloaded files into images that are safe to serve.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::{FilterType, overlay};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageReader, Limits, RgbImage, Rgba, RgbaImage};

/// In pixels. QQ's larger avatar has 100.
const SIDE: u32 = 128;
/// In pixels. A small file can declare a huge image.
const MAX_DECODED_SIDE: u32 = 2048;
const MAX_MEMORY_BYTES: u64 = 32 * 1024 * 1024;
const JPEG_QUALITY: u8 = 90;
const WHITE: Rgba<u8> = Rgba([255; 4]);

/// A square JPEG of at most 128 by 128 pixels, without metadata.
#[derive(Clone, PartialEq, Eq)]
pub struct AvatarImage {
    /// The JPEG file.
    pub jpeg: Vec<u8>,
}

impl AvatarImage {
    /// Decodes a JPEG, PNG, GIF or WebP file, detected by its content, crops it to a square, turns it
    /// as its EXIF data say and encodes it again. Returns `None` for other files and for excessive dimensions.
    pub(super) fn decode(file: &[u8]) -> Option<AvatarImage> {
        let mut decoder = ImageReader::new(Cursor::new(file)).with_guessed_format().ok()?.into_decoder().ok()?;
        let mut limits = Limits::default();
        limits.max_image_width = Some(MAX_DECODED_SIDE);
        limits.max_image_height = Some(MAX_DECODED_SIDE);
        limits.max_alloc = Some(MAX_MEMORY_BYTES);
        limits.reserve(decoder.total_bytes()).ok()?;
        decoder.set_limits(limits).ok()?;
        // An image whose EXIF data are broken can still be shown.
        let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
        let image = DynamicImage::from_decoder(decoder).ok()?;
        let side = image.width().min(image.height()).min(SIDE);
        if side == 0 {
            return None;
        }
        let mut square = image.resize_to_fill(side, side, FilterType::Triangle);
        square.apply_orientation(orientation);
        let mut jpeg = Vec::new();
        JpegEncoder::new_with_quality(&mut jpeg, JPEG_QUALITY).encode_image(&on_white(&square)).ok()?;
        Some(AvatarImage { jpeg })
    }
}

impl std::fmt::Debug for AvatarImage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AvatarImage").field("bytes", &self.jpeg.len()).finish()
    }
}

/// JPEG has no transparency.
fn on_white(image: &DynamicImage) -> RgbImage {
    let mut canvas = RgbaImage::from_pixel(image.width(), image.height(), WHITE);
    overlay(&mut canvas, image, 0, 0);
    DynamicImage::from(canvas).to_rgb8()
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::codecs::png::PngEncoder;
    use image::{ImageEncoder, ImageFormat, Rgb};

    fn encode(width: u32, height: u32, colour: [u8; 4], format: ImageFormat) -> Vec<u8> {
        let image = DynamicImage::from(RgbaImage::from_pixel(width, height, Rgba(colour)));
        let image = if format == ImageFormat::Jpeg { image.to_rgb8().into() } else { image };
        let mut file = Cursor::new(Vec::new());
        image.write_to(&mut file, format).unwrap();
        file.into_inner()
    }

    fn decode(file: &[u8]) -> Option<RgbImage> {
        let avatar = AvatarImage::decode(file)?;
        Some(image::load_from_memory_with_format(&avatar.jpeg, ImageFormat::Jpeg).unwrap().to_rgb8())
    }

    #[test]
    fn images_become_small_squares() {
        for (format, width, height, side) in [
            (ImageFormat::Png, 100, 100, 100),
            (ImageFormat::Jpeg, 40, 40, 40),
            (ImageFormat::Gif, 640, 480, 128),
            (ImageFormat::WebP, 60, 200, 60),
            (ImageFormat::Png, 1, 1, 1),
        ] {
            let image = decode(&encode(width, height, [200, 30, 40, 255], format)).unwrap();
            assert_eq!(image.dimensions(), (side, side), "{format:?}");
            let [red, green, blue] = image.get_pixel(0, 0).0;
            assert!(red > 180 && green < 60 && blue < 70, "{format:?} {red} {green} {blue}");
        }
    }

    /// Encodes a square that is red at the top and blue at the bottom, with this EXIF orientation.
    fn encode_turned(format: ImageFormat, orientation: u8) -> Vec<u8> {
        let colour = |_, y| if y < 20 { Rgb([255, 0, 0]) } else { Rgb([0, 0, 255]) };
        let image = RgbImage::from_fn(40, 40, colour);
        // TIFF, little-endian: one directory with one entry, 0x0112 (orientation), a 16-bit number.
        let exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
        let exif = [exif, vec![orientation, 0, 0, 0], vec![0; 4]].concat();
        let mut file = Vec::new();
        if format == ImageFormat::Jpeg {
            let mut encoder = JpegEncoder::new(&mut file);
            encoder.set_exif_metadata(exif).unwrap();
            image.write_with_encoder(encoder).unwrap();
        } else {
            let mut encoder = PngEncoder::new(&mut file);
            encoder.set_exif_metadata(exif).unwrap();
            image.write_with_encoder(encoder).unwrap();
        }
        file
    }

    #[test]
    fn exif_orientation_is_applied() {
        for format in [ImageFormat::Jpeg, ImageFormat::Png] {
            for (orientation, red) in [(1, (20, 5)), (3, (20, 34)), (6, (34, 20)), (8, (5, 20)), (99, (20, 5))] {
                let image = decode(&encode_turned(format, orientation)).unwrap();
                let [red_part, _, blue_part] = image.get_pixel(red.0, red.1).0;
                assert!(red_part > 200 && blue_part < 60, "{format:?} {orientation}");
            }
        }
    }

    #[test]
    fn transparent_pixels_become_white() {
        let image = decode(&encode(50, 50, [0, 0, 0, 0], ImageFormat::Png)).unwrap();
        assert!(image.pixels().all(|pixel| pixel.0.iter().all(|part| *part > 250)));
    }

    #[test]
    fn s39_files_that_are_not_images_are_rejected() {
        let png = encode(100, 100, [1, 2, 3, 255], ImageFormat::Png);
        let html = b"<html><script>alert(1)</script></html>";
        let svg = br#"<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>"#;
        for broken in [&[][..], html, svg, &png[..png.len() / 2], b"\x89PNG\r\n\x1a\n", b"GIF89a"] {
            assert_eq!(AvatarImage::decode(broken), None);
        }
    }

    #[test]
    fn s39_huge_dimensions_are_rejected() {
        let huge = encode(MAX_DECODED_SIDE + 1, 1, [1, 2, 3, 255], ImageFormat::Png);
        assert!(huge.len() < 10_000);
        assert_eq!(AvatarImage::decode(&huge), None);
        assert!(AvatarImage::decode(&encode(MAX_DECODED_SIDE, 1, [1, 2, 3, 255], ImageFormat::Png)).is_some());
    }

    #[test]
    fn s39_trailing_data_is_dropped() {
        let mut png = encode(30, 30, [1, 2, 3, 255], ImageFormat::Png);
        png.extend_from_slice(b"<script>CANARY</script>");
        let avatar = AvatarImage::decode(&png).unwrap();
        assert!(!avatar.jpeg.windows(6).any(|window| window == b"CANARY"));
    }
}
