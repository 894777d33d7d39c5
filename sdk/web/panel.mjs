// Builds a plugin's panel into one module, which takes from the page what the page has (kit.mjs):
//   node panel.mjs --out FILE.js --depfile FILE.d [--plugin FILE.so --host HIVE-C0RE] PANEL.tsx
// With --plugin its types are checked too, against what the built plugin gives the page.
import { build } from "esbuild";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { common, fileOf, here, kit, modules, rule } from "./kit.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: "string" },
    depfile: { type: "string" },
    plugin: { type: "string" },
    host: { type: "string" },
  },
});
const [panel] = positionals.map((file) => path.resolve(file));
if (!panel || !values.out || !values.depfile) throw new Error("give --out FILE.js, --depfile FILE.d and the panel's source");

const fromPage = {
  name: "from the page",
  setup: (esbuild) =>
    esbuild.onResolve({ filter: /^[^./]/ }, ({ path: name }) => (kit[name] ? { path: `./${fileOf(name)}.js`, external: true } : undefined)),
};

/** The panel with all that it imports, and the plugin's own types beside those of the kit. */
function checkTypes(folder) {
  const wire = path.join(folder, "wire.ts");
  mkdirSync(folder, { recursive: true });
  writeFileSync(wire, execFileSync(values.host, ["wire", "--plugin", values.plugin], { encoding: "utf8" }));
  const paths = Object.fromEntries(Object.entries(kit).map(([name, { types }]) => [name, [types]]));
  paths["@hive/web/wire"] = [path.join(here, "src/wire.ts")];
  const config = { extends: path.join(here, "tsconfig.json"), compilerOptions: { types: [], paths }, files: [panel, wire], include: [] };
  const file = path.join(folder, "tsconfig.json");
  writeFileSync(file, JSON.stringify(config, null, 2));
  const { status } = spawnSync(process.execPath, [path.join(modules, "typescript/bin/tsc"), "-p", file], { stdio: "inherit" });
  if (status !== 0) process.exit(1);
}

if (values.plugin) checkTypes(path.resolve(`${values.depfile}.types`));
const { metafile } = await build({ ...common, absWorkingDir: path.dirname(panel), entryPoints: [panel], outfile: path.resolve(values.out), plugins: [fromPage], tsconfigRaw: {} });
writeFileSync(values.depfile, rule(values.out, Object.keys(metafile.inputs).map((file) => path.resolve(path.dirname(panel), file))));
