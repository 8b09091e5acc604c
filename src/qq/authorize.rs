//! The address to which a browser goes to sign in with QQ.

use url::Url;

use super::settings::ClientConfig;
use super::wire::query;

/// Which of QQ's pages to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Display {
    /// The page for computers, QQ's default.
    Desktop,
    /// The page for phones (`display=mobile`).
    Mobile,
}

/// The authorize address for one sign-in, which will come back with `state`.
///
/// The parameters stand in the order of the wiki page 使用Authorization_Code获取Access_Token:
/// together with the encoding it is what brought `state` back on Android (casdoor#2959).
pub(super) fn authorize_url(settings: &ClientConfig, state: &str, display: Display) -> String {
    let mut parameters = vec![
        ("response_type", "code"),
        ("client_id", &settings.app_id),
        ("redirect_uri", &settings.redirect_uri),
        ("state", state),
        ("scope", &settings.scope),
    ];
    if display == Display::Mobile {
        parameters.push(("display", "mobile"));
    }
    let mut url = endpoint(&settings.graph_url, "oauth2.0/authorize");
    url.set_query(Some(&query(&parameters)));
    url.into()
}

/// The address of the call `path`, below whatever path the base itself has.
pub(super) fn endpoint(graph_url: &Url, path: &str) -> Url {
    let mut url = graph_url.clone();
    let base = graph_url.path().trim_end_matches('/');
    url.set_path(&format!("{base}/{path}"));
    url
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::qq::tests::settings;

    #[test]
    fn s17_authorize_url_is_golden() {
        let mut settings = settings("https://graph.qq.com");
        settings.redirect_uri = "https://example.cn/login/qq/callback?a=b&c".to_owned();
        assert_eq!(
            authorize_url(&settings, "s-_1+/= ", Display::Desktop),
            "https://graph.qq.com/oauth2.0/authorize?response_type=code&client_id=100000001\
             &redirect_uri=https%3A%2F%2Fexample.cn%2Flogin%2Fqq%2Fcallback%3Fa%3Db%26c\
             &state=s-_1%2B%2F%3D%20&scope=get_user_info"
        );
    }

    #[test]
    fn s18_scope_is_what_is_configured_and_no_more() {
        let mut settings = settings("https://graph.qq.com");
        let minimal = authorize_url(&settings, "S", Display::Desktop);
        assert!(minimal.ends_with("&state=S&scope=get_user_info"), "{minimal}");

        settings.scope = "get_user_info,list_album".to_owned();
        let two = authorize_url(&settings, "S", Display::Desktop);
        assert!(two.ends_with("&scope=get_user_info%2Clist_album"), "{two}");
    }

    #[test]
    fn phones_get_the_mobile_page() {
        let settings = settings("https://graph.qq.com");
        let mobile = authorize_url(&settings, "S", Display::Mobile);
        assert!(mobile.ends_with("&scope=get_user_info&display=mobile"), "{mobile}");
        assert!(!authorize_url(&settings, "S", Display::Desktop).contains("display"));
    }

    #[test]
    fn s32_the_app_key_never_goes_to_the_browser() {
        let settings = settings("https://graph.qq.com");
        assert!(!authorize_url(&settings, "S", Display::Desktop).contains("KEY"));
    }

    #[test]
    fn calls_stand_below_the_base() {
        for (base, call) in [
            ("https://graph.qq.com", "https://graph.qq.com/oauth2.0/me"),
            ("http://127.0.0.1:3010/", "http://127.0.0.1:3010/oauth2.0/me"),
            ("https://proxy.example/qq/", "https://proxy.example/qq/oauth2.0/me"),
        ] {
            let base = Url::parse(base).unwrap();
            assert_eq!(endpoint(&base, "oauth2.0/me").as_str(), call);
        }
    }
}
