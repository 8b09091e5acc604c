//! The languages that this program speaks, shared by the site, the sandbox and the doctor.
//! [`Lang::from_headers`] negotiates with the browser; [`Lang::from_tag`] reads a choice that the site stored.
//! It must not know any text: each user of this module keeps its own.

use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::{HeaderMap, HeaderValue};
use parse_net::Limits;
use parse_net::negotiate::parse_weighted;

/// A language that every text exists in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    /// Simplified Chinese.
    #[default]
    ZhCn,
    /// English.
    En,
}

impl Lang {
    /// Every language, in the order in which users choose from them.
    pub const ALL: [Lang; 2] = [Lang::ZhCn, Lang::En];

    /// Returns the BCP 47 tag, as in `<html lang>`.
    pub fn tag(self) -> &'static str {
        match self {
            Lang::ZhCn => "zh-CN",
            Lang::En => "en",
        }
    }

    /// Returns the language's name in that language.
    pub fn native_name(self) -> &'static str {
        match self {
            Lang::ZhCn => "中文",
            Lang::En => "English",
        }
    }

    /// Returns the language with exactly this tag.
    pub fn from_tag(tag: &str) -> Option<Lang> {
        Self::ALL.into_iter().find(|lang| lang.tag() == tag)
    }

    /// Returns the language that the browser prefers, or the default if it accepts none of ours.
    pub fn from_headers(headers: &HeaderMap) -> Lang {
        let values: Vec<&[u8]> = headers.get_all(ACCEPT_LANGUAGE).iter().map(HeaderValue::as_bytes).collect();
        Self::negotiate(&values.join(&b','))
    }

    /// Negotiates by RFC 4647 lookup. Malformed entries are ignored.
    fn negotiate(accept_language: &[u8]) -> Lang {
        // Without a region, so that `zh-TW` and `zh-Hant` find Chinese.
        let offers = Self::ALL.map(|lang| lang.tag().split('-').next().unwrap_or_default());
        let entries = accept_language.split(|byte| *byte == b',');
        let is_empty = |entry: &[u8]| entry.trim_ascii().is_empty();
        let is_readable = |entry: &&[u8]| !is_empty(entry) && parse_weighted(entry, &Limits::DEFAULT).is_ok();
        let readable: Vec<&[u8]> = entries.filter(is_readable).collect();
        let chosen = parse_net::best_language(Some(&readable.join(&b',')), &offers);
        chosen.and_then(|index| Self::ALL.get(index).copied()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browser_preference_selects_the_language() {
        for (accept_language, lang) in [
            ("", Lang::ZhCn),
            ("fr", Lang::ZhCn),
            ("*", Lang::ZhCn),
            ("en", Lang::En),
            ("en-US,en;q=0.9", Lang::En),
            ("zh-TW,en;q=0.8", Lang::ZhCn),
            ("zh-Hant-HK,en;q=0.8", Lang::ZhCn),
            ("zh-HK", Lang::ZhCn),
            ("zh-Hant, en;q=0.9", Lang::ZhCn),
            ("zh-CN,zh;q=0.9,en;q=0.8", Lang::ZhCn),
            ("fr, en;q=0.3, zh;q=0.9", Lang::ZhCn),
            ("fr, EN;q=0.1", Lang::En),
            ("EN-gb;q=0.9,zh;q=0.1", Lang::En),
            ("zh;q=0.5, en-GB;q=0.8", Lang::En),
            ("en;q=0, zh;q=0.1", Lang::ZhCn),
            ("zh;q=0, *", Lang::En),
            ("en;q=x", Lang::ZhCn),
            ("en; q=0.9", Lang::En),
            ("zh;q=0.5 , en ;\tQ=0.8", Lang::En),
            ("en;q=0", Lang::ZhCn),
            ("en; q=0", Lang::ZhCn),
            ("en;q=9, zh;q=0.1", Lang::ZhCn),
            ("en;q=NaN, zh;q=0.1", Lang::ZhCn),
            (";;,", Lang::ZhCn),
            ("中文, en", Lang::En),
            ("en;q=0.8;;, fr;q=x, en-GB;q=0.3", Lang::En),
            (",,,,,,,,,,,,,,,,,,,, en", Lang::En),
        ] {
            assert_eq!(Lang::negotiate(accept_language.as_bytes()), lang, "{accept_language:?}");
        }
    }

    #[test]
    fn bytes_that_are_not_ascii_do_not_hide_the_other_languages() {
        assert_eq!(Lang::negotiate(b"\xd6\xd0\xce\xc4, en;q=0.5"), Lang::En);
        assert_eq!(Lang::negotiate(b"en, \xff"), Lang::En);
        assert_eq!(Lang::negotiate(b"\xff"), Lang::ZhCn);
    }

    #[test]
    fn repeated_header_lines_are_one_list() {
        let mut headers = HeaderMap::new();
        assert_eq!(Lang::from_headers(&headers), Lang::ZhCn);
        headers.append(ACCEPT_LANGUAGE, HeaderValue::from_static("zh;q=0.2"));
        headers.append(ACCEPT_LANGUAGE, HeaderValue::from_static("en"));
        assert_eq!(Lang::from_headers(&headers), Lang::En);
    }
}
