// The files of a bound book.

import { download } from "./api.js";
import { fill, h, say } from "./dom.js";
import { bytes, formatName, isSettled } from "./format.js";

export function files(place) {
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  const list = h("ul", { class: "files" });
  fill(place, problem, list);
  let shown;

  async function save(file, button) {
    button.disabled = true;
    try {
      await download(file.path);
      problem.hidden = true;
    } catch (error) {
      say(problem, error.message);
      problem.hidden = false;
    }
    button.disabled = false;
  }
  return {
    show(now) {
      const fingerprint = JSON.stringify([now.files, now.state]);
      if (fingerprint === shown) return;
      shown = fingerprint;
      const missing = isSettled(now) ? "The book has no files." : "The files are made when all chapters are written.";
      fill(list, now.files.length ? now.files.map((file) => h("li", {},
        h("div", {}, h("b", {}, formatName(file.format)), h("span", { class: "hint" }, bytes(file.bytes))),
        h("button", { type: "button", "aria-label": `Download ${formatName(file.format)}`, onclick: (event) => save(file, event.currentTarget) }, "Download")))
        : h("li", { class: "empty" }, missing));
    },
  };
}
