// Shows the Markdown of a chapter as elements. It knows what chapters are made of. Everything else stays text as it is written, and
// nothing of it becomes HTML. An image is shown as its words alone, so that no text makes the browser call another server.

import { h } from "./dom.js";
import { inline, slug } from "./inline.js";
import { Notes, fenceOf } from "./notes.js";
import { isTable, table } from "./table.js";

/** The most quotations within each other that are shown as such. A line may have thousands of `>`. */
const DEEPEST = 8;

/** Returns the elements of a text. The headings of a chapter begin at the third level of the page. */
export function elements(text) {
  const notes = new Notes();
  const found = blocks(notes.take(text.split("\n")), notes, 0);
  return [found, notes.elements()];
}

function blocks(lines, notes, depth) {
  const found = [];
  for (let at = 0; at < lines.length;) {
    const line = lines[at];
    const heading = /^(#{1,6})\s+(.*)$/.exec(line);
    const fence = fenceOf(line);
    if (line.trim() === "") {
      at += 1;
    } else if (fence) {
      const end = lines.findIndex((other, place) => place > at && other.startsWith(fence));
      const stop = end < 0 ? lines.length : end;
      found.push(h("pre", { dir: "auto", tabindex: "0" }, h("code", {}, lines.slice(at + 1, stop).join("\n"))));
      at = stop + 1;
    } else if (heading) {
      const level = Math.min(6, Math.max(3, heading[1].length));
      found.push(h(`h${level}`, { dir: "auto", "data-anchor": slug(heading[2]) }, inline(heading[2], notes)));
      at += 1;
    } else if (/^\s*([-*_])(\s*\1){2,}\s*$/.test(line)) {
      found.push(h("hr"));
      at += 1;
    } else if (isTable(lines, at)) {
      const start = at;
      while (at < lines.length && lines[at].trim() !== "") at += 1;
      found.push(table(lines.slice(start, at), notes));
    } else {
      const start = at;
      do at += 1; while (at < lines.length && goesOn(lines, at));
      found.push(block(lines.slice(start, at), notes, depth));
    }
  }
  return found;
}

/** Returns whether a line belongs to the paragraph before it. */
function goesOn(lines, at) {
  return lines[at].trim() !== "" && !/^(#{1,6}\s|```|~~~)/.test(lines[at]) && !isTable(lines, at);
}

const ITEM = /^\s*(?:[-*+]|\d+[.)])\s+/;

function block(lines, notes, depth) {
  if (depth < DEEPEST && lines.every((line) => line.startsWith(">"))) {
    return h("blockquote", { dir: "auto" }, blocks(lines.map((line) => line.replace(/^>\s?/, "")), notes, depth + 1));
  }
  if (ITEM.test(lines[0])) {
    const items = [];
    for (const line of lines) {
      if (ITEM.test(line)) items.push(line.replace(ITEM, ""));
      else items[items.length - 1] += `\n${line.trim()}`;
    }
    const tag = /^\s*\d/.test(lines[0]) ? "ol" : "ul";
    return h(tag, { dir: "auto" }, items.map((item) => h("li", { dir: "auto" }, inline(item, notes))));
  }
  return h("p", { dir: "auto" }, inline(lines.join("\n"), notes));
}
