// A book that stands still, with why in words, and what an operator does about it.

import { act } from "./api.js";
import { fill, h, say, set } from "./dom.js";
import { bookState, many, moment } from "./format.js";
import { forPeople } from "./reasons.js";

export function stuckBook({ done, fail }) {
  const name = h("a", { dir: "auto" });
  const badge = h("span", { class: "badge" });
  const about = h("p", { class: "hint", dir: "auto" });
  const reasons = h("ul", { class: "reasons" });
  const buttons = h("div", { class: "buttons" });

  function does(id, action, label) {
    const run = async (event) => {
      event.currentTarget.disabled = true;
      try {
        await act(id, action);
        done();
      } catch (error) {
        fail(error);
        button.disabled = false;
      }
    };
    const button = h("button", { type: "button", onclick: run }, label);
    return button;
  }

  return {
    element: h("li", { class: "stuck" }, h("div", { class: "line-of-score" }, h("h3", {}, name), badge), about, reasons, buttons),
    show(book) {
      const { text, tone } = bookState(book);
      say(name, book.title);
      set(name, "href", `#/books/${encodeURIComponent(book.id)}`);
      say(badge, text);
      set(badge, "data-tone", tone);
      say(about, [book.tenant, book.since && `since ${moment(book.since)}`].filter(Boolean).join(" · "));
      const more = book.more_reasons > 0 && h("li", {}, `… and ${many(book.more_reasons, "more task")}.`);
      fill(reasons, book.reasons.map((reason) => h("li", { dir: "auto" }, forPeople(reason))), more);
      fill(buttons, book.state === "failed" && does(book.id, "redrive", "Try again"),
        book.holds.includes("operator") && does(book.id, "lift", "Lift the hold"));
    },
  };
}
