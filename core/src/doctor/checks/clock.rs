//! Compares this machine's clock with QQ's. Token lifetimes depend on it.

use crate::doctor::finding::Finding;
use crate::doctor::i18n::Messages;

const OK_SECS: u64 = 60;
/// Beyond this, sign-in attempts and short-lived tokens expire too early or too late.
const WARNING_SECS: u64 = 300;

/// Compares the time of QQ's response with the times of this machine before and after the request.
/// All times are in seconds since 1970.
pub(super) fn check(sent_at: i64, received_at: i64, qq_time: Option<i64>, messages: &Messages) -> Finding {
    let Some(qq_time) = qq_time else { return messages.clock_no_date.warning(&[]) };
    let skew_secs = qq_time.abs_diff(qq_time.clamp(sent_at, received_at.max(sent_at)));
    let seconds = skew_secs.to_string();
    match skew_secs {
        0..=OK_SECS => messages.clock_skew.ok(&[&seconds]),
        secs if secs <= WARNING_SECS => messages.clock_skew.warning(&[&seconds]),
        _ => messages.clock_skew.error(&[&seconds]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::i18n::ENGLISH;
    use crate::doctor::report::Status;

    #[test]
    fn skew_over_a_minute_warns_and_over_five_fails() {
        for (qq_time, status, seconds) in [
            (1000, Status::Ok, "0"),
            (1010, Status::Ok, "0"),
            (1070, Status::Ok, "60"),
            (1071, Status::Warning, "61"),
            (940, Status::Ok, "60"),
            (939, Status::Warning, "61"),
            (1310, Status::Warning, "300"),
            (1311, Status::Error, "301"),
            (700, Status::Warning, "300"),
            (699, Status::Error, "301"),
            (i64::MAX, Status::Error, "9223372036854774797"),
        ] {
            let finding = check(1000, 1010, Some(qq_time), ENGLISH);
            assert_eq!(finding.status, status, "{qq_time}");
            assert!(finding.detail.contains(&format!("by {seconds} s")), "{qq_time}: {}", finding.detail);
        }
        assert_eq!(check(0, 0, None, ENGLISH).status, Status::Warning);
        // This machine's clock may be set back during the request.
        assert_eq!(check(1000, 900, Some(1000), ENGLISH).status, Status::Ok);
    }
}
