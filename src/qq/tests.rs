//! The client against a stand-in, and the documented answers against the parsers.

mod calls;
mod fake_qq;
mod limits;
mod never_panics;
mod vectors;

use std::time::Duration;

use url::Url;

use super::Settings;

pub(super) const OID: &str = "0123456789ABCDEF0123456789ABCDEF";

/// Settings for the made-up app 100000001 at `graph_url`.
pub(super) fn settings(graph_url: &str) -> Settings {
    Settings {
        app_id: "100000001".to_owned(),
        app_key: "CANARYKEY".into(),
        graph_url: Url::parse(graph_url).unwrap(),
        redirect_uri: "https://example.cn/login/qq/callback".to_owned(),
        scope: "get_user_info".to_owned(),
        ask_unionid: false,
        timeout: Duration::from_secs(5),
    }
}
