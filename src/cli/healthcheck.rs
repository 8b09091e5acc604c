//! Asks a running instance whether it is ready, for containers that have no other program.

use std::error::Error;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use hyper::client::conn::http1;
use hyper::{Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::CliError;

const TIMEOUT: Duration = Duration::from_secs(5);

/// Why an instance is not ready.
#[derive(Debug, thiserror::Error)]
pub enum HealthcheckError {
    #[error("{0} does not answer: {1}")]
    NoAnswer(SocketAddr, Box<dyn Error>),
    #[error("{0} is not ready: it answers {1}; its log has the reason")]
    NotReady(SocketAddr, StatusCode),
}

/// Requests `/readyz` of the instance that listens on `listen_addr`. Returns the line to print.
pub(super) async fn run(listen_addr: SocketAddr) -> Result<String, CliError> {
    let addr = reachable(listen_addr);
    let status = timeout(TIMEOUT, request_readiness(addr)).await.unwrap_or_else(|error| Err(error.into()));
    let status = status.map_err(|error| HealthcheckError::NoAnswer(addr, error))?;
    if !status.is_success() {
        return Err(HealthcheckError::NotReady(addr, status).into());
    }
    Ok(format!("{addr} is ready\n"))
}

async fn request_readiness(addr: SocketAddr) -> Result<StatusCode, Box<dyn Error>> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(TcpStream::connect(addr).await?)).await?;
    tokio::spawn(connection);
    let request = Request::get("/readyz").header(header::HOST, addr.to_string()).body(String::new())?;
    Ok(sender.send_request(request).await?.status())
}

/// An address that means "all of this machine" cannot be connected to everywhere.
fn reachable(addr: SocketAddr) -> SocketAddr {
    let ip = match addr.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, addr.port())
}
