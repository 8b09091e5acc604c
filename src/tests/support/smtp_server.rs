//! A real SMTP server, `end2end/smtp/server.js`, in a process of its own.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::timeout;

/// How long to wait for an event that has to come.
const EVENT_TIMEOUT: Duration = Duration::from_secs(60);

/// How the server encrypts connections (TLS).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encryption {
    Implicit,
    StartTls,
    None,
}

/// The server. It accepts one user, `login@example.com`.
pub(crate) struct TestSmtpServer {
    process: Child,
    tls: Encryption,
    port: u16,
    /// The certificate for `localhost`, in PEM. It signs itself.
    pub(crate) certificate: String,
    events: mpsc::UnboundedReceiver<Value>,
}

impl Drop for TestSmtpServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl TestSmtpServer {
    pub(crate) const PASSWORD: &str = "canary-p@ss";

    pub(crate) async fn start(tls: Encryption) -> TestSmtpServer {
        TestSmtpServer::start_on(tls, 0).await
    }

    /// Starts a server on a port that another one has left.
    pub(crate) async fn start_on(tls: Encryption, port: u16) -> TestSmtpServer {
        let signed = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
        let certificate = pem("CERTIFICATE", signed.cert.der());
        let mut process = Command::new("node")
            .arg("end2end/smtp/server.js")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node; run scripts/setup.sh test");
        let settings = json!({
            "port": port,
            "tls": match tls { Encryption::Implicit => "implicit", Encryption::StartTls => "starttls", Encryption::None => "none" },
            "key": pem("PRIVATE KEY", signed.signing_key.serialized_der()),
            "cert": certificate,
            "user": "login@example.com",
            "password": TestSmtpServer::PASSWORD,
        });
        writeln!(process.stdin.as_mut().expect("a pipe"), "{settings}").expect("settings sent");
        let (sender, events) = mpsc::unbounded_channel();
        let lines = BufReader::new(process.stdout.take().expect("a pipe")).lines();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let _ = sender.send(serde_json::from_str(&line).expect("JSON"));
            }
        });
        let mut server = TestSmtpServer { process, tls, port, certificate, events };
        let listening = server.next_event("listening").await;
        server.port = listening["port"].as_u64().and_then(|port| port.try_into().ok()).expect("a port");
        server
    }

    /// The value of `SMTP_URL` for this server.
    pub(crate) fn url(&self) -> String {
        self.url_with_password(&TestSmtpServer::PASSWORD.replace('@', "%40"))
    }

    pub(crate) fn url_with_password(&self, password: &str) -> String {
        let (scheme, parameter) = match self.tls {
            Encryption::Implicit => ("smtps", ""),
            Encryption::StartTls => ("smtp", "?tls=required"),
            Encryption::None => ("smtp", ""),
        };
        format!("{scheme}://login%40example.com:{password}@localhost:{}{parameter}", self.port)
    }

    /// Ends the server. Returns its port.
    pub(crate) fn stop(self) -> u16 {
        self.port
    }

    pub(crate) async fn next_event_of_any_kind(&mut self) -> Value {
        let event = timeout(EVENT_TIMEOUT, self.events.recv()).await.expect("an event");
        event.expect("a running SMTP server; run scripts/setup.sh test if it lacks modules")
    }

    /// Waits for the next event, which has to be of this kind.
    pub(crate) async fn next_event(&mut self, kind: &str) -> Value {
        let event = self.next_event_of_any_kind().await;
        assert_eq!(event["event"], kind, "{event}");
        event
    }

    /// Waits for the next mail. Skips authentications.
    pub(crate) async fn next_mail(&mut self) -> Value {
        let auth = self.next_event("auth").await;
        assert_eq!(auth["ok"], true, "{auth}");
        self.next_event("mail").await
    }

    /// Returns the events that have arrived.
    pub(crate) fn events(&mut self) -> Vec<Value> {
        std::iter::from_fn(|| self.events.try_recv().ok()).collect()
    }
}

fn pem(label: &str, der: &[u8]) -> String {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(der))
}
