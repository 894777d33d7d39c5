// Builds the pages: node build.mjs --out FOLDER [--depfile FILE --stamp FILE]
//
// The files refer to each other by bare names, so they can be served under any address: the pages say
// /assets/, and the modules find each other beside themselves. kit-NAME.js is what panels import (kit.mjs).
import { build } from "esbuild";
import { copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { common, fileOf, here, kit, rule } from "./kit.mjs";

const { values } = parseArgs({
  options: {
    out: { type: "string" },
    depfile: { type: "string" },
    stamp: { type: "string" },
  },
});
if (!values.out) throw new Error("--out is missing; name the folder to build into");

const out = path.resolve(values.out);
const read = new Set();

async function bundle(entryPoints, options = {}) {
  const places = { absWorkingDir: here, tsconfig: path.join(here, "tsconfig.json"), outdir: out, entryNames: "[name]", chunkNames: "chunk-[hash]" };
  const { metafile } = await build({ ...common, ...places, entryPoints, ...options });
  for (const input of Object.keys(metafile.inputs)) read.add(path.resolve(here, input));
}

async function copy(source) {
  const file = path.join(here, source);
  read.add(file);
  await copyFile(file, path.join(out, path.basename(source)));
}

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });

const entries = { dashboard: "src/shell/dashboard.tsx", agent: "src/agent/page.tsx", open: "src/shell/open.ts" };
for (const [name, { entry }] of Object.entries(kit)) entries[fileOf(name)] = entry;
// By itself: a worker that shares files with the pages would be another one whenever a page changes.
await bundle({ "feed-worker": "src/feed/worker.ts" });
await bundle(entries, { splitting: true });
await bundle({ style: "css/style.css" });
for (const file of ["css/icon.svg", "pages/dashboard.html", "pages/agent.html", "pages/open.html"]) await copy(file);

if (values.depfile && values.stamp) {
  await writeFile(values.depfile, rule(values.stamp, read));
  await writeFile(values.stamp, "");
}
