// The changes of a finished chapter: a note that a model follows, a text that is edited by hand, and a new writing.

import { act, bookPath, call } from "./api.js";
import { fill, h, say } from "./dom.js";

/** The most characters of the words that a note is about. */
const LONGEST_PASSAGE = 4000;

/**
 * Makes the panels that change a chapter. `text` is the element with its text, and `present` returns its Markdown and the tag that names
 * this version of it.
 */
export function changes({ id, number, text, signal, present, changed, fail }) {
  const panel = (name, label, ...content) => h("details", { class: `panel ${name}`, hidden: true }, h("summary", {}, label), ...content);
  const area = (name, rows, length) => h("textarea", { id: name, rows: String(rows), maxlength: length && String(length), dir: "auto" });
  const form = (does, ...content) => h("form", { onsubmit: (event) => { event.preventDefault(); run(does); } }, ...content);
  const press = (label) => h("div", { class: "buttons" }, h("button", { class: "primary" }, label));

  const note = area("change-note", 3, 4000);
  const quote = h("blockquote", { dir: "auto" });
  const passage = h("div", { class: "passage", hidden: true }, h("p", { class: "hint" }, "The note is about these words:"), quote,
    h("button", { type: "button", class: "quiet", onclick: () => mark("") }, "About the whole chapter"));
  const hint = h("p", { class: "hint" }, "Mark words in the text first, and the note is about them alone.");
  const section = h("select", { id: "change-section" });
  const where = h("div", { hidden: true }, h("label", { for: "change-section" }, "Where it may be changed"), section);
  const revise = panel("change", "Change something",
    form(reviseChapter, h("label", { for: "change-note" }, "What is to be changed"), note, where, hint, passage, press("Change it")));

  const own = area("own-text", 16);
  const edit = panel("edit", "Edit the text yourself",
    form(replace, h("label", { for: "own-text" }, "The text of the chapter, as Markdown"), own, press("Take this text")));

  const anew = area("note", 3, 4000);
  const again = panel("again", "Write this chapter again",
    form(rewrite, h("label", { for: "note" }, "A note to the model, if you like"), anew, press("Write it again")));

  let tag;
  edit.addEventListener("toggle", () => {
    if (!edit.open) return;
    const version = present();
    own.value = version.text;
    tag = version.tag;
  });

  function mark(words) {
    say(quote, words);
    passage.hidden = words === "";
    hint.hidden = words !== "";
    // The words say where something is changed.
    where.hidden = words !== "" || section.length < 3;
  }
  document.addEventListener("selectionchange", () => {
    const selection = document.getSelection();
    if (!selection || selection.isCollapsed || !revise.isConnected || revise.hidden) return;
    const words = selection.toString().trim();
    if (words && words.length <= LONGEST_PASSAGE && text.contains(selection.anchorNode) && text.contains(selection.focusNode)) mark(words);
  }, { signal });

  async function run(does) {
    try {
      changed(await does());
      for (const each of [revise, edit, again]) each.open = false;
      note.value = "";
      anew.value = "";
      section.value = "";
      mark("");
    } catch (error) {
      fail(error);
    }
  }

  function reviseChapter() {
    const words = quote.textContent || undefined;
    const sections = words || !section.value ? undefined : [Number(section.value)];
    return act(id, "revise", { chapters: [number], sections, note: note.value.trim(), passage: words });
  }

  function replace() {
    return call(bookPath(id, "chapters", number, "text"), { method: "PUT", body: { text: own.value }, headers: { "If-Match": tag } });
  }

  function rewrite() {
    return act(id, "rewrite", { chapters: [number], note: anew.value.trim() || undefined });
  }

  const element = fill(h("div", { class: "changes" }), revise, edit, again);
  return {
    element,
    /** Offers the sections of the chapter. The one that is chosen stays chosen. */
    divide(sections) {
      const chosen = section.value;
      const named = sections.map(({ number: each, heading }) => h("option", { value: String(each) }, heading ? `${each}. ${heading}` : `Section ${each}`));
      fill(section, h("option", { value: "" }, "Anywhere in the chapter"), named);
      section.value = sections.some((each) => String(each.number) === chosen) ? chosen : "";
      where.hidden = quote.textContent !== "" || section.length < 3;
    },
    /** Shows what can be done to a book in this state. */
    show({ done, settled }) {
      for (const each of [revise, edit]) each.hidden = !done;
      again.hidden = !settled;
    },
  };
}
