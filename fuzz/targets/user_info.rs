//! Whatever `/user/get_user_info` answers: texts that fit a line, and an avatar on Tencent's hosts, by https.

#![no_main]

use libfuzzer_sys::fuzz_target;
use qq_login::qq::fuzzing;
use url::Url;

fuzz_target!(|body: &[u8]| {
    let Ok(profile) = fuzzing::user_info(body) else { return };
    for (text, max) in [(&profile.nickname, 64), (&profile.province, 32), (&profile.city, 32)] {
        assert!(text.as_deref().is_none_or(|text| is_a_line(text, max)));
    }
    if let Some(address) = &profile.avatar_url {
        let url = Url::parse(address).expect("an address");
        let host = url.host_str().expect("a host");
        assert!(url.scheme() == "https" && (host.ends_with(".qlogo.cn") || host.ends_with(".qq.com")), "{address}");
        assert!(url.port().is_none() && url.username().is_empty() && url.password().is_none(), "{address}");
    }
});

fn is_a_line(text: &str, max: usize) -> bool {
    (1..=max).contains(&text.chars().count()) && text.trim() == text && !text.contains(char::is_control)
}
