// Makes the files that browsers download, in the release form of what `cargo leptos watch` makes. What they are made from
// and for is described once, in Cargo.toml ([[workspace.metadata.leptos]]). This script exists so that cargo-leptos, which
// takes four minutes to compile, is needed for development only.
//
// Needs env.sh: $site_tools_dir, and the tools on PATH.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";

const require = createRequire(join(process.env.site_tools_dir, "package.json"));
// It complains about old data, but the versions are in Cargo.toml.
process.env.BROWSERSLIST_IGNORE_OLD_DATA = "yes";
const browserslist = require("browserslist");
const esbuild = require("esbuild");
const lightningcss = require("lightningcss");

function run(program, ...args) {
  const { status, error } = spawnSync(program, args, { stdio: "inherit" });
  if (status === 0) return;
  console.error(`build-site.mjs: ${program} failed: ${error?.message ?? "see its message above"}`);
  process.exit(1);
}

const metadata = execFileSync("cargo", ["metadata", "--format-version=1", "--no-deps"], { encoding: "utf8" });
const [leptos] = JSON.parse(metadata).metadata.leptos;

function compileModule() {
  const [target, profile, library] = ["wasm32-unknown-unknown", leptos["lib-profile-release"], leptos["lib-package"]];
  run("cargo", "build", "--locked", "--package", library, "--target", target, "--profile", profile);
  return join("target", target, profile, `${library.replaceAll("-", "_")}.wasm`);
}

function writeModule(compiled, output) {
  const bound = `${output}_bg.wasm`;
  run("wasm-bindgen", "--target=web", "--no-typescript", `--out-dir=${dirname(output)}`, `--out-name=${basename(output)}`, compiled);
  run("wasm-opt", "-Oz", "--enable-bulk-memory", "--enable-nontrapping-float-to-int", bound, "-o", `${output}.wasm`);
  rmSync(bound);
  const script = esbuild.transformSync(readFileSync(`${output}.js`, "utf8"), { minify: true, format: "esm" });
  writeFileSync(`${output}.js`, script.code);
}

function writeStyle(output) {
  const filename = leptos["style-file"];
  const targets = lightningcss.browserslistToTargets(browserslist(leptos.browserquery));
  const style = lightningcss.transform({ filename, code: readFileSync(filename), minify: true, targets });
  writeFileSync(`${output}.css`, style.code);
}

/** Writes compressed copies, which the server sends as they are. */
function compress(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const file of files.map(({ parentPath, path, name }) => join(parentPath ?? path, name))) {
    const content = readFileSync(file);
    writeFileSync(`${file}.br`, brotliCompressSync(content));
    writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
  }
}

const site = leptos["site-root"];
const output = join(site, leptos["site-pkg-dir"], leptos["output-name"]);
// First what can fail: until then, the files of an earlier build stay.
const compiled = compileModule();
rmSync(site, { recursive: true, force: true });
cpSync(leptos["assets-dir"], site, { recursive: true });
mkdirSync(dirname(output));
writeModule(compiled, output);
writeStyle(output);
compress(site);
