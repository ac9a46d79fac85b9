// A new book: an outline is pasted or dropped, its reading and its estimate are shown, and it is started.

import { call } from "./api.js";
import { fill, h, say } from "./dom.js";
import { count, dollars, duration, formatName, many } from "./format.js";

const FORMATS = ["epub", "pdf", "docx", "html", "md", "txt"];
const EXAMPLE = `# The Patient Baker

Bread at home for people with little time.

## Flour and Water

- What flour is made of
- Why time replaces kneading

## The First Loaf

- A dough in five minutes
- The oven, and what steam does`;

/** The pause after a key is pressed before the outline is read. */
const PAUSE = 500;

export function order(main, { signal, title }) {
  title("New book");
  let reading = 0;
  const outline = h("textarea", {
    id: "outline", rows: "18", spellcheck: "false", dir: "auto", placeholder: EXAMPLE, "aria-describedby": "outline-help",
    oninput: later,
  });
  const kind = h("select", { id: "kind", onchange: later },
    h("option", { value: "markdown" }, "Markdown"), h("option", { value: "yaml" }, "YAML"), h("option", { value: "json" }, "JSON"));
  const words = number("words", "Words in a chapter", { min: 20, max: 50000, step: 1 });
  const budget = number("budget", "Budget in US dollars", { min: 0, step: "any" });
  const review = check("review", "Show me the plan before the chapters are written");
  const verbatim = check("no-plan", "Take the outline as it stands, without a planning call");
  const formats = FORMATS.map((format) => check(`format-${format}`, formatName(format)));
  const file = h("input", { type: "file", id: "file", class: "unseen", accept: ".md,.markdown,.txt,.yaml,.yml,.json", onchange: () => take(file.files[0]) });
  const start = h("button", { class: "primary", disabled: true }, "Start the book");
  const result = h("section", { class: "panel reading", "aria-live": "polite", "aria-label": "How the outline is read" });
  const drop = h("div", {
    class: "drop",
    ondragover: (event) => { event.preventDefault(); drop.classList.add("over"); },
    ondragleave: () => drop.classList.remove("over"),
    ondrop: (event) => {
      drop.classList.remove("over");
      if (!event.dataTransfer.files.length) return;
      event.preventDefault();
      take(event.dataTransfer.files[0]);
    },
  }, outline);
  const form = h("form", { class: "panel", onsubmit: begin },
    h("div", { class: "label-row" }, h("label", { for: "outline" }, "Outline"),
      h("span", {}, h("label", { for: "kind", class: "unseen" }, "Kind of outline"), kind)),
    drop,
    h("p", { class: "hint", id: "outline-help" }, "Paste it, drop a file on it, or ",
      h("label", { for: "file", class: "link" }, "choose a file"), file, "."),
    h("div", { class: "pair" }, words.element, budget.element),
    review.element, verbatim.element,
    h("fieldset", {}, h("legend", {}, "Files"), h("div", { class: "chips" }, formats.map((format) => format.element)),
      h("p", { class: "hint" }, "Without a choice, the book is bound in the formats of the settings.")),
    h("div", { class: "buttons" }, start));
  fill(main, h("div", { class: "head" }, h("h1", {}, "New book")), h("div", { class: "halves" }, form, result));
  hint();

  function number(id, label, limits) {
    const field = h("input", { type: "number", id, oninput: later, placeholder: "Default", ...limits });
    return { field, element: h("div", {}, h("label", { for: id }, label), field) };
  }
  function check(id, label) {
    const field = h("input", { type: "checkbox", id, onchange: later });
    return { field, element: h("label", { class: "check", for: id }, field, " ", label) };
  }

  async function take(taken) {
    if (!taken) return;
    outline.value = await taken.text();
    kind.value = /\.ya?ml$/i.test(taken.name) ? "yaml" : /\.json$/i.test(taken.name) ? "json" : "markdown";
    later();
  }

  /** Makes the submission of what was typed. JSON that cannot be read throws. */
  function submission() {
    const asked = { outline: { [kind.value]: kind.value === "json" ? JSON.parse(outline.value) : outline.value } };
    if (words.field.value) asked.words = Number(words.field.value);
    if (budget.field.value) asked.budget_usd = Number(budget.field.value);
    if (review.field.checked) asked.review = true;
    if (verbatim.field.checked) asked.no_plan = true;
    const chosen = FORMATS.filter((_, at) => formats[at].field.checked);
    if (chosen.length) asked.formats = chosen;
    return asked;
  }

  let timer;
  function later() {
    clearTimeout(timer);
    reading += 1;
    start.disabled = true;
    if (!outline.value.trim()) return hint();
    timer = setTimeout(() => read(reading), PAUSE);
  }

  /** Shows how the outline is read. The answer to an older text is not shown. */
  async function read(asked) {
    try {
      const dry = await call("/v1/books?dry_run=true", { method: "POST", body: submission(), signal });
      if (asked !== reading) return;
      start.disabled = false;
      fill(result, ...described(dry));
    } catch (error) {
      if (asked === reading && !signal.aborted) faults(error);
    }
  }

  async function begin(event) {
    event.preventDefault();
    start.disabled = true;
    say(start, "Starting …");
    try {
      const taken = await call("/v1/books", { method: "POST", body: submission(), signal });
      location.hash = `#/books/${encodeURIComponent(taken.id)}`;
    } catch (error) {
      if (signal.aborted) return;
      faults(error);
      start.disabled = false;
      say(start, "Start the book");
    }
  }

  function hint() {
    fill(result, h("h2", {}, "How it is read"), h("p", { class: "hint" },
      "Here you see the chapters of your outline and what the book takes, before anything is written."));
  }
  function faults(error) {
    const all = error.errors ?? [`The JSON cannot be read: ${error.message}.`];
    fill(result, h("h2", {}, "The outline cannot be taken yet"),
      h("ul", { class: "problem", role: "alert" }, all.map((text) => h("li", { dir: "auto" }, text))));
  }
  return {};
}

