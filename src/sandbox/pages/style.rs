//! How the pages look. It stands inside the page, so that nothing has to be fetched.

/// One style sheet for all pages, for light and dark, from a narrow phone upwards.
pub(super) const STYLE: &str = r#"
:root {
  color-scheme: light dark;
  --ground: #f3f5f9; --card: #fff; --ink: #17202c; --soft: #526072; --line: #8592a3;
  --faint: #dfe4eb; --accent: #0a5fa8; --on-accent: #fff; --picked: #e6f1fb;
  --warn: #fff1cc; --on-warn: #4d3800; --bad: #a3160f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #10151c; --card: #1a212b; --ink: #e9eef5; --soft: #a9b6c6; --line: #76859a;
    --faint: #303b49; --accent: #7cc0ff; --on-accent: #06223c; --picked: #1d3550;
    --warn: #453505; --on-warn: #ffe9ad; --bad: #ff9d94;
  }
}
*, *::before, *::after { box-sizing: border-box; }
body {
  margin: 0; background: var(--ground); color: var(--ink); line-height: 1.55;
  font-family: system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans SC", "Noto Sans CJK SC", sans-serif;
  overflow-wrap: anywhere;
}
.banner {
  background: var(--warn); color: var(--on-warn); padding: .6rem 1rem;
  padding-inline: max(1rem, env(safe-area-inset-left)); text-align: center;
  display: flex; flex-wrap: wrap; gap: 0 .75rem; justify-content: center;
}
main { max-width: 30rem; margin: 0 auto; padding: 1.25rem 1rem 3rem; display: grid; gap: 1.25rem; }
main:has(.wide) { max-width: 60rem; }
main > * { min-width: 0; }
h1 { font-size: 1.45rem; line-height: 1.3; margin: .5rem 0 0; }
h2 { font-size: 1.1rem; margin: 0 0 .6rem; }
p { margin: 0; }
.soft { color: var(--soft); font-size: .92rem; }
.card { background: var(--card); border: 1px solid var(--faint); border-radius: .9rem; padding: 1.1rem; }
section.card > * + * { margin-top: .6rem; }
section.card ul { margin-bottom: 0; }
form.card { display: grid; gap: 1.1rem; }
fieldset { border: 0; margin: 0; padding: 0; min-width: 0; display: grid; gap: .5rem; }
legend, .label { font-weight: 600; padding: 0; margin-bottom: .4rem; display: block; }
.person {
  display: flex; align-items: center; gap: .75rem; padding: .5rem .7rem; min-height: 3.25rem;
  border: 1px solid var(--faint); border-radius: .7rem; cursor: pointer;
}
.person:hover { border-color: var(--line); }
.person:has(:checked) { border-color: var(--accent); background: var(--picked); }
.person input { accent-color: var(--accent); width: 1.15rem; height: 1.15rem; flex: none; margin: 0; }
.avatar { width: 40px; height: 40px; border-radius: 50%; flex: none; display: block; }
input[type=text] {
  font: inherit; color: inherit; background: var(--card); width: 100%; min-height: 2.75rem;
  border: 1px solid var(--line); border-radius: .6rem; padding: .4rem .75rem;
}
.hint { margin-bottom: .4rem; }
.actions { display: flex; flex-wrap: wrap; gap: .75rem; }
button, .button {
  font: inherit; font-weight: 600; min-height: 2.75rem; padding: .5rem 1.25rem; cursor: pointer;
  border-radius: .6rem; border: 1px solid var(--accent); color: var(--accent); background: transparent;
  text-decoration: none; display: inline-flex; align-items: center; justify-content: center;
}
.actions > * { flex: 1 1 9rem; }
.primary { background: var(--accent); color: var(--on-accent); }
button.small { min-height: 2rem; padding: .15rem .7rem; font-size: .88rem; font-weight: 400; }
button:hover, .button:hover { filter: brightness(1.1); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.person:has(:focus-visible) { outline: 3px solid var(--accent); outline-offset: 2px; }
.person :focus-visible { outline: none; }
a { color: var(--accent); }
.alert { border-left: .3rem solid var(--bad); }
.wrong { color: var(--bad); font-weight: 600; }
code, pre { font-family: ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace; font-size: .88em; }
pre { margin: 0; padding: .8rem; background: var(--ground); border-radius: .6rem; white-space: pre-wrap; }
dl { margin: 0; display: grid; gap: .1rem .9rem; grid-template-columns: auto minmax(0, 1fr); }
dt { color: var(--soft); } dd { margin: 0; }
ul.people { list-style: none; margin: 0; padding: 0; display: grid; gap: .6rem; }
ul.people li { display: flex; align-items: center; gap: .75rem; }
ul.people li > div { flex: 1; min-width: 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .7rem .4rem 0; border-bottom: 1px solid var(--faint); }
th { color: var(--soft); font-weight: 600; white-space: nowrap; }
td { overflow-wrap: anywhere; min-width: 4rem; }
td.request { min-width: 12rem; }
td.params { min-width: 18rem; }
@media (prefers-reduced-motion: no-preference) { .person { transition: background .12s, border-color .12s; } }
"#;
