// The score of a bound book: what was measured, and the places that pull it down.

import { call } from "./api.js";
import { fill, h } from "./dom.js";
import { isSettled } from "./format.js";

const VERDICTS = { poor: ["Poor", "failed"], fair: ["Fair", "asks"], good: ["Good", "done"] };

/** The most places that are shown of one figure. */
const PLACES = 5;

export function score(place, { here, signal }) {
  let shown;
  async function load(path, digest) {
    try {
      const { mark, figures } = await call(path, { signal });
      const judged = figures.filter((figure) => VERDICTS[figure.verdict]);
      const order = Object.keys(VERDICTS);
      judged.sort((one, other) => order.indexOf(one.verdict) - order.indexOf(other.verdict));
      fill(place, h("p", { class: "mark-of-book" }, h("b", {}, mark ?? "–"), " of 100"), h("ul", { class: "scored" }, judged.map(row)));
    } catch (error) {
      if (signal.aborted) return;
      shown = shown === digest ? undefined : shown;
      fill(place, h("p", { class: "problem", role: "alert" }, error.message));
    }
  }
  function row({ title, verdict, value, unit, human, says, findings }) {
    const [name, tone] = VERDICTS[verdict];
    const usual = human && `printed books: ${human.low} to ${human.high}`;
    return h("li", {},
      h("div", { class: "line-of-score" }, h("h2", {}, title), h("span", { class: "badge", "data-tone": tone }, name)),
      h("p", {}, says),
      h("p", { class: "hint" }, [`${value} ${unit}`.trim(), usual].filter(Boolean).join(" · ")),
      findings.length > 0 && h("ul", { class: "notes" }, findings.slice(0, PLACES).map(finding)));
  }
  function finding({ place: at, says }) {
    return h("li", { dir: "auto" },
      at?.chapter !== undefined && [h("a", { href: `${here}/chapters/${at.chapter}` }, `Chapter ${at.chapter}`), ": "],
      says, at?.begins && h("q", { dir: "auto" }, at.begins));
  }
  return {
    show(now) {
      const file = now.files.find((each) => each.format === "score.json");
      const wanted = file?.digest ?? now.state;
      if (wanted === shown) return;
      shown = wanted;
      if (file) load(file.path, wanted);
      else fill(place, h("p", { class: "empty" }, isSettled(now) ? "The book has no score." : "The book is scored when it is bound."));
    },
  };
}