function described({ reading, estimate }) {
  const cost = estimate.likely_usd === undefined ? "not known"
    : estimate.likely_usd === estimate.at_most_usd ? dollars(estimate.likely_usd)
      : `${dollars(estimate.likely_usd)}, at most ${dollars(estimate.at_most_usd)}`;
  let part;
  const chapters = reading.chapters.flatMap((chapter) => {
    const begins = chapter.part !== part && chapter.part !== undefined;
    part = chapter.part;
    const about = [chapter.points && many(chapter.points, "point"), chapter.sections && many(chapter.sections, "section")];
    return [
      begins && h("li", { class: "part", dir: "auto" }, chapter.part),
      h("li", { class: "read" }, h("span", { class: "number" }, chapter.number ?? ""), h("span", { dir: "auto" }, chapter.title),
        h("span", { class: "hint" }, about.filter(Boolean).join(", "))),
    ];
  });
  return [
    h("p", { class: "eyebrow" }, "How it is read"),
    h("h2", { dir: "auto" }, reading.title),
    h("p", { class: "hint" }, reading.summary),
    h("dl", { class: "figures" },
      figure("Cost", cost), figure("Time", `about ${duration(estimate.seconds)}`),
      figure("Model calls", estimate.repeated_calls ? `${count(estimate.calls)} + ${count(estimate.repeated_calls)}` : count(estimate.calls)),
      figure("Tokens", count(estimate.input_tokens + estimate.output_tokens))),
    reading.notes.length > 0 && h("ul", { class: "notes" }, reading.notes.map((note) =>
      h("li", { dir: "auto" }, note.line === undefined ? note.text : `Line ${note.line}: ${note.text}`))),
    h("ol", { class: "chapters-read", tabindex: "0", "aria-label": "Chapters" }, chapters),
  ];
}

export function figure(name, value) {
  return h("div", {}, h("dt", {}, name), h("dd", {}, value));
}
