// Shows what stands within a paragraph: emphasis, code, links, images and the marks of notes.

import { h } from "./dom.js";

/** What may stand within a paragraph. An address may have one pair of brackets, as those of encyclopedias do. */
const MARKS = new RegExp([
  /(?<ticks>`+)(?<code>.+?)\k<ticks>/,
  /\*\*(?=\S)(?<strong>.+?)\*\*/,
  /\*(?=\S)(?<em>[^*]+?)\*/,
  /\[\^(?<note>[^\]\s]+)\]/,
  /(?<image>!?)\[(?<label>[^[\]]*)\]\(<?(?<to>(?:[^\s()<>]|\([^\s()<>]*\))*)>?(?:\s+(?:"[^"]*"|'[^']*'))?\)/,
  /<(?<bare>https?:\/\/[^\s<>]+)>/,
  /\\(?<plain>[!-/:-@[-`{-~])/,
].map(({ source }) => source).join("|"), "gs");

/** Returns what a text within a paragraph is shown as. */
export function inline(text, notes) {
  const found = [];
  let from = 0;
  for (const mark of text.matchAll(MARKS)) {
    found.push(text.slice(from, mark.index), shown(mark, notes));
    from = mark.index + mark[0].length;
  }
  found.push(text.slice(from));
  return found.filter((part) => part !== "");
}

function shown({ 0: whole, groups }, notes) {
  const { code, strong, em, note, image, label, to, bare, plain } = groups;
  if (code !== undefined) return h("code", {}, code);
  if (strong !== undefined) return h("strong", {}, inline(strong, notes));
  if (em !== undefined) return h("em", {}, inline(em, notes));
  if (note !== undefined) return notes.mark(note) ?? whole;
  if (image === "!") return h("span", { class: "picture", dir: "auto" }, label || "An image without words");
  if (label !== undefined) return link(to, inline(label || to, notes)) ?? whole;
  if (bare !== undefined) return link(bare, [bare]) ?? whole;
  return plain;
}

/** Makes a link to a page elsewhere or to a heading of the same text. Other addresses, like `javascript:`, make none. */
function link(to, label) {
  if (to.startsWith("#")) return leap(label, (from) => heading(from, to.slice(1)));
  if (!/^https?:\/\//i.test(to) || !URL.canParse(to)) return undefined;
  return h("a", { href: to, rel: "noopener noreferrer nofollow", target: "_blank", dir: "auto" }, label);
}

/**
 * Makes a link to another place of the text, which `find` returns. The address of the page names its view, so a link must not
 * change it.
 */
export function leap(label, find, attributes = {}) {
  const go = (event) => {
    event.preventDefault();
    const place = find(event.currentTarget);
    if (!place) return;
    place.setAttribute("tabindex", "-1");
    place.focus({ preventScroll: true });
    place.scrollIntoView({ block: "center" });
  };
  return h("a", { href: location.hash, onclick: go, ...attributes }, label);
}

function heading(from, name) {
  const all = from.closest("article")?.querySelectorAll("[data-anchor]") ?? [];
  return [...all].find((each) => each.dataset.anchor === slug(decoded(name)));
}

function decoded(name) {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** Returns the name by which links lead to a heading, as most programs that show Markdown make it. */
export function slug(text) {
  return text.toLowerCase().replace(/[^\p{L}\p{M}\p{N}\s_-]/gu, "").trim().replace(/\s/g, "-");
}
