//! Three instances on one PostgreSQL database behind nginx: one is killed, another is restarted gracefully, while users
//! register.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::support::{Browser, Cluster, Response, tried_instances};

/// How many browsers register users at the same time.
const BROWSERS: usize = 12;
/// How many registrations there are before and after each event, at least.
const REGISTRATIONS: usize = 24;
/// Longer than so many registrations take.
const REGISTRATIONS_TIMEOUT: Duration = Duration::from_secs(120);

/// A registration that was acknowledged.
struct Registered {
    name: String,
    browser: Browser,
    /// The instances that the three requests were passed to.
    instances: BTreeSet<String>,
}

/// A registration that got an unexpected response.
struct Failure {
    name: String,
    browser: Browser,
    step: &'static str,
    status: u16,
    location: String,
    instances: String,
}

/// Expects a redirect to a location with this prefix, from one instance.
fn check(step: &'static str, response: &Response, prefix: &str) -> Result<String, (&'static str, u16, String, String)> {
    let (status, location, instances) = (response.status, response.location(), tried_instances(response));
    if status == 303 && location.starts_with(prefix) {
        return Ok(instances);
    }
    Err((step, status, location.to_owned(), instances))
}

/// Registers a user, or signs in again if the user is registered. nginx itself always responds.
async fn register(mut browser: Browser, name: String) -> Result<Registered, Failure> {
    let mut steps = async || {
        let start = browser.get("/login/qq").await.expect("a response");
        let mut instances = BTreeSet::from([check("start", &start, "http://")?]);
        let callback = browser.approve(start.location(), &name).await.expect("a response");
        let login = browser.get(&callback).await.expect("a response");
        if let Ok(instance) = check("callback", &login, "/account") {
            instances.insert(instance);
            return Ok(instances);
        }
        instances.insert(check("callback", &login, "/register")?);
        let registration = browser.submit_registration(&name).await.expect("a response");
        instances.insert(check("form", &registration, "/account")?);
        Ok(instances)
    };
    match steps().await {
        Ok(instances) => Ok(Registered { name, browser, instances }),
        Err((step, status, location, instances)) => Err(Failure { name, browser, step, status, location, instances }),
    }
}

/// Browsers that register users until they are stopped.
struct Load {
    is_stopping: Arc<AtomicBool>,
    browsers: Vec<JoinHandle<(Vec<Registered>, Vec<Failure>)>>,
    registered: UnboundedReceiver<()>,
}

impl Load {
    fn start(cluster: &Cluster, prefix: &str) -> Load {
        let is_stopping = Arc::<AtomicBool>::default();
        let (sender, registered) = unbounded_channel();
        let start = |number| {
            let prefix = format!("typed-{prefix}-{number}");
            tokio::spawn(register_until_stopped(cluster.browser(), prefix, sender.clone(), is_stopping.clone()))
        };
        Load { browsers: (0..BROWSERS).map(start).collect(), is_stopping, registered }
    }

    /// Returns after some more registrations.
    async fn continue_for_a_while(&mut self) {
        for _ in 0..REGISTRATIONS {
            let registered = timeout(REGISTRATIONS_TIMEOUT, self.registered.recv()).await;
            assert_eq!(registered, Ok(Some(())), "registrations do not go on");
        }
    }

    async fn stop(self) -> (Vec<Registered>, Vec<Failure>) {
        self.is_stopping.store(true, Ordering::Relaxed);
        let (mut acknowledged, mut failed) = (Vec::new(), Vec::new());
        for browser in self.browsers {
            let (registered, failures) = browser.await.expect("registrations");
            acknowledged.extend(registered);
            failed.extend(failures);
        }
        (acknowledged, failed)
    }
}

/// Ends after a second failure too: an event explains one.
async fn register_until_stopped(
    browser: Browser,
    prefix: String,
    sender: UnboundedSender<()>,
    is_stopping: Arc<AtomicBool>,
) -> (Vec<Registered>, Vec<Failure>) {
    let (mut acknowledged, mut failed) = (Vec::new(), Vec::new());
    for number in 0.. {
        if is_stopping.load(Ordering::Relaxed) || failed.len() > 1 {
            break;
        }
        match register(browser.clone(), format!("{prefix}-{number}")).await {
            Ok(registered) => {
                acknowledged.push(registered);
                let _ = sender.send(());
            }
            Err(failure) => failed.push(failure),
        }
    }
    (acknowledged, failed)
}

