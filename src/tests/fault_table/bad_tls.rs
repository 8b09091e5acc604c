//! QQ behind a connection that cannot be trusted. Whom the site trusts is compiled in, so no stand-in
//! can be trusted for one question and not for the next: a walk fails at what is asked first. So each
//! question is put by itself as well; and in the table, a TLS alert comes in place of every answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use qq_login::qq::{Client, ClientConfig, QqError, UserCredentials};
use reqwest::{Method, RequestBuilder};
use secrecy::SecretString;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsAcceptor;

use super::lane::{QQ_TIMEOUT_MS, Rows, TIME_LIMIT, look_around, press};
use crate::support::{Answer, Browser, TestSite, options};

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
    knocks: Arc<watch::Sender<usize>>,
    /// How often anybody trusted it.
    trusted: Arc<AtomicUsize>,
}

impl BadQq {
    async fn start(kind: Tls) -> BadQq {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let (knocks, trusted) = (Arc::new(watch::Sender::new(0)), Arc::new(AtomicUsize::new(0)));
        let (counts, acceptor) = ((knocks.clone(), trusted.clone()), acceptor());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counts.0.send_modify(|knocks| *knocks += 1);
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
        options([("QQ_GRAPH_URL", &self.url), ("QQ_TIMEOUT_MS", &QQ_TIMEOUT_MS.to_string())])
    }

    fn knocks(&self) -> usize {
        *self.knocks.borrow()
    }

    /// A client of its own. It is in a hurry: nothing here goes well.
    fn client(&self) -> Client {
        let settings = ClientConfig {
            app_id: "100000001".to_owned(),
            app_key: "canary-app-key".into(),
            graph_url: self.url.parse().expect("an address"),
            redirect_uri: "https://site.example/login/qq/callback".to_owned(),
            scope: "get_user_info".to_owned(),
            request_unionid: false,
            timeout: Duration::from_secs(1),
        };
        Client::new(settings).expect("a client")
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

/// A walk: one site after another, each with a QQ that fails in its own way.
struct Walk {
    kind: Tls,
    site: TestSite,
    qq: BadQq,
    /// Somebody who is signed in.
    person: Browser,
    username: String,
}

impl Walk {
    /// Comes back from QQ, whose pages the person's browser reaches.
    async fn come_back(&self, browser: &mut Browser) -> String {
        let authorize_url = browser.leave(None).await;
        assert!(authorize_url.starts_with(&self.qq.url), "{authorize_url}");
        browser.approve(&authorize_url.replacen(&self.qq.url, &self.site.qq, 1), "Ann").await
    }

    /// Sends what makes the site knock at QQ. While QQ is silent, nobody else waits.
    async fn send(&self, browser: &mut Browser, request: RequestBuilder) -> Answer {
        let kind = self.kind;
        let (began, before) = (Instant::now(), self.qq.knocks());
        let mut sender = browser.clone();
        let sent = tokio::spawn(async move { (sender.send(request).await, sender) });
        if let Tls::Silence = kind {
            self.qq.knocks.subscribe().wait_for(|knocks| *knocks > before).await.expect("a listener");
            look_around(&self.site, &self.person, &["/", "/account"], "silence").await;
            assert!(!sent.is_finished(), "{kind:?}: nobody else was to wait for it");
        }
        let Ok(sent) = timeout_at(began + TIME_LIMIT, sent).await else { panic!("{kind:?}: too slow") };
        let (answer, sender) = sent.expect("an answer");
        *browser = sender;
        answer
    }

    async fn expect_no_sign_in(&self) {
        let kind = self.kind;
        let mut browser = self.site.browser();
        let callback = self.come_back(&mut browser).await;
        let request = browser.request(Method::GET, &callback);
        let answer = self.send(&mut browser, request).await;
        assert_eq!((answer.status, answer.location()), (303, "/login?error=unreachable"), "{kind:?}");
        assert_eq!(browser.session_id(), None, "{kind:?}");
        let page = browser.get(answer.location()).await;
        let is_told = page.body.contains("role=\"alert\"") && page.body.contains("data-testid=\"login-qq\"");
        assert!(page.status == 200 && is_told, "{kind:?}: {}", page.body);
        assert_eq!(self.qq.knocks(), 1, "{kind:?}: an exchange is tried once");
    }

    async fn expect_told(&mut self, path: &str, words: &str) {
        let kind = self.kind;
        let mut person = self.person.clone();
        let request = press(&person, path);
        let answer = self.send(&mut person, request).await;
        assert_eq!((answer.status, answer.location()), (303, "/account"), "{path}, {kind:?}");
        let page = person.get("/account").await;
        assert!(page.status == 200 && page.body.contains(words), "{path}, {kind:?}: {}", page.body);
        assert!(page.body.contains("role=\"alert\"") && page.body.contains("Try again"), "{path}, {kind:?}");
        assert_eq!(page.marked("nickname").as_ref(), Some(&self.username), "{path}, {kind:?}");
        self.person = person;
    }
}

#[tokio::test]
async fn s25_s37_behind_a_connection_that_cannot_be_trusted_nothing_is_said_and_the_person_is_told() {
    let mut site = TestSite::start().await;
    let mut person = site.browser();
    let username = person.become_somebody().await;
    let before = Rows::of(&site).await;
    for kind in KINDS {
        let qq = BadQq::start(kind).await;
        site = site.restart_with(qq.variables()).await;
        person = person.moved_to(&site);
        let mut walk = Walk { kind, site, qq, person, username: username.clone() };
        walk.expect_no_sign_in().await;
        walk.expect_told("/account/renew", "We couldn't renew your QQ authorization").await;
        walk.expect_told("/account/portrait", "QQ isn't responding").await;
        assert_eq!(Rows::of(&walk.site).await, before, "{kind:?}");
        assert_eq!(walk.qq.trusted.load(Ordering::Relaxed), 0, "{kind:?}");
        (site, person) = (walk.site, walk.person);
    }
    site = site.restart_with(vec![]).await;
    person = person.moved_to(&site);
    assert_eq!(person.signed_in_as().await.as_ref(), Some(&username));
    assert_eq!(person.sign_in(&username).await.location(), "/account", "QQ is well again");
    assert_eq!(site.browser().sign_in("Ann").await.location(), "/register", "QQ is well again");
    println!("{} cells walked", 3 * KINDS.len());
}

#[tokio::test]
async fn s25_no_question_is_put_through_a_connection_that_cannot_be_trusted() {
    let secret = SecretString::from("canary");
    let who = UserCredentials { access_token: &secret, openid: "canary" };
    for kind in KINDS {
        let qq = BadQq::start(kind).await;
        let client = qq.client();
        let ends = [
            ("a code", client.exchange_code(&secret).await.err()),
            ("a renewal", client.refresh_token(&secret).await.err()),
            ("me", client.fetch_openid(&secret).await.err()),
            ("get_user_info", client.fetch_user_info(who).await.err()),
        ];
        for (question, end) in ends {
            assert!(matches!(end, Some(QqError::Transport(_))), "{question}, {kind:?}: {end:?}");
        }
        assert!(qq.knocks() >= 4, "{kind:?}: each question was to be put");
        assert_eq!(qq.trusted.load(Ordering::Relaxed), 0, "{kind:?}");
    }
}
