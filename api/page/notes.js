// The footnotes of a text: `[^1]` is the mark of a note, and `[^1]: ...` at the beginning of a line the note itself.

import { h } from "./dom.js";
import { inline, leap } from "./inline.js";

/** Returns the mark that begins a block of code at a line, and that ends it. */
export function fenceOf(line) {
  return /^(```+|~~~+)/.exec(line)?.[1];
}

export class Notes {
  /** The notes by their names: their number, their text, and the elements once they are made. */
  #notes = new Map();

  /** Takes the notes out of the lines of a text, and returns the other lines. */
  take(lines) {
    const others = [];
    let fence;
    let note;
    for (const line of lines) {
      const begun = fence ? undefined : /^\[\^([^\]\s]+)\]:\s*(.*)$/.exec(line);
      if (fence ? line.startsWith(fence) : fenceOf(line)) fence = fence ? undefined : fenceOf(line);
      if (begun && !this.#notes.has(begun[1])) {
        note = { number: this.#notes.size + 1, lines: [begun[2]] };
        this.#notes.set(begun[1], note);
      } else if (note && /^(?: {2}|\t)\s*\S/.test(line)) {
        note.lines.push(line.trim());
      } else {
        note = undefined;
        others.push(line);
      }
    }
    return others;
  }

  /** Makes the mark of a note; undefined where the text has no such note. */
  mark(name) {
    const note = this.#notes.get(name);
    if (!note) return undefined;
    const attributes = { role: "doc-noteref", "aria-label": `Note ${note.number}` };
    const mark = h("sup", {}, leap([String(note.number)], () => note.element, attributes));
    note.mark ??= mark.firstElementChild;
    return mark;
  }

  /** Makes the list of the notes. */
  elements() {
    if (this.#notes.size === 0) return [];
    const items = [...this.#notes.values()].map((note) => {
      note.element = h("li", { dir: "auto" }, inline(note.lines.join("\n"), this));
      const back = { role: "doc-backlink", "aria-label": `Back to the mark of note ${note.number}` };
      if (note.mark) note.element.append(" ", leap(["↩"], () => note.mark, back));
      return note.element;
    });
    return [h("section", { class: "footnotes", role: "doc-endnotes", "aria-label": "Notes" }, h("ol", {}, items))];
  }
}
