//! The texts in each language. The advice on QQ's return codes is in `qq::advice`.

mod en;
mod messages;
mod zh_cn;

pub(super) use messages::{Message, Messages};

use crate::config::Environment;
use crate::language::Lang;

/// Returns the language of the terminal: `LC_ALL`, `LC_MESSAGES` or `LANG`, the first that is set
/// (POSIX, chapter 8.2).
fn lang(env: &Environment) -> Lang {
    let locale =
        ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| env.get(name).ok().flatten()).unwrap_or_default();
    if locale.to_ascii_lowercase().starts_with("zh") { Lang::ZhCn } else { Lang::En }
}

/// Returns the texts in the language of the terminal.
pub(super) fn messages(env: &Environment) -> &'static Messages {
    match lang(env) {
        Lang::ZhCn => &zh_cn::MESSAGES,
        _ => &en::MESSAGES,
    }
}

#[cfg(test)]
pub(super) const ENGLISH: &Messages = &en::MESSAGES;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locale_selects_the_language() {
        for (variables, expected) in [
            (&[][..], Lang::En),
            (&[("LANG", "zh_CN.UTF-8")], Lang::ZhCn),
            (&[("LANG", "C.UTF-8")], Lang::En),
            (&[("LANG", "fr_FR")], Lang::En),
            (&[("LANG", "ZH")], Lang::ZhCn),
            (&[("LC_ALL", ""), ("LC_MESSAGES", "zh_TW"), ("LANG", "en_US")], Lang::ZhCn),
            (&[("LC_ALL", "en_GB"), ("LC_MESSAGES", "zh_CN"), ("LANG", "zh_CN")], Lang::En),
            (&[("LC_ALL", "zh_CN"), ("LANG", "en_US")], Lang::ZhCn),
        ] {
            let env = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            assert_eq!(lang(&Environment::new(env, |_| vec![])), expected, "{variables:?}");
        }
    }
}
