//! The authorization URL, to which the browser is redirected to log in with QQ.

use url::Url;

use super::config::ClientConfig;
use super::request_url::request_url;

/// Which variant of QQ's login page to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Display {
    /// QQ's default.
    Desktop,
    Mobile,
}

/// The parameters are in the order of the wiki page 使用Authorization_Code获取Access_Token. That
/// order, together with the encoding, made QQ return `state` on Android (casdoor#2959).
pub(super) fn authorize_url(config: &ClientConfig, state: &str, display: Display) -> Url {
    let mut parameters = vec![
        ("response_type", "code"),
        ("client_id", &config.app_id),
        ("redirect_uri", &config.redirect_uri),
        ("state", state),
        ("scope", &config.scope),
    ];
    if display == Display::Mobile {
        parameters.push(("display", "mobile"));
    }
    request_url(&config.graph_url, "oauth2.0/authorize", &parameters)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::qq::tests::config;

    fn url(config: &ClientConfig, state: &str, display: Display) -> String {
        authorize_url(config, state, display).into()
    }

    #[test]
    fn s17_authorize_url_is_golden() {
        let mut config = config("https://graph.qq.com");
        config.redirect_uri = "https://example.cn/login/qq/callback?a=b&c".to_owned();
        assert_eq!(
            url(&config, "s-_1+/= ", Display::Desktop),
            "https://graph.qq.com/oauth2.0/authorize?response_type=code&client_id=100000001\
             &redirect_uri=https%3A%2F%2Fexample.cn%2Flogin%2Fqq%2Fcallback%3Fa%3Db%26c\
             &state=s-_1%2B%2F%3D%20&scope=get_user_info"
        );
    }

    #[test]
    fn s18_only_the_configured_scope_is_requested() {
        let mut config = config("https://graph.qq.com");
        let minimal = url(&config, "S", Display::Desktop);
        assert!(minimal.ends_with("&state=S&scope=get_user_info"), "{minimal}");

        config.scope = "get_user_info,list_album".to_owned();
        let two = url(&config, "S", Display::Desktop);
        assert!(two.ends_with("&scope=get_user_info%2Clist_album"), "{two}");
    }

    #[test]
    fn phones_get_the_mobile_page() {
        let config = config("https://graph.qq.com");
        let mobile = url(&config, "S", Display::Mobile);
        assert!(mobile.ends_with("&scope=get_user_info&display=mobile"), "{mobile}");
        assert!(!url(&config, "S", Display::Desktop).contains("display"));
    }

    #[test]
    fn s32_the_app_key_is_not_in_the_authorize_url() {
        let config = config("https://graph.qq.com");
        assert!(!url(&config, "S", Display::Desktop).contains("KEY"));
    }
}
