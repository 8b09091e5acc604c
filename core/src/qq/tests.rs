//! Tests of the client against a fake server, and of the parsers against documented responses.

mod avatars;
mod calls;
mod connections;
mod fake_qq;
mod limits;
mod login;
mod never_panics;
mod openapi;
mod vectors;

use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use super::{ClientConfig, UserCredentials};

pub(super) const OID: &str = "0123456789ABCDEF0123456789ABCDEF";

/// The made-up app 100000001 at `graph_url`.
pub(super) fn config(graph_url: &str) -> ClientConfig {
    ClientConfig {
        app_id: "100000001".to_owned(),
        app_key: "CANARYKEY".into(),
        graph_url: Url::parse(graph_url).unwrap(),
        redirect_uri: "https://example.cn/login/qq/callback".to_owned(),
        scope: "get_user_info".to_owned(),
        request_unionid: false,
        timeout: Duration::from_secs(5),
        profile_timeout: Duration::from_secs(5),
        proxy: None,
    }
}

/// The user `OID`.
pub(super) fn user(access_token: &SecretString) -> UserCredentials<'_> {
    UserCredentials { access_token, openid: OID }
}
