// The plan of a book.

import { bookPath, call } from "./api.js";
import { fill, h } from "./dom.js";
import { many } from "./format.js";

/** What the plan of a book says about it, in the order in which people ask. */
const ABOUT = [
  ["description", "What it is about"], ["thesis", "Thesis"], ["promise", "What it promises"], ["audience", "Readers"],
  ["canon", "Facts that all chapters keep to"], ["out_of_scope", "Left out"],
];
const OF_CHAPTER = [
  ["line", "Line"], ["role", "Role"], ["opening", "Opening"], ["example_domain", "Examples from"], ["closing", "Closing"], ["hand_off", "Hand-off"],
];

export function plan(place, { id, signal }) {
  let context;
  const content = h("div", { class: "plan" });
  fill(place, content);

  async function load() {
    try {
      const found = await call(bookPath(id, "plan"), { signal });
      fill(content, ...describe(found.plan));
    } catch (error) {
      if (signal.aborted) return;
      fill(content, h("p", { class: "empty" }, error.message));
    }
  }
  return {
    show(now) {
      const standing = `${now.state} ${now.holds} ${now.edition}`;
      if (standing !== context) load();
      context = standing;
    },
  };
}

function describe({ book, chapters }) {
  return [
    h("dl", { class: "about" }, ABOUT.filter(([name]) => has(book[name])).map(([name, label]) => [h("dt", {}, label), h("dd", {}, value(book[name]))]),
      has(book.style) && [h("dt", {}, "Style"), h("dd", {}, value(book.style))],
      has(book.glossary) && [h("dt", {}, "Words"), h("dd", {}, h("ul", {}, book.glossary.map((entry) =>
        h("li", { dir: "auto" }, h("b", {}, entry.term), `: ${entry.definition}`))))]),
    h("h2", {}, many(chapters.length, "chapter")),
    h("ol", { class: "planned" }, chapters.map((chapter) => h("li", {},
      h("h3", { dir: "auto" }, `${chapter.chapter}. ${chapter.title}`),
      has(chapter.owns) && h("ul", {}, chapter.owns.map((point) => h("li", { dir: "auto" }, point.text ?? String(point)))),
      h("dl", {}, OF_CHAPTER.filter(([name]) => has(chapter[name])).map(([name, label]) => [h("dt", {}, label), h("dd", { dir: "auto" }, value(chapter[name]))])),
      h("p", { class: "hint" }, [chapter.length && many(chapter.length, "word"), chapter.sections && many(typeof chapter.sections === "number" ? chapter.sections : chapter.sections.length, "section")].filter(Boolean).join(", "))))),
  ];
}

function has(something) {
  return something !== undefined && something !== null && something !== "" && !(Array.isArray(something) && something.length === 0);
}

/** Shows a value of a plan, whatever it is made of. */
function value(something) {
  if (Array.isArray(something)) return h("ul", {}, something.map((each) => h("li", { dir: "auto" }, value(each))));
  if (typeof something === "object") {
    return h("ul", {}, Object.entries(something).filter(([, each]) => has(each)).map(([name, each]) =>
      h("li", { dir: "auto" }, h("b", {}, `${name.replaceAll("_", " ")}: `), Array.isArray(each) ? each.join(", ") : value(each))));
  }
  return h("span", { dir: "auto" }, String(something));
}
