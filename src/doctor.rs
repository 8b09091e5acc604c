//! `qq-login doctor`: is everything set up so that people can sign in?
//!
//! It looks at what the site would start with, and asks QQ what an honest sign-in would ask. It
//! makes nothing, changes nothing, and repeats no secret.

mod app;
mod callback;
mod clock_skew;
mod consultation;
mod database;
mod folder;
mod public_url;
mod qq_itself;
mod reach;
mod rehearsal;
mod report;
mod secret_key;
mod texts;

pub use report::{Check, Report, Status, Subject};

use crate::clock::Clock;
use crate::config::{Config, Environment};
use crate::language::Lang;
use crate::qq::Client;

use consultation::Consultation;
use qq_itself::QqFindings;
use report::Finding;

/// Reads the configuration as the site would, looks at what it names, and asks QQ.
pub async fn examine(env: &Environment, clock: &Clock) -> Report {
    let lang = Lang::from_environment(env);
    let texts = lang.texts();
    let config = match Config::read(env) {
        Ok(config) => config,
        Err(error) => {
            let (detail, advice) = (texts.configuration_bad)(&error);
            return only_configuration(Finding::bad(detail, advice), lang);
        }
    };
    match Client::new(config.qq.clone()) {
        Ok(client) => {
            let is_stand_in = config.qq.graph_url.scheme() == "http";
            full(&Consultation { config: &config, client: &client, clock, lang, is_stand_in }).await
        }
        Err(error) => only_configuration(texts.client_bad.bad("", &error.to_string()), lang),
    }
}

/// The report if the configuration cannot even be read; `problem` says why.
pub fn unreadable(env: &Environment, problem: &str) -> Report {
    let lang = Lang::from_environment(env);
    only_configuration(lang.texts().start_bad.bad("", problem), lang)
}

async fn full(consultation: &Consultation<'_>) -> Report {
    let Consultation { config, lang, .. } = consultation;
    let texts = lang.texts();
    let qq = qq_itself::examine(consultation).await;
    let configuration = (texts.configuration_good)(config.public_url.origin(), &config.qq.redirect_uri);
    let QqFindings { clock, dns_and_tls, app, callback, identity, profile, renewal } = qq;
    Report::of(vec![
        Finding::good(configuration).of(Subject::Configuration, *lang),
        database::examine(&config.database_url, texts).await.of(Subject::Database, *lang),
        secret_key::examine(&config.secret_key, texts).of(Subject::SecretKey, *lang),
        clock.of(Subject::Clock, *lang),
        dns_and_tls.of(Subject::DnsAndTls, *lang),
        app.of(Subject::App, *lang),
        callback.of(Subject::Callback, *lang),
        identity.of(Subject::Identity, *lang),
        profile.of(Subject::Profile, *lang),
        renewal.of(Subject::Renewal, *lang),
        public_url::examine(&config.public_url, consultation.is_stand_in, texts).of(Subject::PublicUrl, *lang),
        // Mail is refused by the configuration as long as it is not built.
        texts.mail_none.good("").of(Subject::Mail, *lang),
    ])
}

/// Without a configuration there is nothing else to look at.
fn only_configuration(finding: Finding, lang: Lang) -> Report {
    let texts = lang.texts();
    let rest = Subject::ALL.into_iter().skip(1);
    let rest = rest.map(|subject| Finding::not_checked(texts, texts.because_of_configuration).of(subject, lang));
    Report::of(std::iter::once(finding.of(Subject::Configuration, lang)).chain(rest).collect())
}

#[cfg(test)]
mod tests;
