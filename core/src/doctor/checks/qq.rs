//! Runs the checks that call QQ, in the order of a sign-in.
//!
//! QQ gets three requests, none about a real user: the authorize URL (the redirect is not
//! followed), a dummy code and a dummy token. At the sandbox, a test user signs in.

use super::code_exchange::CodeExchange;
use super::{app, callback, clock, network, sign_in};
use crate::doctor::context::Context;
use crate::doctor::finding::{Finding, Findings};
use crate::doctor::report::{CheckName, Status};
use crate::qq::{QqError, TransportError};

/// No request waits for this state, so it need not be random.
const STATE: &str = "qq-login-doctor";
const SANDBOX_USER: &str = "doctor";

pub(super) async fn run(context: &Context<'_>) -> Findings {
    let messages = context.messages;
    let sent_at = (context.clock)();
    let probe = context.client.probe_authorize(STATE, context.is_sandbox.then_some(SANDBOX_USER)).await;
    let received_at = (context.clock)();
    if let Err(error @ QqError::Transport(TransportError::Connect(_))) = &probe.page {
        return if context.config.sandbox.is_some() {
            all(&messages.skipped_sandbox_not_running.ok(&[context.qq_url()]))
        } else {
            unreachable(context, error)
        };
    }
    let exchange = CodeExchange::run(context, &probe.page).await;
    // Without a date, not even the head of a response arrived.
    let probe_error = probe.page.as_ref().err().filter(|error| probe.date.is_none() && is_no_response(error));
    if let (Some(error), true) = (probe_error, exchange.result.as_ref().is_err_and(is_no_response)) {
        return unreachable(context, error);
    }
    let callback = callback::check(context, &probe.page, &exchange);
    let is_callback_rejected = callback.status == Status::Error;
    let mut findings = sign_in::check(context, exchange.token()).await;
    findings.extend([
        (CheckName::Clock, clock::check(sent_at, received_at, probe.date, messages)),
        (CheckName::DnsAndTls, messages.network_ok.ok(&[context.qq_url()])),
        (CheckName::App, app::check(context, &exchange, is_callback_rejected)),
        (CheckName::Callback, callback),
    ]);
    findings
}

fn is_no_response(error: &QqError) -> bool {
    use TransportError::{Connect, Interrupted, Timeout};
    matches!(error, QqError::Transport(Timeout | Connect(_) | Interrupted(_)))
}

fn unreachable(context: &Context<'_>, error: &QqError) -> Findings {
    let mut findings = all(&context.messages.skipped_unreachable.warning(&[]));
    findings.insert(CheckName::DnsAndTls, network::explain(context, error));
    findings
}

fn all(finding: &Finding) -> Findings {
    use CheckName::{App, Callback, Clock, DnsAndTls, Identity, Profile, Renewal};
    [Clock, DnsAndTls, App, Callback, Identity, Profile, Renewal].map(|name| (name, finding.clone())).into()
}
