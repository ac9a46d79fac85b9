// Parses an AsyncAPI document and prints what is wrong with it.
const { readFileSync } = require("node:fs");
const { Parser } = require("@asyncapi/parser");

/** Severities go from 0 to 3. From this one on, they are advice, for example to use a newer version of AsyncAPI. */
const WARNING = 2;

async function main(source) {
  const { document, diagnostics } = await new Parser().parse(readFileSync(source, "utf8"), { source });
  const errors = diagnostics.filter(({ severity }) => severity < WARNING);
  for (const { path, message } of errors) console.error(`${path.join(".")}: ${message}`);
  if (!document || errors.length > 0) process.exitCode = 1;
}

main(process.argv[2]);
