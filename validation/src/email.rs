//! Validates email addresses.
//!
//! The rule is that of HTML's `<input type=email>` (WHATWG HTML, "valid email address") and requires a dot in the domain:
//! one plain ASCII address. Full-width `＠`, lists and quoted parts have been used to reach other people's mailboxes
//! (CVE-2022-35924, GHSA-7rqj-j65f-68wh), so they are rejected and not repaired.

use serde::{Deserialize, Serialize};

/// The maximum length of an address (RFC 5321 section 4.5.3.1.3, without the angle brackets).
const MAX_CHARS: usize = 254;
/// The maximum length of the part before the `@` (RFC 5321 section 4.5.3.1.1).
const MAX_LOCAL_CHARS: usize = 64;
/// The maximum length of a label of the domain (RFC 1035 section 2.3.4).
const MAX_LABEL_CHARS: usize = 63;

/// A valid email address, trimmed and in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email(String);

/// Why an email address is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EmailError {
    /// The field is empty.
    Missing,
    /// Not a single address of the form `name@example.com`.
    Malformed,
    /// Longer than mail servers accept.
    TooLong,
}

impl EmailError {
    /// Returns the code by which the browser finds the message.
    pub fn code(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Malformed => "malformed",
            Self::TooLong => "too-long",
        }
    }
}

impl Email {
    /// Trims, validates and lower-cases what the user typed.
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

    /// Returns the address as it is stored.
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
    fn s45_everything_but_one_plain_address_is_rejected() {
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
    fn s45_addresses_longer_than_mail_servers_accept_are_rejected() {
        let local = "a".repeat(MAX_LOCAL_CHARS);
        assert!(Email::parse(&format!("{local}@example.com")).is_ok());
        assert_eq!(Email::parse(&format!("a{local}@example.com")), Err(EmailError::TooLong));
        let domain = format!("{}.com", vec!["d".repeat(60); 4].join("."));
        assert_eq!(Email::parse(&format!("abcdefgh@{domain}")), Err(EmailError::TooLong));
    }
}
