//! TLS for the requests of this program.

use rustls::{ClientConfig, Error, RootCertStore, crypto};

/// TLS 1.2 or 1.3 with Mozilla's roots, so that a container image without certificates works. Names the crypto provider,
/// because the process-wide default may be unset or a different one.
pub(crate) fn client_config() -> Result<ClientConfig, Error> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    Ok(ClientConfig::builder_with_provider(crypto::ring::default_provider().into())
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth())
}
