//! The clock: tokens are aged by it, so it has to be near QQ's.

use super::report::Finding;
use super::texts::Texts;

/// Up to this many seconds nobody notices.
const FINE: u64 = 60;
/// Beyond this many, short-lived tokens and sign-in attempts are taken for older than they are.
const BEARABLE: u64 = 300;

/// Compares QQ's time with ours, before and after it was asked.
pub(super) fn judge(before: i64, after: i64, theirs: Option<i64>, texts: &Texts) -> Finding {
    let Some(theirs) = theirs else { return texts.clock_no_date.warning("", "") };
    let difference = theirs.abs_diff(theirs.clamp(before, after.max(before)));
    let seconds = difference.to_string();
    if difference <= FINE {
        texts.clock_good.good(&seconds)
    } else if difference <= BEARABLE {
        texts.clock_off.warning(&seconds, "")
    } else {
        texts.clock_wrong.bad(&seconds, "")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::report::Status;
    use crate::language::Lang;

    #[test]
    fn a_minute_is_fine_and_five_are_too_many() {
        for (theirs, status, seconds) in [
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
            let finding = judge(1000, 1010, Some(theirs), Lang::En.texts());
            assert_eq!(finding.status, status, "{theirs}");
            assert!(finding.detail.contains(&format!("by {seconds} s")), "{theirs}: {}", finding.detail);
        }
        assert_eq!(judge(0, 0, None, Lang::En.texts()).status, Status::Warning);
        // Our clock may be set back while QQ answers.
        assert_eq!(judge(1000, 900, Some(1000), Lang::En.texts()).status, Status::Ok);
    }
}
