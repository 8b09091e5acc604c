//! The way to QQ: name, connection, certificate.

use super::consultation::Consultation;
use super::report::Finding;
use super::texts::{Said, Texts};
use crate::qq::{QqError, TransportError};

/// QQ answered something, whatever it was.
pub(super) fn answered(consultation: &Consultation<'_>) -> Finding {
    let texts = consultation.texts();
    let said = if consultation.is_stand_in { &texts.reach_good } else { &texts.reach_good_tls };
    said.good(consultation.qq_address())
}

/// QQ answered nothing.
pub(super) fn judge(consultation: &Consultation<'_>, error: &QqError) -> Finding {
    let texts = consultation.texts();
    let (said, words) = match error {
        QqError::Transport(TransportError::Timeout) => (&texts.reach_timeout, ""),
        QqError::Transport(TransportError::Interrupted(words)) => (&texts.reach_broken, words.as_str()),
        QqError::Transport(TransportError::Connect(words)) => (kind(words, texts), words.as_str()),
        other => return consultation.error(other),
    };
    said.bad(consultation.qq_address(), words)
}

/// The libraries tell what went wrong in words only: the system's for names and connections,
/// those of rustls for certificates.
fn kind<'a>(words: &str, texts: &'a Texts) -> &'a Said {
    let words = words.to_ascii_lowercase();
    let says = |any: &[&str]| any.iter().any(|part| words.contains(part));
    if says(&["lookup", "dns", "name or service", "name resolution", "no such host"]) {
        &texts.reach_name
    } else if says(&["certificate", "unknownissuer", "handshake", "tls"]) {
        &texts.reach_certificate
    } else if says(&["timed out", "elapsed", "timeout"]) {
        &texts.reach_timeout
    } else if says(&["refused"]) {
        &texts.reach_refused
    } else {
        &texts.reach_other
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Lang;

    #[test]
    fn the_libraries_words_are_understood() {
        let texts = Lang::En.texts();
        for (words, said) in [
            ("failed to lookup address information: Name or service not known", &texts.reach_name),
            ("failed to lookup address information: Temporary failure in name resolution", &texts.reach_name),
            ("Connection refused (os error 111)", &texts.reach_refused),
            ("invalid peer certificate: UnknownIssuer", &texts.reach_certificate),
            ("invalid peer certificate: certificate expired: verification time 1 (UNIX)", &texts.reach_certificate),
            ("received fatal alert: HandshakeFailure", &texts.reach_certificate),
            ("Connection timed out (os error 110)", &texts.reach_timeout),
            ("operation timed out", &texts.reach_timeout),
            ("deadline has elapsed", &texts.reach_timeout),
            ("Network is unreachable (os error 101)", &texts.reach_other),
        ] {
            assert_eq!(kind(words, texts).detail, said.detail, "{words}");
        }
    }
}
