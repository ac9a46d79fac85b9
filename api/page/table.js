// The tables of a text: a row of headings, a row of dashes, and the rows behind it.

import { h } from "./dom.js";
import { inline } from "./inline.js";

const DASHES = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/;

/** Returns whether a table begins at a line. */
export function isTable(lines, at) {
  const dashes = lines[at + 1];
  if (dashes === undefined || !lines[at].includes("|") || !DASHES.test(dashes)) return false;
  return cells(lines[at]).length === cells(dashes).length;
}

/** Makes a table. A wide one is scrolled within its own place. */
export function table([head, dashes, ...rows], notes) {
  const sides = cells(dashes).map((dash) => (dash.endsWith(":") ? (dash.startsWith(":") ? "centre" : "end") : undefined));
  const row = (line, tag) => {
    const texts = cells(line);
    // A heading without words would tell a reader of the screen nothing.
    return h("tr", {}, sides.map((side, at) => h(texts[at] ? tag : "td", { class: side, dir: "auto", scope: texts[at] && tag === "th" && "col" },
      inline(texts[at] ?? "", notes))));
  };
  return h("div", { class: "wide", role: "region", "aria-label": "Table", tabindex: "0" },
    h("table", {}, h("thead", {}, row(head, "th")), h("tbody", {}, rows.map((line) => row(line, "td")))));
}

/** Returns the cells of a row. A `\|` and a `|` within code belong to a cell. */
function cells(line) {
  const parts = [""];
  for (const [part] of line.trim().replace(/^\|/, "").matchAll(/\\.|`[^`]*`|[^]/g)) {
    if (part === "|") parts.push("");
    else parts[parts.length - 1] += part === "\\|" ? "|" : part;
  }
  if (parts.length > 1 && parts.at(-1).trim() === "") parts.pop();
  return parts.map((part) => part.trim());
}
