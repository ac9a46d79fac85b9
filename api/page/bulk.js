// What is done to all books of the list's filter at once. They are counted first, and nothing is done without a yes.

import { call } from "./api.js";
import { announce, ask, fill, h, say } from "./dom.js";
import { count, many } from "./format.js";

/** The most books that one request changes. */
const PAGE = 500;

/** The most refusals that are shown. */
const REFUSALS = 10;

const ACTIONS = {
  hold: ["Hold", "They stand still until the hold is lifted."],
  lift: ["Lift the hold", "They continue where nothing else holds them."],
  redrive: ["Try again", "What failed in them is tried again. What is done is kept."],
  cancel: ["Cancel", "No more of them is written. What is written is kept."],
  delete: ["Delete", "Their texts and their files are deleted. This cannot be undone."],
};

/** `chosen` returns the query of the filter, and `done` is called when books were changed. */
export function bulk({ chosen, done }) {
  const action = h("select", { id: "bulk-action" }, Object.entries(ACTIONS).map(([name, [label]]) => h("option", { value: name }, label)));
  const start = h("button", {}, "Count them");
  const result = h("p", { class: "hint", role: "status" });
  const refusals = h("ul", { class: "notes", hidden: true });

  async function run(event) {
    event.preventDefault();
    start.disabled = true;
    refusals.hidden = true;
    say(result, "");
    try {
      await change(action.value, chosen());
    } catch (error) {
      say(result, error.message);
    }
    start.disabled = false;
  }

  async function change(name, query) {
    const [label, consequence] = ACTIONS[name];
    const { count: number } = await post(query, { action: name });
    if (number === 0) return say(result, "Among these is no book for it.");
    const danger = name === "cancel" || name === "delete";
    if (!(await ask({ title: `${label}: ${many(number, "book")}?`, text: consequence, action: `${label}: ${count(number)}`, danger }))) return;
    const results = [];
    let next;
    do {
      if (next) query.set("cursor", next);
      const answer = await post(query, { action: name, confirm: number });
      results.push(...answer.results);
      next = answer.next;
      say(result, `${count(results.length)} of ${many(number, "book")} …`);
    } while (next);
    tell(label, number, results);
    done();
  }

  function tell(label, number, results) {
    const refused = results.filter((each) => !each.done);
    const text = `${label}: done for ${count(results.length - refused.length)} of ${many(number, "book")}.`;
    say(result, text);
    announce(text);
    fill(refusals, refused.slice(0, REFUSALS).map((each) => h("li", { dir: "auto" }, `${each.request_id}: ${each.reason}`)));
    refusals.hidden = refused.length === 0;
  }

  return h("details", { class: "bulk" }, h("summary", {}, "Change all of these books"),
    h("form", { onsubmit: run }, h("label", { for: "bulk-action" }, "What is done to each"), action, start), result, refusals);
}

function post(query, body) {
  const asked = new URLSearchParams(query);
  asked.set("limit", String(PAGE));
  return call(`/v1/books/actions?${asked}`, { method: "POST", body });
}
