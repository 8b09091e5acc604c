//! Authenticated encryption of cookies and session rows.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use secrecy::{ExposeSecret, SecretSlice};
use sha2::{Digest, Sha256};

use crate::random::{self, Random};

const NONCE_BYTES: usize = 24;

/// 32 secret bytes, from which one key per purpose is derived.
#[derive(Clone, Debug)]
pub struct SecretKey(SecretSlice<u8>);

impl SecretKey {
    pub const BYTES: usize = 32;

    /// Returns `None` unless there are exactly [`Self::BYTES`] bytes.
    pub fn from_bytes(bytes: Vec<u8>) -> Option<SecretKey> {
        (bytes.len() == Self::BYTES).then(|| SecretKey(bytes.into()))
    }
}

/// The current key, and earlier ones that still open what they sealed.
#[derive(Clone, Debug)]
pub struct SecretKeys {
    current: SecretKey,
    earlier: Vec<SecretKey>,
}

impl SecretKeys {
    pub fn new(current: SecretKey, earlier: Vec<SecretKey>) -> SecretKeys {
        SecretKeys { current, earlier }
    }
}

impl From<SecretKey> for SecretKeys {
    fn from(current: SecretKey) -> SecretKeys {
        SecretKeys { current, earlier: vec![] }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum SealError {
    #[error(transparent)]
    Random(#[from] random::RandomError),
    /// Longer than the cipher allows (256 GiB).
    #[error("the message is too long to seal")]
    TooLong,
}

/// Seals and opens messages of one purpose (XChaCha20-Poly1305).
///
/// A message opens only with the same key, purpose and context, so it cannot be moved to another row or cookie.
#[derive(Clone)]
pub struct Sealer {
    cipher: XChaCha20Poly1305,
    earlier: Vec<XChaCha20Poly1305>,
    random: Random,
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer([redacted])")
    }
}

impl Sealer {
    /// Derives the keys for `purpose` (HKDF-SHA256, RFC 5869).
    pub fn new(secrets: &SecretKeys, purpose: &str, random: Random) -> Sealer {
        let cipher = |secret: &SecretKey| {
            let (key, _) = Hkdf::<Sha256>::extract(Some(purpose.as_bytes()), secret.0.expose_secret());
            XChaCha20Poly1305::new(&key)
        };
        Sealer { cipher: cipher(&secrets.current), earlier: secrets.earlier.iter().map(cipher).collect(), random }
    }

    /// Seals `message`, bound to `context`. The result starts with the nonce.
    pub fn seal(&self, context: &[u8], message: &[u8]) -> Result<Vec<u8>, SealError> {
        let nonce: [u8; NONCE_BYTES] = random::bytes(&self.random)?;
        let payload = Payload { msg: message, aad: context };
        let sealed = self.cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| SealError::TooLong)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Returns `None` unless `sealed` comes from [`Self::seal`] with the same context.
    pub fn open(&self, context: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, ciphertext) = sealed.split_first_chunk::<NONCE_BYTES>()?;
        let open = |cipher: &XChaCha20Poly1305| {
            cipher.decrypt(&XNonce::from(*nonce), Payload { msg: ciphertext, aad: context }).ok()
        };
        open(&self.cipher).or_else(|| self.earlier.iter().find_map(open))
    }
}

/// Hashes a secret for lookups in the database: SHA-256 in hexadecimal. Sufficient for secrets of at least 128 random bits,
/// which cannot be guessed.
pub fn fingerprint(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealer(purpose: &str) -> Sealer {
        sealer_with(&[7], purpose)
    }

    fn sealer_with(keys: &[u8], purpose: &str) -> Sealer {
        let mut keys = keys.iter().map(|byte| SecretKey::from_bytes(vec![*byte; SecretKey::BYTES]).expect("32 bytes"));
        let secrets = SecretKeys::new(keys.next().expect("a key"), keys.collect());
        Sealer::new(&secrets, purpose, random::system())
    }

    #[test]
    fn s34_first_key_seals_and_all_keys_open() {
        let before = sealer_with(&[1], "a").seal(b"", b"token").expect("sealed");
        let rotated = sealer_with(&[2, 1], "a");
        assert_eq!(rotated.open(b"", &before).as_deref(), Some(b"token".as_slice()));
        let after = rotated.seal(b"", b"token").expect("sealed");
        assert_eq!(sealer_with(&[1], "a").open(b"", &after), None, "sealed by the first key");
        assert_eq!(sealer_with(&[2], "a").open(b"", &before), None, "a removed key no longer opens");
        assert!(sealer_with(&[3, 2], "a").open(b"", &after).is_some());
    }

    #[test]
    fn s34_message_opens_only_with_same_purpose_and_context() {
        let sealed = sealer("a").seal(b"row 1", b"token").expect("sealed");
        assert_eq!(sealer("a").open(b"row 1", &sealed).as_deref(), Some(b"token".as_slice()));
        assert_eq!(sealer("a").open(b"row 2", &sealed), None);
        assert_eq!(sealer("b").open(b"row 1", &sealed), None);
    }

    #[test]
    fn s34_changed_or_truncated_message_does_not_open() {
        let sealed = sealer("a").seal(b"", b"token").expect("sealed");
        for position in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[position] ^= 1;
            assert_eq!(sealer("a").open(b"", &changed), None);
            assert_eq!(sealer("a").open(b"", &sealed[..position]), None);
        }
    }

    #[test]
    fn s32_s34_sealed_text_hides_the_message_and_debug_hides_the_key() {
        let sealed = sealer("a").seal(b"", b"canary").expect("sealed");
        assert!(!sealed.windows(6).any(|window| window == b"canary"));
        assert!(!format!("{:?}", SecretKey::from_bytes(vec![7; 32])).contains('7'));
    }
}
