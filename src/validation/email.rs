//! Which e-mail addresses are allowed.
//!
//! The rule is that of HTML's `<input type=email>` (a valid e-mail address in the WHATWG HTML
//! standard), with a dot required in the domain: one plain ASCII address. Anything cleverer, such
//! as a full-width `＠`, a list or a quoted part, has been a way to reach somebody else's mailbox
//! (CVE-2022-35924, GHSA-7rqj-j65f-68wh), so it is refused rather than repaired.

use serde::{Deserialize, Serialize};

/// The most characters an address may have (RFC 5321 section 4.5.3.1.3, less the brackets).
const MAX_CHARS: usize = 254;
/// The most characters before the `@` (RFC 5321 section 4.5.3.1.1).
const MAX_LOCAL_CHARS: usize = 64;
/// The most characters in one part of the domain (RFC 1035 section 2.3.4).
const MAX_LABEL_CHARS: usize = 63;

/// One e-mail address, trimmed and in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email(String);

/// Why a text is not an e-mail address we take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EmailError {
    /// Nothing was typed.
    Missing,
    /// Not one address of the form name@example.com.
    Malformed,
    /// Longer than mail servers take.
    TooLong,
}

impl EmailError {
    /// Every problem, for those who need a text for each.
    pub const ALL: [EmailError; 3] = [Self::Missing, Self::Malformed, Self::TooLong];

    /// The short name by which server and browser tell each other of this problem.
    pub fn code(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Malformed => "malformed",
            Self::TooLong => "too-long",
        }
    }
}

impl Email {
    /// Reads what a person typed: trims it, checks it and turns it to lower case.
    pub fn parse(typed: &str) -> Result<Email, EmailError> {
        let address = typed.trim();
        if address.is_empty() {
            return Err(EmailError::Missing);
        }
        let (local, domain) = address.split_once('@').ok_or(EmailError::Malformed)?;
        if !is_local_part(local) || !is_domain(domain) {
            return Err(EmailError::Malformed);
        }
        if address.len() > MAX_CHARS || local.len() > MAX_LOCAL_CHARS {
            return Err(EmailError::TooLong);
        }
        Ok(Email(address.to_ascii_lowercase()))
    }

    /// The address as stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_local_part(local: &str) -> bool {
    local.split('.').all(|atom| !atom.is_empty() && atom.bytes().all(is_atom_byte))
}

fn is_atom_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-".contains(&byte)
}

fn is_domain(domain: &str) -> bool {
    domain.contains('.') && domain.split('.').all(is_domain_label)
}

fn is_domain_label(label: &str) -> bool {
    (1..=MAX_LABEL_CHARS).contains(&label.len())
        && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s45_plain_addresses_are_trimmed_and_lower_cased() {
        for (typed, stored) in [
            ("  Ann@Example.COM\n", "ann@example.com"),
            ("a.b+c@mail.example.co", "a.b+c@mail.example.co"),
            ("12345@qq.com", "12345@qq.com"),
        ] {
            assert_eq!(Email::parse(typed).as_ref().map(Email::as_str), Ok(stored));
        }
    }

    #[test]
    fn s45_anything_but_one_plain_address_is_refused() {
        for typed in [
            "plain",
            "@",
            "a@",
            "@b.c",
            "a@b",
            "a@@b.c",
            "a@b@c.d",
            "a@b..c",
            ".a@b.c",
            "a.@b.c",
            "a..b@c.d",
            "a b@c.d",
            "a@b.com,evil@x.y",
            "a@b.com;evil@x.y",
            "a@b.com evil@x.y",
            "Ann <a@b.com>",
            "\"a b\"@c.d",
            "a@b.com\r\nBcc: evil@x.y",
            "a\u{ff20}b.com",
            "a@\u{ff42}.com",
            "\u{212a}ate@b.com",
            "a@\u{212a}.com",
            "a@-b.com",
            "a@b-.com",
            "a@[127.0.0.1]",
            "a\0@b.com",
            "a@b.com.",
        ] {
            assert_eq!(Email::parse(typed), Err(EmailError::Malformed), "{typed:?}");
        }
        for typed in ["", "  ", "\t\n"] {
            assert_eq!(Email::parse(typed), Err(EmailError::Missing), "{typed:?}");
        }
    }

    #[test]
    fn s45_lengths_stop_at_what_mail_servers_take() {
        let local = "a".repeat(MAX_LOCAL_CHARS);
        assert!(Email::parse(&format!("{local}@example.com")).is_ok());
        assert_eq!(Email::parse(&format!("a{local}@example.com")), Err(EmailError::TooLong));
        let domain = format!("{}.com", vec!["d".repeat(60); 4].join("."));
        assert_eq!(Email::parse(&format!("abcdefgh@{domain}")), Err(EmailError::TooLong));
    }
}
