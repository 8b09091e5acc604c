//! `/oauth2.0/me`: whose token this is.

use serde::Serialize;

use super::api::{ApiEndpoint, Work};
use super::faults::{Faults, Named, Plan};
use super::params::Params;
use super::person::{openid, unionid};
use super::refusal::Refusal;
use super::wire::Shape;

/// The endpoint.
pub(super) struct Me;

/// An app that is not ours.
const ANOTHER_APP: &str = "999999999";

/// How this endpoint in particular goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MeFault {
    /// The token was given to another app.
    WrongClient,
    /// An answer without the one thing asked for.
    NoOpenid,
    TokenIllegal,
    TokenCheckFailed,
    /// The app may not have unionids: then asking for one costs the openid as well.
    UnionidDenied,
    /// JSONP without spaces, whatever was asked for.
    JsonpTight,
}

impl Named for MeFault {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("wrong_client", Self::WrongClient),
        ("no_openid", Self::NoOpenid),
        ("token_illegal", Self::TokenIllegal),
        ("token_check_failed", Self::TokenCheckFailed),
        ("unionid_denied", Self::UnionidDenied),
        ("jsonp_tight", Self::JsonpTight),
    ];
}

/// The answer's fields in QQ's order. The client id is a string in every capture.
#[derive(Serialize)]
struct Identity {
    client_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    openid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unionid: Option<String>,
}

impl ApiEndpoint for Me {
    type Fault = MeFault;
    fn plan(faults: &mut Faults) -> &mut Plan<MeFault> {
        &mut faults.me
    }

    /// The permission for unionids matters to those who ask for one: the repeated request without
    /// it has to succeed.
    fn concerns(fault: MeFault, params: &Params) -> bool {
        fault != MeFault::UnionidDenied || asks_for_unionid(params)
    }

    fn answer(work: Work<'_>, fault: Option<MeFault>) -> String {
        let params = &work.call.params;
        let shape = match fault {
            Some(MeFault::JsonpTight) => Shape::TightJsonp,
            _ => Shape::wanted(params),
        };
        match identify(&work, fault) {
            Ok(identity) => shape.of(&identity),
            Err(refusal) => shape.of_refusal(refusal, params),
        }
    }
}

fn identify(work: &Work<'_>, fault: Option<MeFault>) -> Result<Identity, Refusal> {
    let (app_id, params) = (&work.settings.app_id, &work.call.params);
    let access_token = params.get("access_token").ok_or(Refusal::AccessTokenMissing)?;
    let name = &work.grants.look_up(access_token, work.now)?.name;
    let identity = Identity {
        client_id: app_id.clone(),
        openid: Some(openid(app_id, name)),
        unionid: asks_for_unionid(params).then(|| unionid(name)),
    };
    match fault {
        None | Some(MeFault::JsonpTight) => Ok(identity),
        Some(MeFault::WrongClient) => Ok(Identity { client_id: ANOTHER_APP.to_owned(), ..identity }),
        Some(MeFault::NoOpenid) => Ok(Identity { openid: None, ..identity }),
        Some(MeFault::TokenIllegal) => Err(Refusal::TokenIllegal),
        Some(MeFault::TokenCheckFailed) => Err(Refusal::TokenCheckFailed),
        Some(MeFault::UnionidDenied) => Err(Refusal::UnionIdDenied),
    }
}

/// `2` gave a unionid only sometimes (Yurunsoft/YurunOAuthLogin#27), which is no help to anybody.
fn asks_for_unionid(params: &Params) -> bool {
    params.get("unionid") == Some("1")
}
