// A pressed link or button with a second label is busy: it shows that label and ignores further presses.
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

// The browser may show the page again from its back/forward cache. The first time, it was just loaded.
addEventListener("pageshow", () => addEventListener("pageshow", recover), { once: true });

const islands = document.querySelectorAll("leptos-island");

// The page works without the WebAssembly, so a browser that cannot load it reports no error.
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
  document.documentElement.dataset.hydrated = "true";
}

if (islands.length === 0) {
  document.documentElement.dataset.hydrated = "true";
} else if ("requestIdleCallback" in window) {
  requestIdleCallback(hydrate, { timeout: 2_000 });
} else {
  setTimeout(hydrate);
}
