// The texts of sections while models write them, as the stream of their book brings them piece by piece.

export class Texts {
  #chapters = new Map();

  /** Takes a message. Where its piece does not begin at 0, it goes behind the text that was heard before. */
  hear(kind, { chapter, section, offset, text }) {
    const sections = this.#chapters.get(chapter) ?? new Map();
    this.#chapters.set(chapter, sections);
    if (kind === "text_ended") sections.delete(section);
    else sections.set(section, offset === 0 ? text : (sections.get(section) ?? "") + text);
  }

  /** Returns the sections of a chapter that are being written, in order, with their texts so far. */
  of(chapter) {
    return [...(this.#chapters.get(chapter) ?? [])].filter(([, text]) => text).sort(([one], [other]) => one - other);
  }

  /** Forgets everything: a stream that begins again brings each text from its beginning. */
  clear() {
    this.#chapters.clear();
  }
}

/** The most characters of a text that are shown in a line. */
const TAIL = 160;

/** Returns the last words of a text in one line. */
export function lastWords(text) {
  const line = text.slice(-2 * TAIL).replace(/\s+/g, " ").trim();
  if (line.length <= TAIL && text.length <= 2 * TAIL) return line;
  const tail = line.slice(-TAIL);
  return `… ${tail.slice(tail.indexOf(" ") + 1)}`;
}
