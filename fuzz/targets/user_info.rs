//! Responses of `/user/get_user_info`: texts are single lines, and the avatar is an https URL of Tencent's hosts.

#![no_main]

mod json_oracle;

use libfuzzer_sys::fuzz_target;
use qq_login::qq::internals;
use url::Url;

fuzz_target!(|body: &[u8]| {
    let Ok(profile) = internals::user_info(body) else { return };
    for (text, max) in [(&profile.nickname, 64), (&profile.province, 32), (&profile.city, 32)] {
        assert!(text.as_deref().is_none_or(|text| is_single_line(text, max)), "{text:?}");
    }
    if let Some(address) = &profile.avatar_url {
        let url = Url::parse(address).expect("valid URL");
        let host = url.host_str().expect("host");
        assert!(url.scheme() == "https" && (host.ends_with(".qlogo.cn") || host.ends_with(".qq.com")), "{address}");
        assert!(url.port().is_none() && url.username().is_empty() && url.password().is_none(), "{address}");
    }
    if let Some(fields) = json_oracle::object(body) {
        assert!(fields.contains_key("ret") && !json_oracle::is_error(&fields));
    }
});

fn is_single_line(text: &str, max: usize) -> bool {
    let is_visible = |c: char| !c.is_control() && !HIDDEN.contains(&c);
    (1..=max).contains(&text.chars().count()) && text.trim() == text && text.chars().all(is_visible)
}

/// Unicode `Bidi_Control`, line and paragraph separators, zero-width space, word joiner and byte-order mark.
const HIDDEN: [char; 17] = [
    '\u{061C}', '\u{200B}', '\u{200E}', '\u{200F}', '\u{2028}', '\u{2029}', '\u{202A}', '\u{202B}', '\u{202C}',
    '\u{202D}', '\u{202E}', '\u{2060}', '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}', '\u{FEFF}',
];
