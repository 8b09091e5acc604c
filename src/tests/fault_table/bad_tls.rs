//! QQ behind a connection that cannot be trusted.
//!
//! The trusted certificates are compiled in, so a test server cannot be trusted for one call and not for the
//! next: each scenario fails at its first call. The second test therefore makes each call separately, and the
//! table has a TLS alert as the response to every call.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use qq_login::qq::{Client, ClientConfig, QqError, UserCredentials};
use reqwest::{Method, RequestBuilder};
use secrecy::SecretString;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

use super::runner::{QQ_TIMEOUT_MS, RowCounts, check_other_requests, form_request, send_within_limit};
use crate::support::{Browser, Response, TestSite, options};

/// How the handshake fails.
#[derive(Clone, Copy, Debug)]
enum TlsFault {
    SelfSigned,
    /// The response is not TLS.
    PlainText,
    Close,
    Reset,
    /// The server sends nothing.
    NoResponse,
}

const FAULTS: [TlsFault; 5] =
    [TlsFault::SelfSigned, TlsFault::PlainText, TlsFault::Close, TlsFault::Reset, TlsFault::NoResponse];

/// A QQ at `https://localhost:port`.
struct UntrustedQq {
    url: String,
    connection_count: Arc<watch::Sender<usize>>,
    completed_handshakes: Arc<AtomicUsize>,
}

