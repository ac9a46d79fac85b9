// The plan of a book.

import { bookPath, call, tagged } from "./api.js";
import { fill, h, say } from "./dom.js";
import { many } from "./format.js";
import { fields } from "./plan_fields.js";

/** What the plan of a book says about it, in the order in which people ask. */
const ABOUT = [
  ["description", "What it is about"], ["thesis", "Thesis"], ["promise", "What it promises"], ["audience", "Readers"],
  ["canon", "Facts that all chapters keep to"], ["characters", "Cast"], ["places", "Places"], ["timeline", "What happens when"],
  ["out_of_scope", "Left out"],
];
const OF_CHAPTER = [
  ["line", "Line"], ["role", "Role"], ["opening", "Opening"], ["example_domain", "Examples from"], ["closing", "Closing"], ["hand_off", "Hand-off"],
  ["point_of_view", "Through whose eyes"], ["setting", "Where and when"], ["goal", "What somebody wants"], ["turn", "What changes"],
  ["outcome", "How it ends"],
];

export function plan(place, { id, signal, changed }) {
  let context;
  let read;
  let waits = false;
  let editing = false;
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  const edit = h("button", { type: "button", onclick: begin }, "Edit the plan");
  const tools = h("div", { class: "buttons above", hidden: true }, edit);
  const content = h("div", { class: "plan" });
  fill(place, tools, problem, content);

  async function load() {
    try {
      read = await tagged(bookPath(id, "plan"), { signal });
      if (editing) return;
      waits = read.found.awaits_approval;
      tools.hidden = !waits;
      fill(content, ...describe(read.found.plan));
    } catch (error) {
      if (signal.aborted) return;
      fill(content, h("p", { class: "empty" }, error.message));
    }
  }

  function begin() {
    editing = true;
    tools.hidden = true;
    const { tag } = read;
    const edited = structuredClone(read.found.plan);
    fill(content, h("form", { onsubmit: (event) => { event.preventDefault(); save(edited, tag); } }, fields(edited),
      h("div", { class: "buttons" }, h("button", { class: "primary" }, "Keep this plan"), h("button", { type: "button", onclick: end }, "Back"))));
    content.querySelector("textarea")?.focus();
  }

  function end() {
    editing = false;
    problem.hidden = true;
    load();
  }

  async function save(edited, tag) {
    try {
      changed(await call(bookPath(id, "plan"), { method: "PUT", body: edited, headers: { "If-Match": tag } }));
      end();
    } catch (error) {
      say(problem, error.message);
      problem.hidden = false;
      problem.scrollIntoView({ block: "nearest" });
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
