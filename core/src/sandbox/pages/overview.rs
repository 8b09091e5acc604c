//! The overview page: app, faults, users, and recent requests.

use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;

use super::layout::page;
use crate::language::Lang;
use crate::sandbox::avatar::qq_path;
use crate::sandbox::faults::{Endpoint, PlannedFault};
use crate::sandbox::request_log::LogEntry;
use crate::sandbox::settings::SandboxSettings;
use crate::sandbox::state::Sandbox;
use crate::sandbox::texts::{Texts, texts};
use crate::sandbox::users::{User, Users};

const MAX_CREATED_USERS_SHOWN: usize = 50;
const MAX_REQUESTS_SHOWN: usize = 50;

/// Shows everything except the App Key. `host` is how the client addresses the sandbox.
pub(in crate::sandbox) fn overview(sandbox: &Sandbox, lang: Lang, host: &str) -> Response {
    let texts = texts(lang);
    let now = sandbox.now();
    let state = sandbox.state();
    let latest: Vec<LogEntry> =
        state.log.entries().rev().filter(|entry| is_shown(entry)).take(MAX_REQUESTS_SHOWN).cloned().collect();
    let content = view! {
        <h1 class="wide">{texts.sandbox}</h1>
        <p>{texts.purpose}</p>
        <p><a href="/sandbox/mailbox">{texts.mailbox}</a></p>
        {app_section(texts, sandbox.settings())}
        {faults_section(texts, state.faults.values().copied().collect(), host)}
        {users_section(texts, &state.users)}
        {requests_section(texts, latest, now)}
    };
    page(lang, StatusCode::OK, texts.overview, content)
}

fn app_section(texts: &'static Texts, settings: &SandboxSettings) -> impl IntoView + use<> {
    let callbacks = settings.callbacks.iter().cloned().map(|url| view! { <div><code>{url}</code></div> });
    view! {
        <section class="card">
            <h2>{texts.app}</h2>
            <dl>
                <dt>{texts.app_id}</dt>
                <dd><code>{settings.app_id.clone()}</code></dd>
                <dt>{texts.callbacks}</dt>
                <dd>{callbacks.collect_view()}</dd>
                <dt>{texts.token_lifetime}</dt>
                <dd>{(texts.seconds)(settings.token_ttl_secs)}</dd>
            </dl>
        </section>
    }
}

fn faults_section(texts: &'static Texts, planned: Vec<PlannedFault>, host: &str) -> impl IntoView + use<> {
    let endpoints: Vec<_> = Endpoint::ALL.iter().map(|endpoint| endpoint.name()).collect();
    let commands = format!(
        "curl -X PUT http://{host}/sandbox/faults/token -d '{{\"fault\": \"http_500\", \"times\": 1}}'\n\
         curl -X DELETE http://{host}/sandbox/faults"
    );
    let list = if planned.is_empty() {
        view! { <p>{texts.no_faults}</p> }.into_any()
    } else {
        view! { <ul>{planned.into_iter().map(fault_item).collect_view()}</ul> }.into_any()
    };
    view! {
        <section class="card">
            <h2>{texts.faults}</h2>
            {list}
            <p class="soft">{texts.plan_faults}</p>
            <pre tabindex="0">{commands}</pre>
            <p class="soft">{texts.endpoints}<code>{endpoints.join(" ")}</code></p>
        </section>
    }
}

fn fault_item(planned: PlannedFault) -> impl IntoView {
    let name = format!("{}: {}", planned.endpoint.name(), planned.fault.name());
    view! { <li><code>{name}</code>{format!(" × {}", planned.times)}</li> }
}

fn users_section(texts: &'static Texts, users: &Users) -> impl IntoView + use<> {
    let users = users.samples().iter().chain(users.created_newest_first().take(MAX_CREATED_USERS_SHOWN));
    view! {
        <section class="card">
            <h2>{texts.users}</h2>
            <ul class="users">{users.cloned().map(|user| user_item(texts, user)).collect_view()}</ul>
        </section>
    }
}

fn user_item(texts: &'static Texts, user: User) -> impl IntoView {
    view! {
        <li>
            <img class="avatar" src=qq_path(&user.openid, 100) width="40" height="40" alt="" loading="lazy" />
            <div>
                <div>{user.name.clone()}</div>
                <code class="soft">{user.openid}</code>
            </div>
            <form method="post" action="/sandbox/revoke">
                <input type="hidden" name="user" value=user.name.clone() />
                <button class="small" type="submit" aria-label=(texts.revoke_for)(&user.name)>{texts.revoke}</button>
            </form>
        </li>
    }
}

fn requests_section(texts: &'static Texts, latest: Vec<LogEntry>, now: i64) -> impl IntoView {
    let columns = [texts.time, texts.request, texts.status, texts.fault, texts.params];
    let table = if latest.is_empty() {
        view! { <p>{texts.no_requests}</p> }.into_any()
    } else {
        view! {
            <div class="scroll" tabindex="0" role="region" aria-label=texts.requests>
                <table>
                    <thead>
                        <tr>{columns.map(|name| view! { <th scope="col">{name}</th> }).into_iter().collect_view()}</tr>
                    </thead>
                    <tbody>{latest.into_iter().map(|entry| request_row(texts, entry, now)).collect_view()}</tbody>
                </table>
            </div>
        }
        .into_any()
    };
    view! {
        <section class="card">
            <h2>{texts.requests}</h2>
            {table}
            <p class="soft"><a href="/sandbox/requests">{texts.as_json}</a></p>
        </section>
    }
}

/// Hides successful avatar requests. Each view of the sandbox's own pages makes several of them.
fn is_shown(entry: &LogEntry) -> bool {
    entry.endpoint != "avatar" || entry.status != Some(200) || entry.fault.is_some()
}

fn request_row(texts: &'static Texts, entry: LogEntry, now: i64) -> impl IntoView {
    let params = entry.params.into_iter().map(|(name, value)| {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        view! { <div><code>{format!("{name}={value}")}</code></div> }
    });
    view! {
        <tr>
            <td>{(texts.seconds_ago)(now - entry.time)}</td>
            <td class="request"><code>{format!("{} {}", entry.method, entry.path)}</code></td>
            <td>{entry.status.map_or_else(|| texts.no_response.to_owned(), |status| status.to_string())}</td>
            <td>{entry.fault.map_or("–", |fault| fault.name())}</td>
            <td class="params">{params.collect_view()}</td>
        </tr>
    }
}
