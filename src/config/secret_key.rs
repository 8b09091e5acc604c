//! The secret keys: given by the operator, or one made once on a developer's machine.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::parse::{ConfigError, Environment};
use super::public_url::PublicUrl;
use crate::random::{self, Random};
use crate::sealing::{SecretKey, SecretKeys};

/// Where the secret key comes from.
#[derive(Clone, Debug)]
pub enum SecretKeySource {
    /// `SECRET_KEY` itself.
    Given(SecretKeys),
    /// A file that is made if it is not there.
    File(PathBuf),
}

/// Why there is no secret key.
#[derive(Debug, thiserror::Error)]
pub enum SecretKeyError {
    /// The file could not be read or made.
    #[error("the secret key file {path} could not be read or made: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The file holds something else.
    #[error("{0} does not hold a secret key; delete it to have a new one made (everybody is signed out then)")]
    Unreadable(PathBuf),
    /// No key could be drawn.
    #[error(transparent)]
    Random(#[from] random::RandomError),
}

/// How the secret key is kept, looked at without making it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeptKey {
    /// In `SECRET_KEY`.
    Given,
    /// In a file of its owner's alone.
    InFile(PathBuf),
    /// In a file that others on this machine may read or change.
    InOpenFile(PathBuf),
    /// Nowhere yet: the first start makes this file.
    NotMadeYet(PathBuf),
}

impl SecretKeySource {
    pub(super) fn read(
        env: &Environment,
        public_url: &PublicUrl,
        database_url: &str,
    ) -> Result<SecretKeySource, ConfigError> {
        const REMEDY: &str = "use 32 random bytes in base64, as from: openssl rand -base64 32 \
                              (several, to change the key: the new one, a comma, the old one)";
        match env.text("SECRET_KEY") {
            Some(text) => decode_list(&text)
                .map(SecretKeySource::Given)
                .ok_or_else(|| ConfigError::new("SECRET_KEY", "is not 32 bytes in base64".to_owned(), REMEDY)),
            None if public_url.is_loopback() => Ok(SecretKeySource::File(beside_database(database_url))),
            None => Err(ConfigError::new("SECRET_KEY", "is unset".to_owned(), REMEDY)),
        }
    }

    /// Looks whether there is a good key; makes none.
    pub fn inspect(&self) -> Result<KeptKey, SecretKeyError> {
        let path = match self {
            SecretKeySource::Given(_) => return Ok(KeptKey::Given),
            SecretKeySource::File(path) => path,
        };
        let failed = |source| SecretKeyError::File { path: path.clone(), source };
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(KeptKey::NotMadeYet(path.clone())),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                return Err(SecretKeyError::Unreadable(path.clone()));
            }
            Err(error) => return Err(failed(error)),
        };
        decode(text.trim()).ok_or_else(|| SecretKeyError::Unreadable(path.clone()))?;
        let is_open = is_open_to_others(&fs::metadata(path).map_err(failed)?);
        Ok(if is_open { KeptKey::InOpenFile(path.clone()) } else { KeptKey::InFile(path.clone()) })
    }

    /// Gives the keys, making the file (readable by its owner alone) if that is where it belongs.
    pub fn load(&self, random: &Random) -> Result<SecretKeys, SecretKeyError> {
        let path = match self {
            SecretKeySource::Given(keys) => return Ok(keys.clone()),
            SecretKeySource::File(path) => path,
        };
        let failed = |source| SecretKeyError::File { path: path.clone(), source };
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let key: [u8; SecretKey::BYTES] = random::bytes(random)?;
                make_file(path, &STANDARD.encode(key)).map_err(failed)?;
                // Read back: another process that started at the same moment may have been first.
                fs::read_to_string(path).map_err(failed)?
            }
            Err(error) => return Err(failed(error)),
        };
        decode(text.trim()).map(SecretKeys::from).ok_or_else(|| SecretKeyError::Unreadable(path.clone()))
    }
}

/// Whether the file's mode gives anything to anybody but its owner.
#[cfg(unix)]
fn is_open_to_others(file: &fs::Metadata) -> bool {
    std::os::unix::fs::PermissionsExt::mode(&file.permissions()) & 0o077 != 0
}

/// Other systems keep their permissions elsewhere.
#[cfg(not(unix))]
fn is_open_to_others(_: &fs::Metadata) -> bool {
    false
}

fn decode(text: &str) -> Option<SecretKey> {
    STANDARD.decode(text).ok().and_then(SecretKey::from_bytes)
}

/// One key, or several separated by commas: the first seals, all of them open.
fn decode_list(text: &str) -> Option<SecretKeys> {
    let keys: Option<Vec<SecretKey>> = text.split(',').map(|key| decode(key.trim())).collect();
    let mut keys = keys?.into_iter();
    Some(SecretKeys::new(keys.next()?, keys.collect()))
}

fn beside_database(database_url: &str) -> PathBuf {
    const NAME: &str = "qq-login.key";
    let file = database_url.strip_prefix("sqlite://").map(|rest| rest.split('?').next().unwrap_or(rest));
    match file.and_then(|file| Path::new(file).parent()) {
        Some(folder) => folder.join(NAME),
        None => Path::new("data").join(NAME),
    }
}

/// Writes a whole file under another name and gives it its own by a hard link, so that no reader
/// ever sees half a key and the first of several writers wins.
fn make_file(path: &Path, content: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let draft = path.with_extension(format!("key.{}", std::process::id()));
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft)?;
    writeln!(file, "{content}")?;
    file.sync_all()?;
    let linked = fs::hard_link(&draft, path);
    fs::remove_file(&draft)?;
    match linked {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    }
}
