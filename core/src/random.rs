//! Random bytes, passed in as a function so that tests can control them.

use std::sync::Arc;

#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the operating system's random number generator failed")]
pub struct RandomError;

/// Fills a buffer with cryptographically secure random bytes.
pub type Random = Arc<dyn Fn(&mut [u8]) -> Result<(), RandomError> + Send + Sync>;

/// The operating system's generator.
pub fn system() -> Random {
    Arc::new(|buffer| getrandom::fill(buffer).map_err(|_| RandomError))
}

pub fn bytes<const N: usize>(random: &Random) -> Result<[u8; N], RandomError> {
    let mut buffer = [0; N];
    random(&mut buffer)?;
    Ok(buffer)
}
