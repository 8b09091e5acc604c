//! What a check found, in the operator's language.

use std::collections::BTreeMap;

use super::report::{CheckName, Status};

/// The result of one check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) status: Status,
    pub(super) detail: String,
    pub(super) advice: Option<String>,
    /// QQ's return code.
    pub(super) code: Option<i64>,
}

impl Finding {
    /// Empty advice means that there is nothing to fix.
    pub(super) fn new(status: Status, detail: String, advice: String) -> Finding {
        let advice = Some(advice).filter(|advice| !advice.is_empty());
        Finding { status, detail, advice, code: None }
    }
}

/// The results by check, sorted in the order of the report.
pub(super) type Findings = BTreeMap<CheckName, Finding>;
