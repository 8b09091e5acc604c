//! Whatever `/user/get_user_info` answers: texts that fit a line, and an avatar on Tencent's hosts, by https.

#![no_main]

mod plain_json;

use libfuzzer_sys::fuzz_target;
use qq_login::qq::fuzzing;
use url::Url;

fuzz_target!(|body: &[u8]| {
    let Ok(profile) = fuzzing::user_info(body) else { return };
    for (text, max) in [(&profile.nickname, 64), (&profile.province, 32), (&profile.city, 32)] {
        assert!(text.as_deref().is_none_or(|text| is_a_line(text, max)), "{text:?}");
    }
    if let Some(address) = &profile.avatar_url {
        let url = Url::parse(address).expect("an address");
        let host = url.host_str().expect("a host");
        assert!(url.scheme() == "https" && (host.ends_with(".qlogo.cn") || host.ends_with(".qq.com")), "{address}");
        assert!(url.port().is_none() && url.username().is_empty() && url.password().is_none(), "{address}");
    }
    if let Some(fields) = plain_json::object(body) {
        assert!(fields.contains_key("ret") && !plain_json::is_refusal(&fields));
    }
});

fn is_a_line(text: &str, max: usize) -> bool {
    let is_seen = |c: char| !c.is_control() && !HIDDEN.contains(&c);
    (1..=max).contains(&text.chars().count()) && text.trim() == text && text.chars().all(is_seen)
}

/// What ends a line, turns its surroundings around or cannot be seen (Unicode: `Bidi_Control`, the
/// separators of lines and paragraphs, zero-width space, word joiner, byte-order mark).
const HIDDEN: [char; 17] = [
    '\u{061C}', '\u{200B}', '\u{200E}', '\u{200F}', '\u{2028}', '\u{2029}', '\u{202A}', '\u{202B}', '\u{202C}',
    '\u{202D}', '\u{202E}', '\u{2060}', '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}', '\u{FEFF}',
];
