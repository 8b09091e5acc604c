//! Which language a page speaks.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;

/// A language of the sandbox's pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lang {
    Chinese,
    English,
}

impl Lang {
    /// The language the browser likes best among ours; Chinese if it likes none of them.
    pub(super) fn wanted(headers: &HeaderMap) -> Self {
        headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).and_then(best).unwrap_or(Self::Chinese)
    }

    /// For `<html lang>`.
    pub(super) fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }
}

/// The first of the most wanted. Ranges look like `en-GB;q=0.8`.
fn best(header: &str) -> Option<Lang> {
    let mut best: Option<(Lang, f32)> = None;
    for range in header.split(',') {
        let (tag, quality) = range.split_once(';').map_or((range, 1.0), |(tag, weight)| (tag, quality(weight)));
        if let Some(lang) = spoken(tag)
            && quality > best.map_or(0.0, |(_, so_far)| so_far)
        {
            best = Some((lang, quality));
        }
    }
    best.map(|(lang, _)| lang)
}

/// The number in ` q=0.8`; what is none counts as not wanted.
fn quality(weight: &str) -> f32 {
    let number = weight.trim().strip_prefix(['q', 'Q']).and_then(|rest| rest.strip_prefix('='));
    number.and_then(|number| number.parse().ok()).filter(|quality| (0.0..=1.0).contains(quality)).unwrap_or(0.0)
}

fn spoken(tag: &str) -> Option<Lang> {
    match tag.trim().split('-').next()?.to_ascii_lowercase().as_str() {
        "zh" => Some(Lang::Chinese),
        "en" => Some(Lang::English),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Lang, best};

    #[test]
    fn the_most_wanted_of_our_languages_is_spoken() {
        for (header, lang) in [
            ("en", Some(Lang::English)),
            ("zh-TW,en;q=0.9", Some(Lang::Chinese)),
            ("zh;q=0.5, en-GB;q=0.8", Some(Lang::English)),
            ("fr, EN;q=0.1", Some(Lang::English)),
            ("en; q=0.9", Some(Lang::English)),
            ("zh;q=0.5 , en ;\tQ=0.8", Some(Lang::English)),
            ("en;q=9, zh;q=0.1", Some(Lang::Chinese)),
            ("fr", None),
            ("en;q=0", None),
            ("en; q=0", None),
            (";;,", None),
        ] {
            assert_eq!(best(header), lang, "{header}");
        }
    }
}
