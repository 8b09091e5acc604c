//! The secret key: there, whole, and its owner's alone.

use super::folder;
use super::report::Finding;
use super::texts::Texts;
use crate::config::{KeptKey, SecretKeyError, SecretKeySource};

pub(super) fn examine(source: &SecretKeySource, texts: &Texts) -> Finding {
    match source.inspect() {
        Ok(KeptKey::Given) => texts.key_given.good(""),
        Ok(KeptKey::InFile(path)) => texts.key_in_file.good(&path.display().to_string()),
        Ok(KeptKey::InOpenFile(path)) => texts.key_open.warning(&path.display().to_string(), ""),
        Ok(KeptKey::NotMadeYet(path)) => match folder::could_hold(&path) {
            Ok(()) => texts.key_not_made.good(&path.display().to_string()),
            Err(error) => texts.folder_bad.bad(&path.display().to_string(), &error.to_string()),
        },
        Err(SecretKeyError::Unreadable(path)) => texts.key_unusable.bad(&path.display().to_string(), ""),
        Err(SecretKeyError::File { path, source }) => {
            texts.key_unreadable.bad(&path.display().to_string(), &source.to_string())
        }
        Err(SecretKeyError::Random(error)) => texts.key_unreadable.bad("", &error.to_string()),
    }
}
