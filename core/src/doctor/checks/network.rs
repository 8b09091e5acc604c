//! Checks the connection to QQ: host name, TCP and TLS.

use crate::doctor::context::Context;
use crate::doctor::finding::Finding;
use crate::doctor::i18n::{Message, Messages};
use crate::qq::{QqError, TransportError};

/// Explains why QQ did not respond.
pub(super) fn explain(context: &Context<'_>, error: &QqError) -> Finding {
    let messages = context.messages;
    let (message, reason) = match error {
        QqError::Transport(TransportError::Timeout) => (messages.network_timeout, ""),
        QqError::Transport(TransportError::Interrupted(reason)) => (messages.network_interrupted, reason.as_str()),
        QqError::Transport(TransportError::Connect(reason)) => (connect_error(reason, messages), reason.as_str()),
        other => return context.qq_error(other),
    };
    let mut finding = message.error(&[context.qq_url(), reason]);
    if let Some(proxy) = &context.config.qq.proxy {
        let advice = messages.network_proxy.error(&[proxy.variable]).advice;
        finding.advice = finding.advice.into_iter().chain(advice).reduce(|all, more| format!("{all} {more}"));
    }
    finding
}

/// Classifies a connection error by its text: reqwest passes on no code of the resolver or rustls.
fn connect_error(reason: &str, messages: &Messages) -> Message {
    let reason = reason.to_ascii_lowercase();
    let has_any = |parts: &[&str]| parts.iter().any(|part| reason.contains(part));
    if has_any(&["lookup", "dns", "name or service", "name resolution", "no such host"]) {
        messages.network_unknown_host
    } else if has_any(&["certificate", "unknownissuer", "handshake", "tls"]) {
        messages.network_certificate
    } else if has_any(&["timed out", "elapsed", "timeout"]) {
        messages.network_timeout
    } else if has_any(&["refused"]) {
        messages.network_refused
    } else {
        messages.network_other
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::i18n::ENGLISH;

    #[test]
    fn connection_errors_are_classified_by_their_text() {
        for (reason, message) in [
            ("failed to lookup address information: Name or service not known", &ENGLISH.network_unknown_host),
            (
                "failed to lookup address information: Temporary failure in name resolution",
                &ENGLISH.network_unknown_host,
            ),
            ("Connection refused (os error 111)", &ENGLISH.network_refused),
            ("invalid peer certificate: UnknownIssuer", &ENGLISH.network_certificate),
            ("invalid peer certificate: certificate expired: verification time 1 (UNIX)", &ENGLISH.network_certificate),
            ("received fatal alert: HandshakeFailure", &ENGLISH.network_certificate),
            ("Connection timed out (os error 110)", &ENGLISH.network_timeout),
            ("operation timed out", &ENGLISH.network_timeout),
            ("deadline has elapsed", &ENGLISH.network_timeout),
            ("Network is unreachable (os error 101)", &ENGLISH.network_other),
        ] {
            assert_eq!(connect_error(reason, ENGLISH).detail, message.detail, "{reason}");
        }
    }
}
