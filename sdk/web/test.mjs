// Unit tests of the pages: node test.mjs --out FOLDER [--filter TEXT]
// Bundles each *.test.ts(x) beside the sources, as they hold JSX, and runs them with node:test.
import { build } from "esbuild";
import { spawnSync } from "node:child_process";
import { globSync, rmSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";

const { values } = parseArgs({ options: { out: { type: "string" }, filter: { type: "string", default: "" } } });
if (!values.out) throw new Error("--out is missing; name the folder to build the tests into");

const here = import.meta.dirname;
const root = path.resolve(here, "../..");
const out = path.resolve(values.out);
const tests = globSync(["sdk/web/src/**/*.test.{ts,tsx}", "plugins/*/web/**/*.test.{ts,tsx}"], { cwd: root })
  .filter((file) => file.includes(values.filter))
  .map((file) => path.join(root, file));
if (tests.length === 0) throw new Error(`no test's path holds ${values.filter}`);
rmSync(out, { recursive: true, force: true });
await build({
  absWorkingDir: here,
  tsconfig: path.join(here, "tsconfig.json"),
  entryPoints: tests,
  outbase: root,
  outdir: out,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node22",
  external: ["jsdom"],
  sourcemap: "inline",
  logLevel: "warning",
});
const made = globSync("**/*.test.mjs", { cwd: out }).map((file) => path.join(out, file));
const { status } = spawnSync(process.execPath, ["--enable-source-maps", "--test", "--test-concurrency=1", ...made], {
  stdio: "inherit",
  cwd: root,
});
process.exit(status ?? 1);