impl UntrustedQq {
    async fn start(fault: TlsFault) -> UntrustedQq {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let qq = UntrustedQq {
            url: format!("https://localhost:{port}"),
            connection_count: Arc::new(watch::Sender::new(0)),
            completed_handshakes: Arc::default(),
        };
        let (connection_count, completed) = (qq.connection_count.clone(), qq.completed_handshakes.clone());
        let acceptor = acceptor();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                connection_count.send_modify(|count| *count += 1);
                let (acceptor, completed) = (acceptor.clone(), completed.clone());
                tokio::spawn(async move {
                    if shake_hands(fault, stream, &acceptor).await {
                        completed.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
        });
        qq
    }

    fn variables(&self) -> Vec<(String, String)> {
        options([("QQ_GRAPH_URL", &self.url), ("QQ_TIMEOUT_MS", &QQ_TIMEOUT_MS.to_string())])
    }

    fn connection_count(&self) -> usize {
        *self.connection_count.borrow()
    }

    fn completed_handshakes(&self) -> usize {
        self.completed_handshakes.load(Ordering::Relaxed)
    }

    /// A client with a short timeout.
    fn client(&self) -> Client {
        let settings = ClientConfig {
            app_id: "100000001".to_owned(),
            app_key: "canary-app-key".into(),
            graph_url: self.url.parse().expect("a URL"),
            redirect_uri: "https://site.example/login/qq/callback".to_owned(),
            scope: "get_user_info".to_owned(),
            request_unionid: false,
            timeout: Duration::from_secs(1),
            profile_timeout: ClientConfig::PROFILE_TIMEOUT,
            proxy: None,
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

/// Returns whether the handshake completed.
async fn shake_hands(fault: TlsFault, mut stream: TcpStream, acceptor: &TlsAcceptor) -> bool {
    if let TlsFault::SelfSigned = fault {
        return acceptor.accept(stream).await.is_ok();
    }
    let mut hello = vec![0; 4096];
    let has_hello = stream.read(&mut hello).await.is_ok_and(|length| length > 0);
    assert!(has_hello, "{fault:?}: no ClientHello");
    // Errors do not matter: the client may have closed the connection.
    match fault {
        TlsFault::PlainText => drop(stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n").await),
        TlsFault::Reset => stream.set_zero_linger().expect("a connection"),
        TlsFault::NoResponse => drop(stream.read_to_end(&mut hello).await),
        TlsFault::SelfSigned | TlsFault::Close => {}
    }
    false
}

/// The requests of users with one fault.
struct Scenario {
    fault: TlsFault,
    site: TestSite,
    qq: UntrustedQq,
    /// The browser of a signed-in user.
    user: Browser,
    username: String,
}

impl Scenario {
    /// Starts a login and approves it at the sandbox: the browser reaches QQ's pages. Returns the callback.
    async fn authorize(&self, browser: &mut Browser) -> String {
        let authorize_url = browser.start_login(None).await;
        assert!(authorize_url.starts_with(&self.qq.url), "{authorize_url}");
        browser.approve(&authorize_url.replacen(&self.qq.url, &self.site.qq_url, 1), "Ann").await
    }

    /// Sends a request that makes the site connect to QQ. If QQ does not respond, other requests must not wait.
    async fn send(&self, browser: &mut Browser, request: RequestBuilder) -> Response {
        let connections_before = self.qq.connection_count();
        let check_others = matches!(self.fault, TlsFault::NoResponse).then(|| async {
            let mut connection_count = self.qq.connection_count.subscribe();
            connection_count.wait_for(|count| *count > connections_before).await.expect("an open channel");
            check_other_requests(&self.site, &self.user, &["/", "/account"], "NoResponse").await;
        });
        send_within_limit(browser, request, format!("{:?}", self.fault), check_others).await
    }

    async fn expect_failed_login(&self) {
        let fault = self.fault;
        let mut browser = self.site.browser();
        let callback = self.authorize(&mut browser).await;
        let request = browser.request(Method::GET, &callback);
        let response = self.send(&mut browser, request).await;
        assert_eq!((response.status, response.location()), (303, "/login?error=unreachable"), "{fault:?}");
        assert_eq!(browser.session_id(), None, "{fault:?}");
        let page = browser.get(response.location()).await;
        assert!(page.is_login_error_page(), "{fault:?}: {}", page.body);
        assert_eq!(self.qq.connection_count(), 1, "{fault:?}: a code exchange is not retried");
    }

    async fn expect_alert(&mut self, path: &str, text: &str) {
        let fault = self.fault;
        let mut user = self.user.clone();
        let request = form_request(&user, path);
        let response = self.send(&mut user, request).await;
        assert_eq!((response.status, response.location()), (303, "/account"), "{path}, {fault:?}");
        let page = user.get("/account").await;
        assert!(page.status == 200 && page.body.contains(text), "{path}, {fault:?}: {}", page.body);
        assert!(page.body.contains("role=\"alert\"") && page.body.contains("Try again"), "{path}, {fault:?}");
        assert_eq!(page.text_by_test_id("nickname").as_ref(), Some(&self.username), "{path}, {fault:?}");
        self.user = user;
    }
}

#[tokio::test]
async fn s25_s37_untrusted_connection_receives_nothing_and_user_sees_error() {
    let mut site = TestSite::start().await;
    let mut user = site.browser();
    let username = user.register_new_user().await;
    let before = RowCounts::read(&site).await;
    for fault in FAULTS {
        let qq = UntrustedQq::start(fault).await;
        site = site.restart_with(qq.variables()).await;
        user = user.moved_to(&site);
        let mut scenario = Scenario { fault, site, qq, user, username: username.clone() };
        scenario.expect_failed_login().await;
        scenario.expect_alert("/account/renew", "We couldn't renew your QQ authorization").await;
        scenario.expect_alert("/account/portrait", "QQ isn't responding").await;
        assert_eq!(RowCounts::read(&scenario.site).await, before, "{fault:?}");
        assert_eq!(scenario.qq.completed_handshakes(), 0, "{fault:?}");
        (site, user) = (scenario.site, scenario.user);
    }
    site = site.restart_with(vec![]).await;
    user = user.moved_to(&site);
    assert_eq!(user.signed_in_as().await.as_ref(), Some(&username));
    assert_eq!(user.sign_in(&username).await.location(), "/account", "after recovery");
    assert_eq!(site.browser().sign_in("Ann").await.location(), "/register", "after recovery");
    println!("{} cases", 3 * FAULTS.len());
}

#[tokio::test]
async fn s25_untrusted_connection_receives_no_request() {
    let secret = SecretString::from("canary");
    let credentials = UserCredentials { access_token: &secret, openid: "canary" };
    for fault in FAULTS {
        let qq = UntrustedQq::start(fault).await;
        let client = qq.client();
        let errors = [
            ("code exchange", client.exchange_code(&secret).await.err()),
            ("token refresh", client.refresh_token(&secret).await.err()),
            ("me", client.fetch_openid(&secret).await.err()),
            ("get_user_info", client.fetch_user_info(credentials).await.err()),
        ];
        for (call, error) in errors {
            assert!(matches!(error, Some(QqError::Transport(_))), "{call}, {fault:?}: {error:?}");
        }
        assert!(qq.connection_count() >= 4, "{fault:?}: some calls were not made");
        assert_eq!(qq.completed_handshakes(), 0, "{fault:?}");
    }
}
