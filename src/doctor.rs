//! `qq-login doctor`: is everything set up so that people can sign in?

use secrecy::SecretString;
use serde::Serialize;

use crate::config::{Config, Environment};
use crate::qq::{self, Class, QqError};

/// An authorization code that QQ cannot have given to anybody.
const IMPOSSIBLE_CODE: &str = "00000000000000000000000000000000";

/// What was looked at, and what was found.
#[derive(Debug, Serialize)]
pub struct Check {
    /// What was looked at.
    pub name: &'static str,
    /// Whether all is well.
    pub ok: bool,
    /// What was found, and what to do about it.
    pub detail: String,
}

/// Everything that was looked at.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Whether all is well with everything.
    pub ok: bool,
    /// One entry for each thing.
    pub checks: Vec<Check>,
}

impl Report {
    fn of(checks: Vec<Check>) -> Report {
        Report { ok: checks.iter().all(|check| check.ok), checks }
    }

    /// The report for people: a line for each thing.
    pub fn to_text(&self) -> String {
        let line = |check: &Check| {
            let mark = if check.ok { '✓' } else { '✗' };
            format!("{mark} {}: {}\n", check.name, check.detail)
        };
        self.checks.iter().map(line).collect()
    }

    /// The report for machines.
    pub fn to_json(&self) -> String {
        // Strings and booleans always fit.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }
}

/// Reads the configuration as the site would, and asks QQ.
pub async fn examine(env: &Environment) -> Report {
    let config = match Config::read(env) {
        Ok(config) => config,
        Err(error) => return Report::of(vec![Check { name: "configuration", ok: false, detail: error.to_string() }]),
    };
    let people_see =
        format!("people see {}; QQ sends them back to {}", config.public_url.origin(), config.qq.redirect_uri);
    let configuration = Check { name: "configuration", ok: true, detail: people_see };
    let qq = match &config.sandbox {
        Some(sandbox) => Check {
            name: "QQ",
            ok: true,
            detail: format!("not asked: without QQ_APP_ID, the sandbox at http://{} stands in", sandbox.addr),
        },
        None => ask_qq(&config.qq).await,
    };
    Report::of(vec![configuration, qq])
}

/// Offers QQ a code that it never gave. QQ looks at app, key and callback first, so being refused
/// for the code alone means that the rest is right.
async fn ask_qq(config: &qq::Settings) -> Check {
    let check = |ok, detail| Check { name: "QQ", ok, detail };
    let client = match qq::Client::new(config.clone()) {
        Ok(client) => client,
        Err(error) => return check(false, format!("QQ_GRAPH_URL: {error}")),
    };
    match client.exchange_code(&SecretString::from(IMPOSSIBLE_CODE)).await {
        Err(QqError::Refused(refusal)) => {
            let known = qq::code_info(refusal.code);
            if known.is_some_and(|info| info.class == Class::SignInAgain) {
                return check(true, "answers, and knows the app id, the key and the callback".to_owned());
            }
            let meaning = known.map_or("a code that is not documented", |info| info.meaning_en);
            check(false, format!("{} ({meaning}); {}", refusal.code, advice(refusal.code, config)))
        }
        Err(error) => check(false, format!("{error}; see whether this machine can reach {}", config.graph_url)),
        Ok(_) => check(false, format!("{} gave a token for a code that nobody has; that is not QQ", config.graph_url)),
    }
}

fn advice(code: i64, config: &qq::Settings) -> String {
    match code {
        100_008 => "set QQ_APP_ID to the APP ID that the QQ Connect console shows".to_owned(),
        100_009 => "set QQ_APP_KEY to the APP Key that belongs to this app id".to_owned(),
        100_010 => {
            format!("enter {} as a callback address (网站回调域) on the QQ Connect console", config.redirect_uri)
        }
        100_011 => "put the app online on the QQ Connect console; until then only its developers get in".to_owned(),
        _ => "look the code up in QQ Connect's list of return codes".to_owned(),
    }
}
