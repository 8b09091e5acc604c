//! What one instance or a command changes is final on every instance; and a PostgreSQL server that goes away and comes back.

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection};
use url::Url;

use crate::support::{Browser, Cluster, Program, eventually, run_command};

async fn register(cluster: &Cluster, name: &str) -> Browser {
    let mut browser = cluster.browser();
    assert_eq!(browser.register(name).await.expect("a response").location(), "/account", "{name}");
    browser
}

/// Expects that no instance accepts the browser's session.
async fn expect_signed_out(cluster: &Cluster, browser: &Browser) {
    for instance in cluster.instances() {
        let page = browser.via_port(instance.port()).get("/account").await.expect("a response");
        assert_eq!((page.status, page.location()), (303, "/login?next=/account"), "{}", instance.port());
    }
}

async fn is_signed_in(browser: &Browser, instance: &Program) -> bool {
    let page = browser.via_port(instance.port()).get("/account").await.expect("a response");
    page.status == 200
}

#[tokio::test(flavor = "multi_thread")]
async fn s100_blocking_and_deletion_are_final_on_every_instance() {
    let cluster = Cluster::start("final").await;
    let (ann, mut bob) = (register(&cluster, "ann").await, register(&cluster, "bob").await);
    for instance in cluster.instances() {
        assert!(is_signed_in(&ann, instance).await && is_signed_in(&bob, instance).await);
    }

    cluster.run_command(&["users", "block", "ann"]);
    expect_signed_out(&cluster, &ann).await;
    // nginx passes these to the instances in turns.
    for _ in 0..3 {
        assert_eq!(cluster.browser().sign_in("ann").await.expect("a response").location(), "/login?error=blocked");
    }
    cluster.run_command(&["users", "delete", "ann"]);
    assert_eq!(ann.clone().sign_in("ann").await.expect("a response").location(), "/register");

    let stolen = bob.clone();
    assert_eq!(bob.post("/account/delete", &[("account", "bob")]).await.expect("a response").location(), "/");
    expect_signed_out(&cluster, &stolen).await;
    assert_eq!(bob.sign_in("bob").await.expect("a response").location(), "/register");
}

/// A connection to another database of the same server.
async fn connect_beside(cluster: &Cluster) -> PgConnection {
    let mut url = Url::parse(cluster.database_url()).expect("a URL");
    url.set_path("/template1");
    PgConnection::connect(url.as_str()).await.expect("the server")
}

async fn execute(connection: &mut PgConnection, sql: &str) {
    sqlx::query(AssertSqlSafe(sql)).execute(connection).await.expect(sql);
}

async fn wait_for_readiness(cluster: &Cluster, status: u16) -> Vec<String> {
    let mut bodies = Vec::new();
    for instance in cluster.instances() {
        let description = format!("status {status} of /readyz");
        let ready = async || Some(instance.readiness().await).filter(|response| response.status == status);
        bodies.push(eventually(&description, ready).await.body);
    }
    bodies
}

#[tokio::test(flavor = "multi_thread")]
async fn instances_wait_for_a_database_that_goes_away() {
    let cluster = Cluster::start("goes-away").await;
    let ann = register(&cluster, "ann").await;
    let mut server = connect_beside(&cluster).await;
    execute(&mut server, "ALTER DATABASE postgres ALLOW_CONNECTIONS false").await;
    execute(&mut server, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'postgres'").await;

    for body in wait_for_readiness(&cluster, 503).await {
        assert_eq!(body, "the database is unreachable\n");
    }
    for instance in cluster.instances() {
        assert_eq!(instance.browser().get("/healthz").await.expect("a response").status, 200);
        let mut browser = ann.via_port(instance.port());
        assert!(browser.get("/account").await.expect("a response").is_unavailable());
        assert_eq!(browser.get("/").await.expect("a response").status, 503);
    }

    execute(&mut server, "ALTER DATABASE postgres ALLOW_CONNECTIONS true").await;
    wait_for_readiness(&cluster, 200).await;
    for instance in cluster.instances() {
        assert!(is_signed_in(&ann, instance).await, "{}", instance.port());
        for line in ["database unavailable", "database available again"] {
            eventually(line, async || instance.log().contains(line).then_some(())).await;
        }
    }
    register(&cluster, "bob").await;
    assert_eq!(ann.clone().sign_in("ann").await.expect("a response").location(), "/account");
}

/// The server restarts itself after one of its processes was killed, and replays its log.
#[tokio::test(flavor = "multi_thread")]
async fn instances_and_sessions_survive_a_crash_of_the_database_server() {
    let cluster = Cluster::start("crash").await;
    let ann = register(&cluster, "ann").await;
    let mut server = connect_beside(&cluster).await;
    let (pid,): (i32,) = sqlx::query_as("SELECT pg_backend_pid()").fetch_one(&mut server).await.expect("a number");
    run_command(&["kill", "-KILL", &pid.to_string()]);
    eventually("the server has restarted", async || {
        let mut connection = PgConnection::connect(cluster.database_url()).await.ok()?;
        sqlx::query("SELECT 1").execute(&mut connection).await.ok()
    })
    .await;
    for instance in cluster.instances() {
        eventually("the session is found", async || is_signed_in(&ann, instance).await.then_some(())).await;
    }
    wait_for_readiness(&cluster, 200).await;
    eventually("a user registers", async || {
        let response = cluster.browser().register("bob").await.expect("a response");
        (response.location() == "/account").then_some(())
    })
    .await;
}
