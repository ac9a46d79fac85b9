// The board: every chapter of a book, and the sections of those that are opened.

import { bookPath, call } from "./api.js";
import { Rows, fill, h, say, set } from "./dom.js";
import { CHAPTER_STATES, chapterState, count, dollars, duration, lengthIn, many } from "./format.js";
import { lastWords } from "./texts.js";

export function board(place, { id, here, signal, times, texts }) {
  let filter;
  let book;
  const legend = h("div", { class: "chips", role: "group", "aria-label": "Which chapters" });
  const list = h("ol", { class: "board", "aria-label": "Chapters" });
  const findings = h("section", { class: "findings", hidden: true });
  const rows = new Rows(list, row);
  const chips = new Map(CHAPTER_STATES.map(([state, name]) => [state, h("button", {
    type: "button", class: "chip", "data-state": state, onclick: () => { filter = filter === state ? undefined : state; show(book); },
  }, h("span", { class: "dot" }), h("span", {}, name), " ", h("b", {}))]));
  fill(legend, [...chips.values()]);
  fill(place, findings, legend, list);

  function show(now) {
    book = now;
    const counts = Map.groupBy(now.chapter_list, (chapter) => chapter.state);
    for (const [state, chip] of chips) {
      chip.hidden = !counts.has(state) && filter !== state;
      say(chip.lastElementChild, count(counts.get(state)?.length ?? 0));
      set(chip, "aria-pressed", String(filter === state));
    }
    const chapters = filter ? now.chapter_list.filter((chapter) => chapter.state === filter) : now.chapter_list;
    rows.show(chapters.map((chapter) => ({ ...chapter, unit: now.length_unit, time: times.get(chapter.number) })), (chapter) => chapter.number);
    findings.hidden = now.findings.length === 0;
    fill(findings, h("h2", {}, "Found when the book was read as a whole, and not mended"),
      h("ul", {}, now.findings.map((finding) => h("li", { dir: "auto" }, finding.text))));
  }

  function row(first) {
    const { number } = first;
    const title = h("a", { class: "title", dir: "auto", href: `${here}/chapters/${number}` });
    const state = h("span", { class: "badge" });
    const facts = h("span", { class: "facts" });
    const remark = h("p", { class: "remark", dir: "auto", hidden: true });
    const writing = h("ol", { class: "writing", hidden: true, "aria-label": `Being written of chapter ${number}` });
    const lines = new Rows(writing, line);
    const sections = h("ol", { class: "sections", id: `sections-${number}`, hidden: true, "aria-label": `Sections of chapter ${number}` });
    const toggle = h("button", {
      type: "button", class: "toggle", "aria-expanded": "false", "aria-controls": `sections-${number}`,
      "aria-label": `Sections of chapter ${number}`, onclick: open,
    });
    const element = h("li", { class: "chapter" },
      h("div", { class: "line" }, h("span", { class: "number" }, count(number)), title, state, facts, toggle), remark, writing, sections);

    function open() {
      sections.hidden = !sections.hidden;
      set(toggle, "aria-expanded", String(!sections.hidden));
      element.classList.toggle("opened", !sections.hidden);
      if (!sections.hidden) load();
    }
    async function load() {
      try {
        const { sections: found } = await call(bookPath(id, "chapters", number), { signal });
        fill(sections, found.length ? found.map((each) => section({ ...each, unit: book.length_unit })) : h("li", { class: "hint" }, "Its sections are not planned yet."));
      } catch (error) {
        if (!signal.aborted) fill(sections, h("li", { class: "problem" }, error.message));
      }
    }
    /** Shows the last words of what is being written. It is no live region: a screen reader would never be silent. */
    function stream() {
      const now = texts.of(number).map(([section, text]) => ({ section, words: lastWords(text) }));
      lines.show(now, ({ section }) => section);
      writing.hidden = now.length === 0;
    }
    return {
      element,
      stream,
      show(chapter) {
        stream();
        say(title, chapter.title || `Chapter ${number}`);
        say(state, chapterState(chapter.state));
        set(state, "data-state", chapter.state);
        set(element, "data-state", chapter.state);
        say(facts, factsOf(chapter).join(" · "));
        const said = [chapter.reason, ...chapter.remarks].filter(Boolean).join(" ");
        say(remark, said);
        remark.hidden = !said;
        if (!sections.hidden) load();
      },
    };
  }

  return { show, stream: (number) => rows.get(number)?.stream() };
}

function factsOf({ length, unit, sections_done: sections, failed_tries: tries, rewrites, cost_usd: cost, time }) {
  const took = time && (time.ended ? new Date(time.ended) : new Date()) - new Date(time.begun);
  return [
    length > 0 && lengthIn(unit, length),
    sections > 0 && many(sections, "section"),
    tries > 0 && `${count(tries)} failed ${tries === 1 ? "try" : "tries"}`,
    rewrites > 0 && many(rewrites, "rewrite"),
    cost > 0 && dollars(cost),
    time?.ended && Number.isFinite(took) && duration(took / 1000),
  ].filter(Boolean);
}

function line({ section: number }) {
  const words = h("span", { class: "words", dir: "auto" });
  const element = h("li", {}, h("span", { class: "facts" }, `Section ${number}`), words);
  return { element, show: (now) => say(words, now.words) };
}

function section({ number, heading, written, remarks, model, ...facts }) {
  return h("li", { "data-state": written ? "done" : "waiting" },
    h("span", { class: "dot" }), h("span", { class: "heading", dir: "auto" }, heading || `Section ${number}`),
    h("span", { class: "facts" }, [written ? "Written" : "Not written", ...factsOf(facts), model].filter(Boolean).join(" · ")),
    remarks.length > 0 && h("p", { class: "remark", dir: "auto" }, remarks.join(" ")));
}
