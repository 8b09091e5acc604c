//! The secret keys: set by the operator, or one generated on a developer's machine.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{ConfigError, DatabaseUrl, Environment, PublicUrl};
use crate::random::{self, Random};
use crate::sealing::{SecretKey, SecretKeys};

#[derive(Clone, Debug)]
pub enum SecretKeySource {
    /// `SECRET_KEY`.
    Configured(SecretKeys),
    /// A file, created if it does not exist.
    File(PathBuf),
}

#[derive(Debug, thiserror::Error)]
pub enum SecretKeyError {
    #[error("cannot read or create the secret key file {path}: {source}")]
    File { path: PathBuf, source: io::Error },
    #[error("{0} does not contain a secret key; delete it to generate a new one, which signs out all users")]
    Invalid(PathBuf),
    #[error(transparent)]
    Random(#[from] random::RandomError),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyStatus {
    /// In `SECRET_KEY`.
    Configured,
    /// In a file that only its owner can access.
    PrivateFile(PathBuf),
    /// In a file that other users of this machine can read or write.
    SharedFile(PathBuf),
    /// The first start creates this file.
    NotCreated(PathBuf),
}

impl SecretKeySource {
    pub(super) fn read(
        env: &Environment,
        public_url: &PublicUrl,
        database_url: &DatabaseUrl,
    ) -> Result<SecretKeySource, ConfigError> {
        const REMEDY: &str = "use 32 random bytes in base64, for example from: openssl rand -base64 32 \
                              (to change the key: the new one, a comma, the old one)";
        match env.get("SECRET_KEY")? {
            Some(keys) => decode_keys(&keys)
                .map(SecretKeySource::Configured)
                .ok_or_else(|| ConfigError::new("SECRET_KEY", "is not 32 bytes in base64", REMEDY)),
            None if public_url.is_loopback() => Ok(SecretKeySource::File(path_beside_database(database_url))),
            None => Err(ConfigError::new("SECRET_KEY", "is not set", REMEDY)),
        }
    }

    /// Checks the key without creating it.
    pub fn check(&self) -> Result<KeyStatus, SecretKeyError> {
        let SecretKeySource::File(path) = self else { return Ok(KeyStatus::Configured) };
        if read_key_file(path)?.is_none() {
            return Ok(KeyStatus::NotCreated(path.clone()));
        }
        let metadata = fs::metadata(path).map_err(|source| file_error(path, source))?;
        Ok(if is_shared(&metadata) {
            KeyStatus::SharedFile(path.clone())
        } else {
            KeyStatus::PrivateFile(path.clone())
        })
    }

    /// Returns the keys. Creates the file if necessary, readable only by its owner.
    pub fn load(&self, random: &Random) -> Result<SecretKeys, SecretKeyError> {
        let path = match self {
            SecretKeySource::Configured(keys) => return Ok(keys.clone()),
            SecretKeySource::File(path) => path,
        };
        if let Some(key) = read_key_file(path)? {
            return Ok(key.into());
        }
        let key: [u8; SecretKey::BYTES] = random::bytes(random)?;
        let suffix = u64::from_ne_bytes(random::bytes(random)?);
        create_key_file(path, suffix, &STANDARD.encode(key)).map_err(|source| file_error(path, source))?;
        // Another process may have created the file first.
        let key = read_key_file(path)?.ok_or_else(|| file_error(path, io::ErrorKind::NotFound.into()))?;
        Ok(key.into())
    }
}

/// Returns `None` if the file does not exist.
fn read_key_file(path: &Path) -> Result<Option<SecretKey>, SecretKeyError> {
    match fs::read_to_string(path) {
        Ok(text) => decode_key(text.trim()).map(Some).ok_or_else(|| SecretKeyError::Invalid(path.to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Err(SecretKeyError::Invalid(path.to_owned())),
        Err(error) => Err(file_error(path, error)),
    }
}

fn file_error(path: &Path, source: io::Error) -> SecretKeyError {
    SecretKeyError::File { path: path.to_owned(), source }
}

#[cfg(unix)]
fn is_shared(file: &fs::Metadata) -> bool {
    std::os::unix::fs::PermissionsExt::mode(&file.permissions()) & 0o077 != 0
}

#[cfg(not(unix))]
fn is_shared(_: &fs::Metadata) -> bool {
    false
}

fn decode_key(text: &str) -> Option<SecretKey> {
    STANDARD.decode(text).ok().and_then(SecretKey::from_bytes)
}

/// Decodes keys separated by commas: the first one seals, and all of them open.
fn decode_keys(text: &str) -> Option<SecretKeys> {
    let keys: Option<Vec<SecretKey>> = text.split(',').map(|key| decode_key(key.trim())).collect();
    let mut keys = keys?.into_iter();
    Some(SecretKeys::new(keys.next()?, keys.collect()))
}

fn path_beside_database(database_url: &DatabaseUrl) -> PathBuf {
    database_url.file().and_then(Path::parent).unwrap_or(Path::new("data")).join("qq-login.key")
}

/// Writes a temporary file and hard-links it to `path`: readers never see half a key, and the first of several writers
/// wins. `suffix` is random, since programs in different containers can have the same process id.
fn create_key_file(path: &Path, suffix: u64, content: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let temporary = path.with_extension(format!("key.{suffix:016x}"));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&temporary)?;
    writeln!(file, "{content}")?;
    file.sync_all()?;
    let linked = fs::hard_link(&temporary, path);
    fs::remove_file(&temporary)?;
    match linked {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    }
}
