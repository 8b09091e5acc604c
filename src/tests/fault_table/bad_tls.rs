//! QQ behind a connection that cannot be trusted. Whom the site trusts is compiled in, so it is all
//! of QQ that lies behind it: whatever is asked first fails.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use reqwest::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use super::lane::press;
use crate::support::{Browser, TestSite, options};

const TIME_LIMIT: Duration = Duration::from_secs(6);

/// How the handshake fails.
#[derive(Clone, Copy, Debug)]
enum Tls {
    /// With a certificate that nobody known has signed.
    SelfSigned,
    /// With an answer that is no TLS.
    PlainText,
    /// The connection ends in it.
    HangUp,
    /// The connection is reset in it.
    Reset,
    /// It never goes on.
    Silence,
}

const KINDS: [Tls; 5] = [Tls::SelfSigned, Tls::PlainText, Tls::HangUp, Tls::Reset, Tls::Silence];

/// A QQ at `https://localhost:port`.
struct BadQq {
    url: String,
    /// How often anybody knocked.
    knocks: Arc<AtomicUsize>,
    /// How often anybody trusted it.
    trusted: Arc<AtomicUsize>,
}

impl BadQq {
    async fn start(kind: Tls) -> BadQq {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let (knocks, trusted) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (counts, acceptor) = ((knocks.clone(), trusted.clone()), acceptor());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counts.0.fetch_add(1, Ordering::Relaxed);
                let (acceptor, trusted) = (acceptor.clone(), counts.1.clone());
                tokio::spawn(async move {
                    if shake_hands(kind, stream, &acceptor).await {
                        trusted.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
        });
        BadQq { url: format!("https://localhost:{port}"), knocks, trusted }
    }

    fn variables(&self) -> Vec<(String, String)> {
        options([("QQ_GRAPH_URL", &self.url), ("QQ_TIMEOUT_MS", "1500")])
    }
}

fn acceptor() -> TlsAcceptor {
    let signed = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let provider = rustls::crypto::ring::default_provider();
    let server = rustls::ServerConfig::builder_with_provider(provider.into())
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![signed.cert.der().clone()], signed.signing_key.into())
        .expect("a certificate");
    TlsAcceptor::from(Arc::new(server))
}

/// Whether the other side trusts us in the end.
async fn shake_hands(kind: Tls, mut stream: TcpStream, acceptor: &TlsAcceptor) -> bool {
    if let Tls::SelfSigned = kind {
        return acceptor.accept(stream).await.is_ok();
    }
    let mut hello = vec![0; 4096];
    let has_come = stream.read(&mut hello).await.is_ok_and(|length| length > 0);
    assert!(has_come, "{kind:?}: there was no hello");
    // Whether that still reaches the other side makes no difference.
    match kind {
        Tls::PlainText => drop(stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n").await),
        Tls::Reset => stream.set_zero_linger().expect("a connection"),
        Tls::Silence => drop(stream.read_to_end(&mut hello).await),
        Tls::SelfSigned | Tls::HangUp => {}
    }
    false
}

/// Comes back from QQ, whose pages the person's browser reaches.
async fn come_back(site: &TestSite, qq: &BadQq, browser: &mut Browser) -> String {
    let authorize_url = browser.leave(None).await;
    assert!(authorize_url.starts_with(&qq.url), "{authorize_url}");
    browser.approve(&authorize_url.replacen(&qq.url, &site.qq, 1), "Ann").await
}

async fn expect_no_sign_in(kind: Tls, site: &TestSite, qq: &BadQq) {
    let mut browser = site.browser();
    let callback = come_back(site, qq, &mut browser).await;
    let request = browser.request(Method::GET, &callback);
    let Ok(answer) = timeout(TIME_LIMIT, browser.send(request)).await else { panic!("sign-in, {kind:?}: too slow") };
    assert_eq!((answer.status, answer.location()), (303, "/login?error=unreachable"), "sign-in, {kind:?}");
    assert_eq!(browser.session_id(), None, "sign-in, {kind:?}");
    let page = browser.get(answer.location()).await;
    let is_told = page.body.contains("role=\"alert\"") && page.body.contains("data-testid=\"login-qq\"");
    assert!(page.status == 200 && is_told, "sign-in, {kind:?}: {}", page.body);
    assert_eq!(qq.knocks.load(Ordering::Relaxed), 1, "sign-in, {kind:?}: an exchange is tried once");
}

async fn expect_told(kind: Tls, person: &mut Browser, username: &str, path: &str, words: &str) {
    let request = press(person, path);
    let Ok(answer) = timeout(TIME_LIMIT, person.send(request)).await else { panic!("{path}, {kind:?}: too slow") };
    assert_eq!((answer.status, answer.location()), (303, "/account"), "{path}, {kind:?}");
    let page = person.get("/account").await;
    assert!(page.status == 200 && page.body.contains(words), "{path}, {kind:?}: {}", page.body);
    assert!(page.body.contains("role=\"alert\"") && page.body.contains("Try again"), "{path}, {kind:?}");
    assert_eq!(page.marked("nickname").as_deref(), Some(username), "{path}, {kind:?}");
}

#[tokio::test]
async fn s25_behind_a_connection_that_cannot_be_trusted_nothing_is_said_and_the_person_is_told() {
    let mut site = TestSite::start().await;
    let mut person = site.browser();
    let username = person.become_somebody().await;
    for kind in KINDS {
        let qq = BadQq::start(kind).await;
        site = site.restart_with(qq.variables()).await;
        person = person.moved_to(&site);
        expect_no_sign_in(kind, &site, &qq).await;
        expect_told(kind, &mut person, &username, "/account/renew", "could not be renewed just now").await;
        expect_told(kind, &mut person, &username, "/account/portrait", "QQ does not answer").await;
        let rows = (site.count("users").await, site.count("open_ids").await, site.count("sessions").await);
        assert_eq!(rows, (1, 1, 1), "{kind:?}");
        assert_eq!(qq.trusted.load(Ordering::Relaxed), 0, "{kind:?}");
    }
    site = site.restart_with(vec![]).await;
    person = person.moved_to(&site);
    assert_eq!(person.signed_in_as().await.as_ref(), Some(&username));
    assert_eq!(person.sign_in(&username).await.location(), "/account", "QQ is well again");
    assert_eq!(site.browser().sign_in("Ann").await.location(), "/register", "QQ is well again");
    println!("{} cells walked", 3 * KINDS.len());
}
