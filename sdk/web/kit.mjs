// What the pages and all panels share. Each of these names is a module beside the pages, so that the page has one copy of
// it; `types` says where TypeScript finds it, for a panel that is built elsewhere.
import { existsSync } from "node:fs";
import path from "node:path";

export const here = import.meta.dirname;
/** Beside this file where the kit is installed, at the project's root otherwise. */
export const modules = [path.join(here, "node_modules"), path.join(here, "../../node_modules")].find(existsSync) ?? "";
export const kit = {
  "@hive/web": { entry: path.join(here, "src/index.ts"), types: path.join(here, "src/index.ts") },
  "preact": ofModule("preact", "preact/src/index.d.ts"),
  "preact/compat": ofModule("preact/compat", "preact/compat/src/index.d.ts"),
  "preact/hooks": ofModule("preact/hooks", "preact/hooks/src/index.d.ts"),
  "preact/jsx-runtime": ofModule("preact/jsx-runtime", "preact/jsx-runtime/src/index.d.ts"),
  "@preact/signals": ofModule("@preact/signals", "@preact/signals/dist/signals.d.ts"),
};

function ofModule(entry, types) {
  return { entry, types: path.join(modules, types) };
}

/** Its file beside the pages, without the suffix. */
export function fileOf(name) {
  return `kit-${name.replace("@", "").replaceAll("/", "-")}`;
}

/** What every build of ours says to esbuild. */
export const common = {
  bundle: true,
  minify: true,
  format: "esm",
  target: ["chrome125", "firefox128", "safari17.5"],
  jsx: "automatic",
  jsxImportSource: "preact",
  metafile: true,
  legalComments: "eof",
  logLevel: "warning",
};

/** A rule for make: `target` is stale when one of `files` changed. */
export function rule(target, files) {
  const escape = (name) => name.replaceAll(" ", "\\ ");
  return `${escape(target)}: ${[...files].sort().map(escape).join(" \\\n  ")}\n`;
}
