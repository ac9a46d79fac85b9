// How much care a new book gets: its preset with the price of each, and the drafts of each section.

import { call } from "./api.js";
import { h, say } from "./dom.js";
import { dollars, many } from "./format.js";

const PRESETS = [["", "As set"], ["draft", "Draft"], ["standard", "Standard"], ["careful", "Careful"]];
const DRAFTS = [1, 2, 3, 4];

/** `changed` is called where another choice is made. */
export function care({ signal, changed }) {
  const choices = PRESETS.map(([name, label]) => {
    const field = h("input", { type: "radio", name: "preset", id: `preset-${name || "set"}`, value: name, checked: name === "", onchange: changed });
    const price = h("span", { class: "hint" });
    return { name, field, price, element: h("label", { class: "check", for: field.id }, field, " ", label, " ", price) };
  });
  const drafts = h("select", { id: "best-of", onchange: changed }, h("option", { value: "" }, "As the preset says"),
    DRAFTS.map((number) => h("option", { value: String(number) }, String(number))));

  function settings(preset) {
    const asked = preset ? { preset } : {};
    return drafts.value ? { ...asked, best_of: Number(drafts.value) } : asked;
  }

  return {
    element: h("div", { class: "care" },
      h("fieldset", { "aria-describedby": "care-help" }, h("legend", {}, "Care"), h("div", { class: "chips" }, choices.map((choice) => choice.element)),
        h("p", { class: "hint", id: "care-help" }, "A preset decides on drafts, rewrites, judging and the audit. Its price is for this book.")),
      h("div", {}, h("label", { for: "best-of" }, "Drafts of each section"), drafts)),
    /** Returns what was chosen, as a submission names it. */
    settings: () => settings(choices.find((choice) => choice.field.checked).name),
    forget: () => choices.forEach((choice) => say(choice.price, "")),
    /** Shows what a submission takes with each preset, as long as `isCurrent` says so. */
    async price(submission, isCurrent) {
      for (const choice of choices) {
        const words = await call("/v1/books?dry_run=true", { method: "POST", body: { ...submission, ...settings(choice.name) }, signal })
          .then(({ estimate }) => priceOf(estimate), () => "not with these settings");
        if (!isCurrent() || signal.aborted) return;
        say(choice.price, words);
      }
    },
  };
}

function priceOf({ likely_usd: likely, calls, repeated_calls: repeated }) {
  const words = many(calls + repeated, "call");
  return likely === undefined ? words : `${dollars(likely)}, ${words}`;
}
