//! The secret key: given by the operator, or made once on a developer's machine.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::parse::{ConfigError, Environment};
use super::public_url::PublicUrl;
use crate::random::{self, Random};
use crate::sealing::SecretKey;

/// Where the secret key comes from.
#[derive(Clone, Debug)]
pub enum SecretKeySource {
    /// `SECRET_KEY` itself.
    Given(SecretKey),
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
    Random(#[from] random::NoRandomness),
}

impl SecretKeySource {
    pub(super) fn read(
        env: &Environment,
        public_url: &PublicUrl,
        database_url: &str,
    ) -> Result<SecretKeySource, ConfigError> {
        const REMEDY: &str = "use 32 random bytes in base64, as from: openssl rand -base64 32";
        match env.text("SECRET_KEY") {
            Some(text) => decode(&text)
                .map(SecretKeySource::Given)
                .ok_or_else(|| ConfigError::new("SECRET_KEY", "is not 32 bytes in base64".to_owned(), REMEDY)),
            None if public_url.is_loopback() => Ok(SecretKeySource::File(beside_database(database_url))),
            None => Err(ConfigError::new("SECRET_KEY", "is unset".to_owned(), REMEDY)),
        }
    }

    /// Gives the key, making the file (readable by its owner alone) if that is where it belongs.
    pub fn load(&self, random: &Random) -> Result<SecretKey, SecretKeyError> {
        let path = match self {
            SecretKeySource::Given(key) => return Ok(key.clone()),
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
        decode(text.trim()).ok_or_else(|| SecretKeyError::Unreadable(path.clone()))
    }
}

fn decode(text: &str) -> Option<SecretKey> {
    STANDARD.decode(text).ok().and_then(SecretKey::from_bytes)
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
