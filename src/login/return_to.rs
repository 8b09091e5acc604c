//! Where a person goes after signing in.

use url::Url;

/// The longest path that is kept. It rides in a cookie, ten of which must fit a request.
const MAX_BYTES: usize = 1024;

/// A path of this site, safe to put into a `Location` header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnTo(String);

impl Default for ReturnTo {
    fn default() -> ReturnTo {
        ReturnTo("/account".to_owned())
    }
}

impl ReturnTo {
    /// Takes a path of this site; anything doubtful becomes `/account`.
    pub fn parse(text: &str) -> ReturnTo {
        if is_plain_path(text) && !is_step_of_login(text) { ReturnTo(text.to_owned()) } else { ReturnTo::default() }
    }

    /// The path, with its query and fragment if it has any.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is where people go who asked for nothing else.
    pub fn is_default(&self) -> bool {
        *self == ReturnTo::default()
    }

    /// `path?next=…`, or just `path` if nothing else than the default is wanted.
    pub fn append_to(&self, path: &str) -> String {
        if self.is_default() {
            return path.to_owned();
        }
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("next", &self.0).finish();
        let separator = if path.contains('?') { '&' } else { '?' };
        format!("{path}{separator}{query}")
    }
}

/// Browsers read `//host`, `/\host` and some encoded forms of them as another site, drop tabs and
/// line ends, and resolve dots. A path that a browser would read in any other way than it stands
/// is refused: it must come out of the WHATWG parser unchanged.
fn is_plain_path(text: &str) -> bool {
    let is_short_ascii = text.len() <= MAX_BYTES && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if !is_short_ascii || !text.starts_with('/') || text.starts_with("//") {
        return false;
    }
    let path = text.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    // Encoded slashes, backslashes and control characters have no business in a path of ours.
    if path.contains("//") || ["%2f", "%5c", "%0", "%1", "%7f"].iter().any(|code| path.contains(code)) {
        return false;
    }
    let base = "https://site.invalid";
    Url::parse(&format!("{base}{text}")).is_ok_and(|url| url.as_str().strip_prefix(base) == Some(text))
}

/// Going on to a step of signing in, or to a form's address, would lead in circles or nowhere.
fn is_step_of_login(text: &str) -> bool {
    let path = text.split(['?', '#']).next().unwrap_or_default();
    ["/login", "/register", "/logout", "/language", "/theme", "/api"]
        .iter()
        .any(|step| path.strip_prefix(step).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn paths_of_this_site_are_kept() {
        for path in ["/", "/account", "/a/b-c_d~e", "/a?b=c&d=%E4%BD%A0", "/a?to=//b", "/a#b", "/@me", "/%E4%BD%A0"] {
            assert_eq!(ReturnTo::parse(path).as_str(), path);
        }
    }

    #[test]
    fn s76_anything_doubtful_becomes_the_account_page() {
        let long = format!("/{}", "a".repeat(8 * 1024));
        let corpus = [
            "",
            "a",
            "@e",
            "//e",
            "///e",
            "/\\e",
            "\\/e",
            "\\\\e",
            "/%5ce",
            "/%5Ce",
            "/%2f/e",
            "/%2Fe",
            "https:e",
            "https://e",
            "http://host.evil",
            "javascript:alert(1)",
            "data:text/html,x",
            "/\t/e",
            "/\0",
            "/a\r\nb",
            "/%0d%0aSet-Cookie:a",
            "/..//e",
            "/../e",
            "/./e",
            "/a/../b",
            "/%2e%2e/e",
            "/\u{ff0f}e",
            "/你好",
            "/a b",
            "/a//b",
            "/a\"b",
            "/<b>",
            "/login",
            "/login/qq",
            "/login/qq/callback?code=x",
            "/logout",
            "/register",
            " /a",
            "/a ",
            &long,
        ];
        for text in corpus {
            assert_eq!(ReturnTo::parse(text), ReturnTo::default(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn s77_what_is_kept_stays_on_this_site(text in "(/|//|\\\\|/\\PC*|[/a-z%.?#@:\\\\\t\r\n]*|\\PC*)") {
            let next = ReturnTo::parse(&text);
            let base = Url::parse("https://site.example/login").expect("a base");
            let joined = base.join(next.as_str()).expect("a path joins");
            prop_assert_eq!(joined.origin(), base.origin());
            prop_assert!(next.as_str().bytes().all(|byte| byte.is_ascii_graphic()));
        }
    }
}
