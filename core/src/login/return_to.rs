//! Where the browser goes after a login.

use url::Url;

/// The path is stored in the attempt cookie, and ten of those must fit into a request.
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
    /// Returns `/account` unless `text` is unmistakably a path of this site.
    pub fn parse(text: &str) -> ReturnTo {
        if is_plain_path(text) && !is_no_page(text) { ReturnTo(text.to_owned()) } else { ReturnTo::default() }
    }

    /// The path with query and fragment.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn is_default(&self) -> bool {
        *self == ReturnTo::default()
    }

    /// Returns `path?next=…`, or `path` for the default.
    pub fn append_to(&self, path: &str) -> String {
        if self.is_default() {
            return path.to_owned();
        }
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("next", &self.0).finish();
        let separator = if path.contains('?') { '&' } else { '?' };
        format!("{path}{separator}{query}")
    }
}

/// Browsers treat `//host`, `/\host` and some encoded forms of them as another site, drop tabs and line breaks, and
/// resolve dots. So the WHATWG parser must return the path unchanged.
fn is_plain_path(text: &str) -> bool {
    let is_short_ascii = text.len() <= MAX_BYTES && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if !is_short_ascii || !text.starts_with('/') || text.starts_with("//") {
        return false;
    }
    let path = text.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    // Encoded slashes, backslashes and control characters.
    if path.contains("//") || ["%2f", "%5c", "%0", "%1", "%7f"].iter().any(|code| path.contains(code)) {
        return false;
    }
    let base = "https://site.invalid";
    Url::parse(&format!("{base}{text}")).is_ok_and(|url| url.as_str().strip_prefix(base) == Some(text))
}

/// Paths that are no pages, with everything below them.
const NO_PAGES: [&str; 25] = [
    // Would cause redirect loops.
    "/login",
    "/register",
    // Forms.
    "/account/emails/primary",
    "/account/emails/remove",
    "/account/emails/verify",
    "/account/portrait",
    "/account/qq/add",
    "/account/qq/unlink",
    "/account/renew",
    "/account/sessions/end",
    "/language",
    "/logout",
    // The token is a secret.
    "/mail",
    "/theme",
    // Data and files.
    "/account/export",
    "/api",
    "/avatar",
    "/favicon.svg",
    "/healthz",
    "/icon.png",
    "/illustration.svg",
    "/manifest.webmanifest",
    "/pkg",
    "/readyz",
    "/robots.txt",
];

fn is_no_page(text: &str) -> bool {
    let path = text.split(['?', '#']).next().unwrap_or_default();
    NO_PAGES.iter().any(|prefix| path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn local_paths_are_kept() {
        for path in ["/", "/account", "/a/b-c_d~e", "/a?b=c&d=%E4%BD%A0", "/a?to=//b", "/a#b", "/@me", "/%E4%BD%A0"] {
            assert_eq!(ReturnTo::parse(path).as_str(), path);
        }
    }

    #[test]
    fn s76_other_values_become_the_account_page() {
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
            "/mail/x",
            "/account/emails/verify",
            "/account/renew",
            "/account/export?x",
            "/avatar/x",
            "/healthz#x",
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
        fn s77_redirects_stay_on_this_site(text in "(/|//|\\\\|/\\PC*|[/a-z%.?#@:\\\\\t\r\n]*|\\PC*)") {
            let return_to = ReturnTo::parse(&text);
            let base = Url::parse("https://site.example/login").expect("base URL");
            let joined = base.join(return_to.as_str()).expect("valid path");
            prop_assert_eq!(joined.origin(), base.origin());
            prop_assert!(return_to.as_str().bytes().all(|byte| byte.is_ascii_graphic()));
        }
    }
}
