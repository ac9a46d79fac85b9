// The text of a chapter, as far as it is written, while others are written.

import { bookPath, tagged, throttled } from "./api.js";
import { changes } from "./change.js";
import { Rows, fill, h, say } from "./dom.js";
import { chapterState, isSettled, lengthIn } from "./format.js";
import { elements } from "./markdown.js";
import { versions } from "./versions.js";

export function chapter(place, { id, here, signal, parts, changed, texts }) {
  const number = Math.max(1, Number.parseInt(parts[0] ?? "1", 10) || 1);
  let book;
  let shown;
  let tag;
  let standing;
  const heading = h("h2", { dir: "auto" });
  const status = h("p", { class: "hint" });
  const text = h("article", { class: "text" });
  const writing = h("div", { class: "writing-now", hidden: true });
  const unfinished = new Rows(writing, partial);
  const remarks = h("ul", { class: "notes", hidden: true });
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  const choose = h("select", { id: "chapter", onchange: () => { location.hash = `${here}/chapters/${choose.value}`; } });
  const change = changes({ id, number, text, signal, changed, fail, present: () => ({ text: shown ?? "", tag }) });
  const history = versions({ id, number, signal, changed, fail });
  const way = (to, label) => h("a", { class: "button", href: `${here}/chapters/${to}` }, label);
  const steps = h("nav", { class: "steps", "aria-label": "Chapters" });
  fill(place, h("div", { class: "choose" }, h("label", { for: "chapter" }, "Chapter"), choose),
    h("div", { class: "page" }, heading, status, problem, text, writing, remarks), change.element, history.element, steps);

  const load = throttled(async () => {
    try {
      const { found, tag: named } = await tagged(bookPath(id, "chapters", number), { signal });
      tag = named;
      problem.hidden = true;
      say(heading, found.title || `Chapter ${number}`);
      say(status, found.finished ? lengthIn(book.length_unit, found.length) : `${chapterState(found.state)}. ${found.text ? "This is the text so far." : "Nothing of it is written yet."}`);
      if (shown !== found.text) {
        shown = found.text;
        fill(text, elements(found.text));
      }
      change.divide(found.sections);
      remarks.hidden = found.remarks.length === 0;
      fill(remarks, found.remarks.map((remark) => h("li", { dir: "auto" }, remark)));
    } catch (error) {
      if (!signal.aborted) fail(error);
    }
  }, signal);

  function stream() {
    const now = texts.of(number).map(([section, heard]) => ({ section, heard }));
    unfinished.show(now, ({ section }) => section);
    writing.hidden = now.length === 0;
  }

  function fail(error) {
    say(problem, error.message);
    problem.hidden = false;
  }

  return {
    show(now) {
      if (!book) {
        fill(choose, now.chapter_list.map((each) =>
          h("option", { value: String(each.number) }, each.title ? `${each.number}. ${each.title}` : `${each.number}`)));
        choose.value = String(number);
        fill(steps, number > 1 && way(number - 1, "Chapter before"), number < now.chapters && way(number + 1, "Next chapter"));
      }
      book = now;
      const settled = isSettled(now) && now.state !== "cancelled" && now.has_texts;
      change.show({ settled, done: settled && now.state === "done" });
      history.show({ readable: now.has_texts, unit: now.length_unit, done: settled && now.state === "done" });
      const mine = JSON.stringify(now.chapter_list[number - 1]);
      if (mine !== standing) load();
      standing = mine;
      stream();
    },
    stream(chapter) {
      if (chapter === number) stream();
    },
    hear(event) {
      if (event.chapter === number) load();
    },
  };
}

/** A section that is being written. It is no live region: a screen reader would never be silent. */
function partial({ section: number }) {
  const text = h("article", { class: "text", "aria-label": `Section ${number}, as far as it is written` });
  const element = h("section", {}, h("p", { class: "hint" }, `Section ${number} is being written.`), text);
  return { element, show: ({ heard }) => fill(text, elements(heard)) };
}
