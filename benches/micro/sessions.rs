//! Storing and loading a session, without HTTP.

use criterion::Criterion;
use qq_login::database::Database;
use qq_login::sealing::{Sealer, SecretKey};
use qq_login::sessions::{NewSession, SessionData, SessionLifetimes, SqlSessionStore};
use qq_login::{clock, random};
use serde_json::json;
use tokio::runtime::Runtime;

pub(crate) fn sessions(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let path = std::env::temp_dir().join(format!("qq-login-micro-sessions-{}.db", std::process::id()));
    let database = runtime.block_on(Database::open(&format!("sqlite://{}", path.display()))).unwrap();
    let key = SecretKey::from_bytes(vec![7; SecretKey::BYTES]).unwrap();
    let sealer = Sealer::new(&key.into(), "session", random::system());
    let lifetimes = SessionLifetimes { idle_secs: 3600, max_secs: 3600 };
    let store = SqlSessionStore::new(database, sealer, clock::system(), lifetimes);
    let id = runtime.block_on(start(&store));

    let mut group = criterion.benchmark_group("session");
    group.bench_function("store", |bencher| bencher.to_async(&runtime).iter(|| start(&store)));
    group.bench_function("load", |bencher| bencher.to_async(&runtime).iter(|| store.exists(id.id())));
}

async fn start(store: &SqlSessionStore) -> NewSession {
    let session = NewSession::generate(&random::system()).unwrap();
    store.start(None, session.id(), &session_data()).await.unwrap();
    session
}

/// A session without an account, which needs no other rows.
fn session_data() -> SessionData {
    let token = json!({
        "access_token": "A24C37E1C89544EB8B42BC0A47C8DA7F",
        "refresh_token": "77B4F2FE6D9D4CFB9B6D0B9B27F4C2A1",
        "obtained_at": 1_800_000_000,
        "lifetime_secs": 7_776_000,
        "refused_at": null,
    });
    let pending = json!({
        "openid": "B08D412EEC4000FFC37CAABBDC1234CC",
        "unionid": null,
        "nickname": "小明",
        "avatar_hash": null,
        "token": token,
        "next": "/account",
        "since": 1_800_000_000,
        "draft": null,
    });
    serde_json::from_value(json!({ "Pending": pending })).unwrap()
}