/// Expects that all users are registered once and still signed in.
async fn check_users(cluster: &Cluster, acknowledged: &mut [Registered]) {
    let mut connection = PgConnection::connect(cluster.database_url()).await.expect("the database");
    let mut number = async |sql: &str| {
        let row: (i64,) = sqlx::query_as(AssertSqlSafe(sql)).fetch_one(&mut connection).await.expect("a number");
        row.0
    };
    for Registered { name, browser, .. } in acknowledged {
        let complete = format!(
            "SELECT COUNT(*) FROM users JOIN open_ids ON open_ids.user_id = users.id \
             JOIN email_addresses ON email_addresses.user_id = users.id \
             WHERE username = '{name}' AND nickname = '{name}' AND email = '{name}@example.com'"
        );
        assert_eq!(number(&complete).await, 1, "the acknowledged user {name}");
        let page = browser.get("/account").await.expect("a response");
        assert!(page.status == 200 && page.body.contains(name.as_str()), "{name}: {} {}", page.status, page.location());
    }
    let incomplete = "SELECT COUNT(*) FROM users WHERE \
                      (SELECT COUNT(*) FROM open_ids WHERE user_id = users.id) <> 1 OR \
                      (SELECT COUNT(*) FROM email_addresses WHERE user_id = users.id) <> 1";
    assert_eq!(number(incomplete).await, 0, "incomplete registrations");
}

fn expect_no_failures(failures: &[Failure]) {
    for Failure { name, step, status, location, instances, .. } in failures {
        println!("{name}: {step} {status} {location} from {instances}");
    }
    assert_eq!(failures.len(), 0, "failures");
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_instance_fails_only_what_it_had_in_flight_and_restarts_fail_nothing() {
    const KILLED: usize = 0;
    const RESTARTED: usize = 1;
    let mut cluster = Cluster::start("three-instances").await;

    let mut load = Load::start(&cluster, "kill");
    load.continue_for_a_while().await;
    cluster.kill_instance(KILLED);
    load.continue_for_a_while().await;
    cluster.start_instance(KILLED).await;
    load.continue_for_a_while().await;
    let (mut acknowledged, failures) = load.stop().await;
    let failed = failures.len();
    assert!(failed <= BROWSERS, "{failed} failures");
    let killed = cluster.address(KILLED);
    let (explained, unexplained): (Vec<_>, Vec<_>) =
        failures.into_iter().partition(|failure| failure.instances.contains(&killed));
    expect_no_failures(&unexplained);
    let mut retries = Vec::new();
    for failure in explained {
        match register(failure.browser, failure.name).await {
            Ok(registered) => acknowledged.push(registered),
            Err(failure) => retries.push(failure),
        }
    }
    expect_no_failures(&retries);

    let mut load = Load::start(&cluster, "restart");
    for _ in 0..2 {
        load.continue_for_a_while().await;
        cluster.stop_instance(RESTARTED).await;
        load.continue_for_a_while().await;
        cluster.start_instance(RESTARTED).await;
    }
    load.continue_for_a_while().await;
    let (registered, failures) = load.stop().await;
    expect_no_failures(&failures);
    acknowledged.extend(registered);

    check_users(&cluster, &mut acknowledged).await;
    let spread = acknowledged.iter().filter(|registered| registered.instances.len() > 1).count();
    assert!(spread > 0, "every login stayed on one instance");
    println!(
        "{} registrations acknowledged, {spread} of them on several instances; {failed} failed with the killed one",
        acknowledged.len()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn sign_out_is_final_on_every_instance() {
    let cluster = Cluster::start("sign-out").await;
    let mut browser = cluster.browser();
    assert_eq!(browser.register("typed-ann").await.expect("a response").location(), "/account");
    let mut stolen = browser.clone();
    assert_eq!(browser.post("/logout", &[]).await.expect("a response").status, 303);
    let mut instances = BTreeSet::new();
    for _ in 0..3 {
        let page = stolen.clone().get("/account").await.expect("a response");
        assert_eq!(page.location(), "/login?next=/account");
        instances.insert(tried_instances(&page));
    }
    assert_eq!(instances.len(), 3, "{instances:?}");
    assert_eq!(stolen.sign_in("typed-ann").await.expect("a response").location(), "/account");
}
