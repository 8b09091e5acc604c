// Explained in src/web/script.rs.
const { js, wasm } = document.querySelector("script[data-wasm]").dataset;
const root = document.documentElement;

// Busy controls.
const RECOVERS_AFTER_MS = 15_000;
let recovery;

function recover() {
  clearTimeout(recovery);
  document.querySelectorAll("[aria-busy]").forEach((control) => control.removeAttribute("aria-busy"));
}

document.addEventListener("click", (event) => {
  const control = event.target.closest("a, button");
  const opensElsewhere = event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
  if (!control?.querySelector(".when-busy") || opensElsewhere) return;
  if (control.hasAttribute("aria-busy")) {
    event.preventDefault();
    return;
  }
  control.setAttribute("aria-busy", "true");
  clearTimeout(recovery);
  recovery = setTimeout(recover, RECOVERS_AFTER_MS);
});

addEventListener("pageshow", () => addEventListener("pageshow", recover), { once: true });

// Times.
const UNITS = [["day", 86_400], ["hour", 3_600], ["minute", 60], ["second", 1]];

function showTimes() {
  const format = new Intl.DateTimeFormat(root.lang, { dateStyle: "long", timeStyle: "short" });
  for (const time of document.querySelectorAll("time")) {
    const text = format.format(new Date(time.dateTime));
    if ("relative" in time.dataset) time.title = text;
    else time.textContent = text;
  }
  showDistances();
}

function showDistances() {
  const format = new Intl.RelativeTimeFormat(root.lang);
  for (const time of document.querySelectorAll("time[data-relative]")) {
    const seconds = (new Date(time.dateTime) - Date.now()) / 1_000;
    const [unit, length] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? ["second", 1];
    if (seconds <= 0 && unit === "second") continue;
    const parts = format.formatToParts(Math.trunc(seconds / length), unit).map(({ value }) => value.trim());
    const text = parts.join(" ").trim();
    if (time.textContent !== text) time.textContent = text;
  }
  for (const meter of document.querySelectorAll("meter")) {
    const { start, end } = meter.dataset;
    meter.value = (100 * (end - Date.now() / 1_000)) / (end - start);
  }
}

showTimes();
if (document.querySelector("time[data-relative]")) setInterval(showDistances, 1_000);

// Theme and language.
const submitPlainly = new WeakSet();
let sent = Promise.resolve();

function send(form, button, redirect) {
  const body = new URLSearchParams(new FormData(form));
  body.append(button.name, button.value);
  sent = sent.catch(() => {}).then(() => fetch(form.action, { method: "POST", body, redirect, keepalive: redirect === "manual" }));
  return sent;
}

async function chooseTheme(form, button) {
  root.dataset.theme = button.value;
  const response = await send(form, button, "manual");
  if (response.type !== "opaqueredirect") throw response;
  form.querySelectorAll("button").forEach((other) => other.setAttribute("aria-pressed", other === button));
}

async function chooseLanguage(form, button) {
  const response = await send(form, button, "follow");
  const { pathname, search } = new URL(response.url);
  if (pathname + search !== location.pathname + location.search) return location.assign(response.url);
  if (!response.headers.get("content-type")?.startsWith("text/html")) throw response;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  root.lang = page.documentElement.lang;
  document.title = page.title;
  update(document.body, page.body);
  showTimes();
  for (const input of document.querySelectorAll("leptos-island input")) {
    const isJudged = input.value !== input.defaultValue || input.hasAttribute("aria-invalid");
    if (isJudged) input.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }
}

// Makes a node equal to `next`.
function update(node, next) {
  if (node.nodeType !== Node.ELEMENT_NODE) {
    if (node.data !== next.data) node.data = next.data;
    return;
  }
  const isAlive = "hydrated" in root.dataset && node.closest("leptos-island");
  if (isAlive && node.matches("[aria-live]")) return;
  updateAttributes(node, next, isAlive);
  if (node.nodeName === "TEMPLATE") node.innerHTML = next.innerHTML;
  const rest = [...node.childNodes];
  for (const child of [...next.childNodes]) {
    const index = rest.findIndex((other) => other.nodeName === child.nodeName && other.id === child.id);
    if (index < 0) {
      node.insertBefore(child, rest[0] ?? null);
      continue;
    }
    rest.splice(0, index).forEach((gone) => gone.remove());
    update(rest.shift(), child);
  }
  rest.forEach((gone) => gone.remove());
}

function updateAttributes(node, next, isAlive) {
  const isTyped = (name) => name === "value" && node.matches("input:not([type=hidden])");
  for (const { name, value } of next.attributes) {
    if (node.getAttribute(name) !== value && !isTyped(name)) node.setAttribute(name, value);
  }
  for (const { name } of [...node.attributes]) {
    if (!next.hasAttribute(name) && !isTyped(name) && !isAlive) node.removeAttribute(name);
  }
}

const choose = { "/theme": chooseTheme, "/language": chooseLanguage };

document.addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  const chosen = choose[new URL(form.action).pathname];
  if (!chosen || !submitter || submitPlainly.has(form)) return;
  event.preventDefault();
  chosen(form, submitter).catch(() => {
    submitPlainly.add(form);
    form.requestSubmit(submitter);
  });
});

// The end of the session.
const sessionEnded = document.querySelector("template[data-session-ended]");

async function checkSession() {
  if (document.hidden) return;
  const response = await fetch("/api/session").catch(() => null);
  if (!response?.ok) return;
  const isSignedIn = await response.json();
  const notice = document.querySelector("main > [data-testid=session-ended]");
  if (isSignedIn) notice?.remove();
  else if (!notice) {
    const copy = sessionEnded.content.cloneNode(true);
    copy.firstElementChild.setAttribute("role", "alert");
    sessionEnded.after(copy);
  }
}

if (sessionEnded) document.addEventListener("visibilitychange", checkSession);

// Islands.
const islands = document.querySelectorAll("leptos-island");

async function load() {
  const [module, response] = await Promise.all([import(js), fetch(wasm)]);
  await module.default({ module_or_path: response });
  return module;
}

async function hydrate() {
  const module = await load().catch(() => null);
  if (!module) return;
  module.hydrate();
  for (const island of islands) module[island.dataset.component](island);
  root.dataset.hydrated = "true";
}

if (islands.length === 0) root.dataset.hydrated = "true";
else (window.requestIdleCallback ?? setTimeout)(hydrate, { timeout: 2_000 });
