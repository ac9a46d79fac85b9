// The versions of a chapter: one of them beside the present text, with the paragraphs marked that differ, and the way back to it.

import { act, bookPath, call } from "./api.js";
import { announce, fill, h } from "./dom.js";
import { lengthIn } from "./format.js";
import { elements } from "./markdown.js";

const ORIGINS = { written: "Written", mended: "Mended", revised: "Changed by a note", edited: "Edited", restored: "Taken back" };

export function versions({ id, number, signal, changed, fail }) {
  const list = h("ul", { class: "versions" });
  const compared = h("div", { class: "compared" });
  const element = h("details", { class: "panel history", hidden: true, ontoggle: () => element.open && load() },
    h("summary", {}, "Versions"), list, compared);
  let mayRestore = false;
  let unit;

  async function load() {
    try {
      const found = await call(bookPath(id, "chapters", number, "versions"), { signal });
      fill(compared);
      fill(list, found.map((version, at) => h("li", {},
        h("span", {}, `${version.version} · ${ORIGINS[version.origin] ?? version.origin} · ${lengthIn(unit, version.length)}`,
          version.at && ` · ${new Date(version.at).toLocaleString()}`),
        at === 0 ? h("span", { class: "badge" }, "Present") : h("div", { class: "buttons" },
          h("button", { type: "button", onclick: () => compare(version, found[0]) }, `Compare ${version.version}`),
          mayRestore && h("button", { type: "button", onclick: () => restore(version) }, `Take ${version.version} back`)))));
    } catch (error) {
      if (!signal.aborted) fail(error);
    }
  }

  async function compare(old, present) {
    try {
      const texts = await Promise.all([old, present].map(({ version }) => call(bookPath(id, "chapters", number, "versions", version), { signal })));
      const [before, after] = texts.map(({ text }) => text.split(/\n{2,}/).map((block) => block.trim()).filter(Boolean));
      const side = (version, blocks, others) => h("section", {}, h("h3", {}, `Version ${version.version}`),
        blocks.map((block) => h("div", { class: others.includes(block) ? "same" : "differs" }, elements(block))));
      fill(compared, side(old, before, after), side(present, after, before));
      announce(`Version ${old.version} stands beside the present text.`);
    } catch (error) {
      if (!signal.aborted) fail(error);
    }
  }

  async function restore({ version }) {
    try {
      changed(await act(id, `chapters/${number}/restore`, { version }));
      element.open = false;
    } catch (error) {
      fail(error);
    }
  }

  return {
    element,
    show({ readable, done, unit: counted }) {
      element.hidden = !readable;
      unit = counted;
      const changes = mayRestore !== done;
      mayRestore = done;
      if (element.open && changes) load();
    },
  };
}
