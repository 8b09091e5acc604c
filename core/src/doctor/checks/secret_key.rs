//! Checks that the secret key is present, valid and private.

use super::new_file;
use crate::config::{KeyStatus, SecretKeyError, SecretKeySource};
use crate::doctor::finding::Finding;
use crate::doctor::i18n::Messages;

pub(super) fn check(source: &SecretKeySource, messages: &Messages) -> Finding {
    match source.check() {
        Ok(KeyStatus::Configured) => messages.key_in_variable.ok(&[]),
        Ok(KeyStatus::PrivateFile(file)) => messages.key_private.ok(&[&file.to_string_lossy()]),
        Ok(KeyStatus::SharedFile(file)) => messages.key_readable_by_others.warning(&[&file.to_string_lossy()]),
        Ok(KeyStatus::NotCreated(file)) => new_file::check(&file, messages),
        Err(SecretKeyError::Invalid(file)) => messages.key_invalid.error(&[&file.to_string_lossy()]),
        Err(error) => messages.key_unreadable.error(&[&error.to_string()]),
    }
}
