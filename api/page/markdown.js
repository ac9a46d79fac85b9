// Shows the Markdown of a chapter as elements. It knows what chapters are made of. Everything else stays text as it is written,
// and nothing of it becomes HTML, a link or an image.

import { h } from "./dom.js";

/** Returns the elements of a text. The headings of a chapter begin at the third level of the page. */
export function elements(text) {
  const found = [];
  const lines = text.split("\n");
  for (let at = 0; at < lines.length;) {
    const line = lines[at];
    const heading = /^(#{1,6})\s+(.*)$/.exec(line);
    const fence = /^(```+|~~~+)/.exec(line);
    if (line.trim() === "") {
      at += 1;
    } else if (fence) {
      const end = lines.findIndex((other, place) => place > at && other.startsWith(fence[1]));
      const stop = end < 0 ? lines.length : end;
      found.push(h("pre", { dir: "auto", tabindex: "0" }, h("code", {}, lines.slice(at + 1, stop).join("\n"))));
      at = stop + 1;
    } else if (heading) {
      const level = Math.min(6, Math.max(3, heading[1].length));
      found.push(h(`h${level}`, { dir: "auto" }, ...inline(heading[2])));
      at += 1;
    } else if (/^\s*([-*_])(\s*\1){2,}\s*$/.test(line)) {
      found.push(h("hr"));
      at += 1;
    } else {
      const start = at;
      while (at < lines.length && lines[at].trim() !== "" && (at === start || !/^(#{1,6}\s|```|~~~)/.test(lines[at]))) at += 1;
      found.push(block(lines.slice(start, at)));
    }
  }
  return found;
}

const ITEM = /^\s*(?:[-*+]|\d+[.)])\s+/;

function block(lines) {
  if (lines.every((line) => line.startsWith(">"))) {
    return h("blockquote", { dir: "auto" }, ...elements(lines.map((line) => line.replace(/^>\s?/, "")).join("\n")));
  }
  if (ITEM.test(lines[0])) {
    const items = [];
    for (const line of lines) {
      if (ITEM.test(line)) items.push(line.replace(ITEM, ""));
      else items[items.length - 1] += `\n${line.trim()}`;
    }
    const tag = /^\s*\d/.test(lines[0]) ? "ol" : "ul";
    return h(tag, { dir: "auto" }, ...items.map((item) => h("li", { dir: "auto" }, ...inline(item))));
  }
  return h("p", { dir: "auto" }, ...inline(lines.join("\n")));
}

function inline(text) {
  const found = [];
  const marks = /(`+)(.+?)\1|\*\*(?=\S)(.+?)\*\*|\*(?=\S)([^*]+?)\*|\\([!-/:-@[-`{-~])/gs;
  let from = 0;
  for (const mark of text.matchAll(marks)) {
    found.push(text.slice(from, mark.index));
    if (mark[2] !== undefined) found.push(h("code", {}, mark[2]));
    else if (mark[3] !== undefined) found.push(h("strong", {}, ...inline(mark[3])));
    else if (mark[4] !== undefined) found.push(h("em", {}, ...inline(mark[4])));
    else found.push(mark[5]);
    from = mark.index + mark[0].length;
  }
  found.push(text.slice(from));
  return found.filter((part) => part !== "");
}
