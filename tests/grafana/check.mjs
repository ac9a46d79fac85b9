// Checks dashboards against Grafana's own types: node check.mjs DASHBOARD.json...
//
// Each dashboard becomes a value of the type that Grafana publishes in @grafana/schema, and its panels' options and fields become
// values of the types of their kind. The TypeScript compiler then says what does not fit. NODE_PATH leads to both packages.
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const folders = (process.env.NODE_PATH ?? "").split(path.delimiter);
const packages = folders.find((folder) => folder && fs.existsSync(path.join(folder, "@grafana/schema")));
if (!packages) throw new Error("NODE_PATH has no @grafana/schema: run tests/run");
const ts = createRequire(path.join(packages, "any.js"))("typescript");
const schema = path.join(packages, "@grafana/schema/dist/types");

// In JSON, the value of an enumeration is plain text.
const prelude = `
import type { Dashboard } from "${schema}/index";
import * as heatmap from "${schema}/raw/composable/heatmap/panelcfg/x/types.gen";
import * as stat from "${schema}/raw/composable/stat/panelcfg/x/types.gen";
import * as timeseries from "${schema}/raw/composable/timeseries/panelcfg/x/types.gen";
type Plain<T> = T extends string ? \`\${T}\` : T extends number | boolean | null | undefined ? T
  : T extends (infer U)[] ? Plain<U>[] : T extends object ? { [K in keyof T]: Plain<T[K]> } : T;
`;

// What each kind of panel has beside the fields of all panels.
const kinds = { heatmap: {}, stat: {}, timeseries: { custom: "timeseries.FieldConfig" } };

// The types do not know what the Prometheus data source adds to an annotation.
const ofPrometheus = ["expr", "step", "titleFormat", "textFormat", "useValueForTime"];

function source(dashboard) {
  for (const annotation of dashboard.annotations.list) {
    if (!annotation.expr) throw new Error(`the annotation ${annotation.name} has no query`);
    for (const field of ofPrometheus) delete annotation[field];
  }
  const parts = [prelude, `export const dashboard: Plain<Dashboard> = ${JSON.stringify(dashboard, null, 1)};`];
  dashboard.panels.forEach((panel, at) => {
    if (!(panel.type in kinds)) throw new Error(`${panel.title}: this check does not know panels of the kind ${panel.type}`);
    parts.push(`export const options${at}: Plain<${panel.type}.Options> = ${JSON.stringify(panel.options, null, 1)};`);
    const custom = kinds[panel.type].custom;
    if (custom) parts.push(`export const custom${at}: Plain<${custom}> = ${JSON.stringify(panel.fieldConfig.defaults.custom, null, 1)};`);
  });
  return parts.join("\n");
}

const sources = new Map(process.argv.slice(2).map((file) => [`${file}.ts`, source(JSON.parse(fs.readFileSync(file, "utf8")))]));
const options = { strict: true, noEmit: true, skipLibCheck: true, target: ts.ScriptTarget.ES2022, types: [],
  module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler, baseUrl: packages, paths: { "@grafana/schema": ["@grafana/schema/dist/types/index"] } };
const host = ts.createCompilerHost(options);
const [read, exists] = [host.readFile, host.fileExists];
host.readFile = (file) => sources.get(file) ?? read(file);
host.fileExists = (file) => sources.has(file) || exists(file);
const found = ts.getPreEmitDiagnostics(ts.createProgram([...sources.keys()], options, host));
for (const one of found) {
  const line = one.file ? `${path.basename(one.file.fileName)}:${one.file.text.slice(0, one.start).split("\n").length}` : "";
  console.log(`${line} ${ts.flattenDiagnosticMessageText(one.messageText, " ")}`);
}
process.exit(found.length ? 1 : 0);
