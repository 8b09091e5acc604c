//! The mails that the site has sent, and the SMTP server that receives them (RFC 5321, without TLS or authentication).

use std::borrow::Cow;
use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use mail_parser::{Address, MessageParser};
use serde::Serialize;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

use super::settings::Clock;

const MAX_MAILS: usize = 100;
/// The limit of one connection.
const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// How long to wait after the operating system refused a connection.
const ACCEPT_RETRY_DELAY: Duration = Duration::from_secs(1);

/// A mail, decoded. Unlike the request log, it shows secrets: links are what mails are for.
#[derive(Clone, Debug, Serialize)]
pub(super) struct ReceivedMail {
    /// Number of the mail since the start.
    pub(super) id: u64,
    /// Arrival in unix seconds.
    pub(super) time: i64,
    pub(super) from: String,
    pub(super) to: Vec<String>,
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) html: String,
}

/// The latest mails. Clones share them.
#[derive(Clone, Default)]
pub struct Mailbox(Arc<Mutex<VecDeque<ReceivedMail>>>);

impl Mailbox {
    /// Returns all mails, newest last.
    pub(super) fn mails(&self) -> Vec<ReceivedMail> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    fn add(&self, time: i64, to: Vec<String>, message: &[u8]) {
        let message = MessageParser::default().parse(message).unwrap_or_default();
        let text = |text: Option<Cow<'_, str>>| text.unwrap_or_default().replace("\r\n", "\n");
        let mut mails = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let id = mails.back().map_or(1, |last| last.id + 1);
        if mails.len() >= MAX_MAILS {
            mails.pop_front();
        }
        mails.push_back(ReceivedMail {
            id,
            time,
            from: message.from().map(display_sender).unwrap_or_default(),
            to,
            subject: message.subject().unwrap_or_default().to_owned(),
            text: text(message.body_text(0)),
            html: text(message.body_html(0)),
        });
    }
}

fn display_sender(from: &Address<'_>) -> String {
    let Some(sender) = from.first() else { return String::new() };
    let address = sender.address().unwrap_or_default();
    sender.name().map_or_else(|| address.to_owned(), |name| format!("{name} <{address}>"))
}

/// Receives mails until it is dropped.
pub async fn receive_mails(listener: TcpListener, mailbox: Mailbox, clock: Clock) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let (mailbox, clock) = (mailbox.clone(), clock.clone());
                tokio::spawn(async move {
                    if let Err(error) = serve_client(stream, &mailbox, &clock).await {
                        tracing::debug!(%error, "SMTP connection to the sandbox ended");
                    }
                });
            }
            Err(error) => {
                tracing::warn!(%error, "the sandbox cannot accept an SMTP connection");
                sleep(ACCEPT_RETRY_DELAY).await;
            }
        }
    }
}

async fn serve_client(stream: TcpStream, mailbox: &Mailbox, clock: &Clock) -> io::Result<()> {
    let (reader, mut writer) = stream.into_split();
    let mut reader = BufReader::new(reader.take(MAX_BYTES));
    writer.write_all(b"220 QQ sandbox\r\n").await?;
    let mut recipients = vec![];
    let mut line = vec![];
    while reader.read_until(b'\n', &mut line).await? > 0 {
        let command = String::from_utf8_lossy(&line).trim().to_owned();
        line.clear();
        let (verb, argument) = command.split_once(' ').unwrap_or((&command, ""));
        let reply = match verb.to_ascii_uppercase().as_str() {
            "EHLO" => "250-QQ sandbox\r\n250 8BITMIME\r\n",
            "RCPT" => {
                recipients.extend(address(argument));
                "250 OK\r\n"
            }
            "DATA" => {
                writer.write_all(b"354 End with a line that is a dot\r\n").await?;
                let message = read_message(&mut reader).await?;
                mailbox.add(clock(), std::mem::take(&mut recipients), &message);
                "250 OK\r\n"
            }
            "HELO" | "MAIL" | "NOOP" => "250 OK\r\n",
            "RSET" => {
                recipients.clear();
                "250 OK\r\n"
            }
            "QUIT" => return writer.write_all(b"221 Bye\r\n").await,
            _ => "502 Unknown command\r\n",
        };
        writer.write_all(reply.as_bytes()).await?;
    }
    Ok(())
}

/// Returns the address in `TO:<ann@example.com>`.
fn address(argument: &str) -> Option<String> {
    let (_, rest) = argument.split_once('<')?;
    rest.split_once('>').map(|(address, _)| address.to_owned())
}

/// Reads up to the line with a dot. A dot that the client has doubled is removed (RFC 5321, section 4.5.2).
async fn read_message(reader: &mut (impl AsyncBufReadExt + Unpin)) -> io::Result<Vec<u8>> {
    let mut message = vec![];
    loop {
        let mut line = vec![];
        if reader.read_until(b'\n', &mut line).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if line.trim_ascii_end() == b"." {
            return Ok(message);
        }
        message.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
}
