// The text of a chapter, as far as it is written, while others are written.

import { act, bookPath, call, throttled } from "./api.js";
import { fill, h, say } from "./dom.js";
import { chapterState, count, isSettled } from "./format.js";
import { elements } from "./markdown.js";

export function chapter(place, { id, here, signal, parts, changed }) {
  const number = Math.max(1, Number.parseInt(parts[0] ?? "1", 10) || 1);
  let book;
  let shown;
  let standing;
  const heading = h("h2", { dir: "auto" });
  const status = h("p", { class: "hint" });
  const text = h("article", { class: "text" });
  const remarks = h("ul", { class: "notes", hidden: true });
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  const choose = h("select", { id: "chapter", onchange: () => { location.hash = `${here}/chapters/${choose.value}`; } });
  const note = h("textarea", { id: "note", rows: "3", maxlength: "4000", dir: "auto" });
  const again = h("details", { class: "panel again", hidden: true }, h("summary", {}, "Write this chapter again"),
    h("form", { onsubmit: rewrite }, h("label", { for: "note" }, "A note to the model, if you like"), note,
      h("div", { class: "buttons" }, h("button", { class: "primary" }, "Write it again"))));
  const way = (to, label) => h("a", { class: "button", href: `${here}/chapters/${to}` }, label);
  const steps = h("nav", { class: "steps", "aria-label": "Chapters" });
  fill(place, h("div", { class: "choose" }, h("label", { for: "chapter" }, "Chapter"), choose),
    h("div", { class: "page" }, heading, status, problem, text, remarks), again, steps);

  const load = throttled(async () => {
    try {
      const found = await call(bookPath(id, "chapters", number), { signal });
      problem.hidden = true;
      say(heading, found.title || `Chapter ${number}`);
      say(status, found.finished ? `${count(found.length)} words` : `${chapterState(found.state)}. ${found.text ? "This is the text so far." : "Nothing of it is written yet."}`);
      if (shown !== found.text) {
        shown = found.text;
        fill(text, elements(found.text));
      }
      remarks.hidden = found.remarks.length === 0;
      fill(remarks, found.remarks.map((remark) => h("li", { dir: "auto" }, remark)));
    } catch (error) {
      if (signal.aborted) return;
      say(problem, error.message);
      problem.hidden = false;
    }
  }, signal);

  async function rewrite(event) {
    event.preventDefault();
    try {
      changed(await act(id, "rewrite", { chapters: [number], note: note.value.trim() || undefined }));
      again.open = false;
      note.value = "";
    } catch (error) {
      say(problem, error.message);
      problem.hidden = false;
    }
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
      again.hidden = !isSettled(now) || now.state === "cancelled" || !now.has_texts;
      const mine = JSON.stringify(now.chapter_list[number - 1]);
      if (mine !== standing) load();
      standing = mine;
    },
    hear(event) {
      if (event.chapter === number) load();
    },
  };
}
