// Builds the pages: node build.mjs --out FOLDER [--depfile FILE --stamp FILE] [--panel PLUGIN=FILE]…
//
// The files refer to each other by bare names, so they can be served under any address: the pages say
// /assets/, and the modules find each other beside themselves. panel-PLUGIN.js is the plugin's module.
import { build } from "esbuild";
import { copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    out: { type: "string" },
    depfile: { type: "string" },
    stamp: { type: "string" },
    panel: { type: "string", multiple: true, default: [] },
  },
});
if (!values.out) throw new Error("--out is missing; name the folder to build into");

const here = import.meta.dirname;
const out = path.resolve(values.out);
const read = new Set();

const common = {
  absWorkingDir: here,
  tsconfig: path.join(here, "tsconfig.json"),
  outdir: out,
  bundle: true,
  minify: true,
  format: "esm",
  target: ["chrome125", "firefox128", "safari17.5"],
  entryNames: "[name]",
  chunkNames: "chunk-[hash]",
  metafile: true,
  legalComments: "eof",
  logLevel: "warning",
};

async function bundle(entryPoints, options = {}) {
  const { metafile } = await build({ ...common, entryPoints, ...options });
  for (const input of Object.keys(metafile.inputs)) read.add(path.resolve(here, input));
}

async function copy(source) {
  const file = path.join(here, source);
  read.add(file);
  await copyFile(file, path.join(out, path.basename(source)));
}

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });

const panels = Object.fromEntries(
  values.panel.map((words) => {
    const [plugin, file] = words.split("=");
    if (!/^[a-z][a-z0-9_-]*$/.test(plugin ?? "") || !file) throw new Error(`--panel ${words} is not PLUGIN=FILE`);
    return [plugin, path.resolve(file)];
  }),
);
const entries = { dashboard: "src/shell/dashboard.tsx", agent: "src/agent/page.tsx", open: "src/shell/open.ts" };
for (const [plugin, file] of Object.entries(panels)) entries[`panel-${plugin}`] = file;
// By itself: a worker that shares files with the pages would be another one whenever a page changes.
await bundle({ "feed-worker": "src/feed/worker.ts" });
await bundle(entries, { splitting: true });
await bundle({ style: "css/style.css" });
for (const file of ["css/icon.svg", "pages/dashboard.html", "pages/agent.html", "pages/open.html"]) await copy(file);

if (values.depfile && values.stamp) {
  const escape = (name) => name.replaceAll(" ", "\\ ");
  await writeFile(values.depfile, `${escape(values.stamp)}: ${[...read].sort().map(escape).join(" \\\n  ")}\n`);
  await writeFile(values.stamp, "");
}
