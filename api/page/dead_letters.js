// The messages that no process could read. They are listed when somebody asks: a look takes them from their queue for a moment.

import { call } from "./api.js";
import { announce, fill, h, say } from "./dom.js";
import { many } from "./format.js";

export function deadLetters({ signal, done }) {
  const state = h("p", {});
  const rows = h("ul", { class: "plain" });
  const result = h("p", { class: "problem", role: "alert", hidden: true });
  const look = h("button", { type: "button", onclick: load }, "Show them");
  const all = h("button", { type: "button", hidden: true, onclick: () => sendAgain({}) }, "Send all again");
  const buttons = h("div", { class: "buttons", hidden: true }, look, all);
  let shown = false;

  async function load() {
    try {
      const { letters, left } = await call("/v1/fleet/dead-letters", { signal });
      shown = true;
      fill(rows, letters.map(letter), left > 0 && h("li", {}, `… and ${many(left, "more message")}.`));
      all.hidden = letters.length === 0;
      result.hidden = true;
    } catch (error) {
      fail(error);
    }
  }

  function letter({ id, lane, reason, tenant }) {
    return h("li", { class: "stacked" }, h("p", { dir: "auto" }, reason),
      h("p", { class: "hint" }, [id, lane && `from ${lane}`, tenant].filter(Boolean).join(" · ")),
      h("div", { class: "buttons" }, h("button", { type: "button", onclick: () => sendAgain({ id }) }, "Send again ", h("span", { class: "unseen" }, id))));
  }

  async function sendAgain(body) {
    try {
      const sent = await call("/v1/fleet/dead-letters/redrive", { method: "POST", body });
      const stay = sent.filter((each) => each.reason);
      announce(`${many(sent.length - stay.length, "message")} sent again`);
      await load();
      say(result, stay.map((each) => `${each.id} stays: ${each.reason}`).join(". "));
      result.hidden = stay.length === 0;
      done();
    } catch (error) {
      fail(error);
    }
  }

  function fail(error) {
    if (signal.aborted) return;
    say(result, error.message);
    result.hidden = false;
  }

  return {
    element: h("div", {}, state, result, rows, buttons),
    /** Shows how many there are; undefined where nobody knows. */
    show(messages) {
      say(state, messages === undefined ? "Not known." : messages === 0 ? "There is none." : `${many(messages, "message")} could not be read.`);
      buttons.hidden = !messages && !shown;
      look.hidden = !messages;
      if (messages === 0 && shown) {
        fill(rows);
        all.hidden = true;
        shown = false;
      }
    },
  };
}
