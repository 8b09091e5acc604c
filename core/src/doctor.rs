//! The `doctor` command: checks the configuration, this machine and QQ, and reports what to fix.
//! Call [`run`], or [`report_startup_error`] if the program fails before that.
//! It must not create or change anything, show a secret, or know the HTTP server.

mod checks;
mod context;
mod finding;
mod i18n;
mod report;

pub use report::{Check, CheckName, Report, Status};

use crate::clock::Clock;
use crate::config::{Config, Environment};
use crate::qq::Client;

use context::Context;
use finding::{Finding, Findings};
use i18n::Messages;

/// Runs every check. If the configuration is invalid, the other checks are skipped.
pub async fn run(env: &Environment, clock: &Clock) -> Report {
    let messages = i18n::messages(env);
    let config = match Config::read(env) {
        Ok(config) => config,
        Err(error) => {
            let (detail, advice) = (messages.configuration_error)(&error);
            return configuration_report(Finding::new(Status::Error, detail, advice), messages);
        }
    };
    let client = match Client::new(config.qq.clone()) {
        Ok(client) => client,
        Err(error) => {
            return configuration_report(messages.startup_error.error(&[&format!("QQ_GRAPH_URL: {error}")]), messages);
        }
    };
    let is_sandbox = config.qq.graph_url.scheme() == "http";
    let context = Context { config: &config, client: &client, clock, messages, is_sandbox };
    report(checks::run(&context).await, messages)
}

/// Reports `problem`, which stopped the program before it could read the configuration.
pub fn report_startup_error(env: &Environment, problem: &str) -> Report {
    let messages = i18n::messages(env);
    configuration_report(messages.startup_error.error(&[problem]), messages)
}

fn configuration_report(finding: Finding, messages: &Messages) -> Report {
    let skipped = messages.skipped_configuration_invalid.warning(&[]);
    let mut findings = Findings::from(CheckName::ALL.map(|name| (name, skipped.clone())));
    findings.insert(CheckName::Configuration, finding);
    report(findings, messages)
}

fn report(findings: Findings, messages: &Messages) -> Report {
    let checks = findings.into_iter().map(|(name, Finding { status, detail, advice, code })| Check {
        name,
        line: format!("{}{}{detail}", (messages.title)(name), messages.colon),
        status,
        ok: status != Status::Error,
        detail,
        advice,
        code,
    });
    Report::new(checks.collect())
}
