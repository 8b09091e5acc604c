//! A minimal keep-alive HTTP client. It shares the cores with the server under test, so it has to be cheap.

use std::net::SocketAddr;

use anyhow::{Context, Result, bail, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const MAX_HEADERS: usize = 64;

/// A connection to one server, opened when needed.
pub(crate) struct Connection {
    address: SocketAddr,
    stream: Option<TcpStream>,
    buffer: Vec<u8>,
}

/// The parts of a response that a login depends on.
#[derive(Debug, Default)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) location: Option<String>,
    /// The values of `Set-Cookie`.
    pub(crate) cookies: Vec<String>,
    pub(crate) body: Vec<u8>,
}

impl Connection {
    pub(crate) fn new(address: SocketAddr) -> Connection {
        Connection { address, stream: None, buffer: Vec::with_capacity(32 * 1024) }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Sends a complete request and reads the response.
    pub(crate) async fn send(&mut self, request: &[u8]) -> Result<Response> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => connect(self.address).await?,
        };
        stream.write_all(request).await.context("sending the request")?;
        self.buffer.clear();
        let (head_bytes, head) = loop {
            if let Some(parsed) = parse_head(&self.buffer)? {
                break parsed;
            }
            read_more(&mut stream, &mut self.buffer).await?;
        };
        while self.buffer.len() < head_bytes + head.body_bytes {
            read_more(&mut stream, &mut self.buffer).await?;
        }
        if !head.is_last {
            self.stream = Some(stream);
        }
        Ok(Response { body: self.buffer.split_off(head_bytes), ..head.response })
    }
}

async fn connect(address: SocketAddr) -> Result<TcpStream> {
    let stream = TcpStream::connect(address).await.context("connecting")?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

async fn read_more(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Result<()> {
    let count = stream.read_buf(buffer).await.context("reading the response")?;
    ensure!(count > 0, "the connection was closed");
    Ok(())
}

struct Head {
    response: Response,
    body_bytes: usize,
    /// Whether the server closes the connection after this response.
    is_last: bool,
}

/// Returns the head and its length, or `None` if it is incomplete.
fn parse_head(bytes: &[u8]) -> Result<Option<(usize, Head)>> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut parsed = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(head_bytes) = parsed.parse(bytes).context("parsing the response")? else {
        return Ok(None);
    };
    let response = Response { status: parsed.code.unwrap_or_default(), ..Response::default() };
    let mut head = Head { response, body_bytes: 0, is_last: false };
    for header in parsed.headers.iter() {
        let value = || String::from_utf8_lossy(header.value).into_owned();
        match header.name.len() {
            8 if is(header, "location") => head.response.location = Some(value()),
            10 if is(header, "set-cookie") => head.response.cookies.push(value()),
            10 if is(header, "connection") => head.is_last = value().eq_ignore_ascii_case("close"),
            14 if is(header, "content-length") => head.body_bytes = value().parse().context("Content-Length")?,
            17 if is(header, "transfer-encoding") => bail!("the response is chunked"),
            _ => {}
        }
    }
    Ok(Some((head_bytes, head)))
}

fn is(header: &httparse::Header<'_>, name: &str) -> bool {
    header.name.eq_ignore_ascii_case(name)
}
