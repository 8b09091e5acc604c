//! Runs the checks. Each check has its own file.

mod app;
mod callback;
mod clock;
mod code_exchange;
mod database;
mod mail;
mod network;
mod new_file;
mod public_url;
mod qq;
mod secret_key;
mod sign_in;

use super::context::Context;
use super::finding::Findings;
use super::report::CheckName;

/// Runs all checks of a valid configuration.
pub(super) async fn run(context: &Context<'_>) -> Findings {
    let Context { config, messages, .. } = context;
    let origin = config.public_url.origin();
    let mut findings = qq::run(context).await;
    findings.extend([
        (CheckName::Configuration, messages.configuration_ok.ok(&[origin, &config.qq.redirect_uri])),
        (CheckName::Database, database::check(&config.database_url, messages).await),
        (CheckName::SecretKey, secret_key::check(&config.secret_key, messages)),
        (CheckName::PublicUrl, public_url::check(origin, context.is_sandbox, messages)),
        (CheckName::Mail, mail::check(config.mail.as_ref(), messages).await),
    ]);
    findings
}

#[cfg(test)]
mod tests;
