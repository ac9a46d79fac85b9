// A new book: an outline is pasted or dropped, or a topic is named. Its reading and its estimate are shown, and it is started.

import { call } from "./api.js";
import { care } from "./care.js";
import { fill, h, say } from "./dom.js";
import { count, dollars, duration, formatName, many } from "./format.js";

const FORMATS = ["epub", "pdf", "docx", "html", "md", "txt"];
const KINDS = ["nonfiction", "course", "novel", "stories", "reference"];
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
  const topic = h("textarea", {
    id: "topic", rows: "4", dir: "auto", placeholder: "Keeping bees in the city, for people with a balcony", oninput: later,
    "aria-describedby": "topic-help", maxlength: "2000",
  });
  const chapters = number("chapters", "Chapters", { min: 1, max: 60, step: 1, placeholder: "10" });
  const language = h("input", { id: "language", placeholder: "en", oninput: later, size: "8" });
  const about = h("select", { id: "about", onchange: later },
    h("option", { value: "" }, "Guessed"), KINDS.map((name) => h("option", { value: name }, name[0].toUpperCase() + name.slice(1))));
  const words = number("words", "Words in a chapter", { min: 20, max: 50000, step: 1 });
  const budget = number("budget", "Budget in US dollars", { min: 0, step: "any" });
  const given = care({ signal, changed: later });
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
  const fromOutline = h("div", {},
    h("div", { class: "label-row" }, h("label", { for: "outline" }, "Outline"),
      h("span", {}, h("label", { for: "kind", class: "unseen" }, "Kind of outline"), kind)),
    drop,
    h("p", { class: "hint", id: "outline-help" }, "Paste it, drop a file on it, or ",
      h("label", { for: "file", class: "link" }, "choose a file"), file, "."));
  const fromTopic = h("div", { hidden: true },
    h("label", { for: "topic" }, "Topic"), topic,
    h("p", { class: "hint", id: "topic-help" }, "The model makes the outline of the book before it plans the book."),
    h("div", { class: "pair" }, chapters.element, h("div", {}, h("label", { for: "language" }, "Language"), language)),
    h("div", { class: "pair" }, h("div", {}, h("label", { for: "about" }, "What the book is"), about)));
  const sources = ["outline", "topic"].map((name) => choice(name, `From ${name === "topic" ? "a topic" : "an outline"}`));
  const form = h("form", { class: "panel", onsubmit: begin },
    h("fieldset", {}, h("legend", { class: "unseen" }, "What the book is made from"),
      h("div", { class: "chips" }, sources.map((source) => source.element))),
    fromOutline, fromTopic,
    h("div", { class: "pair" }, words.element, budget.element),
    given.element, review.element, verbatim.element,
    h("fieldset", {}, h("legend", {}, "Files"), h("div", { class: "chips" }, formats.map((format) => format.element)),
      h("p", { class: "hint" }, "Without a choice, the book is bound in the formats of the settings.")),
    h("div", { class: "buttons" }, start));
  fill(main, h("div", { class: "head" }, h("h1", {}, "New book")), h("div", { class: "halves" }, form, result));
  hint();

  function number(id, label, limits) {
    const field = h("input", { type: "number", id, oninput: later, placeholder: "Default", ...limits });
    return { field, element: h("div", {}, h("label", { for: id }, label), field) };
  }
  function choice(name, label) {
    const field = h("input", { type: "radio", name: "source", id: `from-${name}`, value: name, checked: name === "outline", onchange: turn });
    return { field, element: h("label", { class: "check", for: `from-${name}` }, field, " ", label) };
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

  function takesTopic() {
    return sources[1].field.checked;
  }
  function turn() {
    fromOutline.hidden = takesTopic();
    fromTopic.hidden = !takesTopic();
    later();
  }

  /** Says what the book is made from. */
  function source() {
    if (!takesTopic()) return { outline: { [kind.value]: kind.value === "json" ? JSON.parse(outline.value) : outline.value } };
    const asked = { about: topic.value.trim() };
    if (chapters.field.value) asked.chapters = Number(chapters.field.value);
    if (language.value.trim()) asked.language = language.value.trim();
    return about.value ? { topic: asked, kind: about.value } : { topic: asked };
  }

  /** Makes the submission of what was typed. JSON that cannot be read throws. */
  function submission() {
    const asked = source();
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
    given.forget();
    if (!(takesTopic() ? topic : outline).value.trim()) return hint();
    timer = setTimeout(() => read(reading), PAUSE);
  }

  /** Shows how the outline is read. The answer to an older text is not shown. */
  async function read(asked) {
    try {
      const sent = submission();
      const dry = await call("/v1/books?dry_run=true", { method: "POST", body: { ...sent, ...given.settings() }, signal });
      if (asked !== reading) return;
      start.disabled = false;
      fill(result, ...described(dry));
      await given.price(sent, () => asked === reading);
    } catch (error) {
      if (asked === reading && !signal.aborted) faults(error);
    }
  }

  async function begin(event) {
    event.preventDefault();
    start.disabled = true;
    say(start, "Starting …");
    try {
      const taken = await call("/v1/books", { method: "POST", body: { ...submission(), ...given.settings() }, signal });
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
    fill(result, h("h2", {}, takesTopic() ? "The topic cannot be taken yet" : "The outline cannot be taken yet"),
      h("ul", { class: "problem", role: "alert" }, all.map((text) => h("li", { dir: "auto" }, text))));
  }
  return {};
}

function described({ reading, estimate }) {
  const cost = estimate.likely_usd === undefined ? "not known"
    : estimate.likely_usd === estimate.at_most_usd ? dollars(estimate.likely_usd)
      : `${dollars(estimate.likely_usd)}, at most ${dollars(estimate.at_most_usd)}`;
  const figures = h("dl", { class: "figures" },
    figure("Cost", cost), figure("Time", `about ${duration(estimate.seconds)}`),
    figure("Model calls", estimate.repeated_calls ? `${count(estimate.calls)} + ${count(estimate.repeated_calls)}` : count(estimate.calls)),
    figure("Tokens", count(estimate.input_tokens + estimate.output_tokens)));
  if (!reading) {
    return [h("p", { class: "eyebrow" }, "What it takes"), h("h2", {}, "A book from a topic"),
      h("p", { class: "hint" }, "Its outline is made when the book is planned. To see it before chapters are written, have the plan shown first."), figures];
  }
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
    figures,
    reading.notes.length > 0 && h("ul", { class: "notes" }, reading.notes.map((note) =>
      h("li", { dir: "auto" }, note.line === undefined ? note.text : `Line ${note.line}: ${note.text}`))),
    h("ol", { class: "chapters-read", tabindex: "0", "aria-label": "Chapters" }, chapters),
  ];
}

export function figure(name, value) {
  return h("div", {}, h("dt", {}, name), h("dd", {}, value));
}
