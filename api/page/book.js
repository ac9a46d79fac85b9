// A book: its header, its actions, and the views of it. One stream of events keeps all of them fresh.

import { act, bookPath, call, listen, throttled } from "./api.js";
import { announce, ask, fill, h, say, set } from "./dom.js";
import { CHAPTER_STATES, bookState, count, dollars, duration, isSettled, lengthIn, many } from "./format.js";
import { board } from "./board.js";
import { chapter } from "./chapter.js";
import { files } from "./files.js";
import { plan } from "./plan.js";
import { forPeople } from "./reasons.js";
import { score } from "./score.js";
import { Texts } from "./texts.js";

const VIEWS = [["", "Writing", board], ["plan", "Plan", plan], ["chapters", "Read", chapter], ["score", "Score", score],
  ["files", "Files", files]];

/** The most reasons that are shown at once. */
const REASONS = 12;

/** The most looks for a book that was ordered a moment ago. */
const LOOKS = 40;

export function book(main, { signal, title, connected }, id, rest) {
  const here = `#/books/${encodeURIComponent(id)}`;
  let known;
  let view;
  let times = new Map();
  const texts = new Texts();
  const heading = h("h1", { dir: "auto" }, "…");
  const badge = h("span", { class: "badge" });
  const segments = new Map(CHAPTER_STATES.map(([state]) => [state, h("span", { "data-state": state })]));
  const strip = h("div", { class: "strip", role: "img" }, [...segments.values()]);
  const figures = h("dl", { class: "figures" });
  const buttons = h("div", { class: "buttons" });
  const notice = h("div", { class: "notice", hidden: true });
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  const reasons = h("ul", { class: "reasons" });
  const why = h("details", { class: "why", ontoggle: () => why.open && explain() }, h("summary", {}, "What it waits for"), reasons);
  const links = VIEWS.map(([path, name]) => h("a", { href: path ? `${here}/${path}` : here }, name));
  const place = h("div", { class: "view" });
  fill(main, h("div", { class: "head" }, h("div", { class: "name" }, heading, badge), buttons), problem, notice,
    strip, figures, why, h("nav", { class: "tabs", "aria-label": "Of this book" }, links), place);

  function turn(parts) {
    const at = Math.max(0, VIEWS.findIndex(([path]) => path === (parts[0] ?? "")));
    links.forEach((link, each) => set(link, "aria-current", each === at ? "page" : undefined));
    const [, name, make] = VIEWS[at];
    fill(place);
    view = make(place, { id, here, signal, parts: parts.slice(1), changed: show, times, texts });
    title(known ? `${name} · ${known.title}` : name);
    if (known) view.show(known);
  }

  function show(now) {
    const before = known && bookState(known).text;
    known = now;
    const { text, tone } = bookState(now);
    if (before && before !== text) announce(`${now.title}: ${text}`);
    say(heading, now.title);
    title(now.title);
    say(badge, text);
    set(badge, "data-tone", tone);
    set(strip, "aria-label", `${count(now.progress.chapters_done)} of ${many(now.chapters, "chapter")} written`);
    const counts = Map.groupBy(now.chapter_list, (chapter) => chapter.state);
    for (const [state, segment] of segments) {
      const size = counts.get(state)?.length ?? 0;
      segment.hidden = size === 0;
      segment.style.flexGrow = size;
    }
    fill(figures, ...figuresOf(now));
    fillOnce(buttons, [now.state, now.holds], () => actions(now));
    why.hidden = now.state === "done" || now.state === "cancelled";
    fillOnce(notice, [now.state, now.holds, now.reason], () => noticeOf(now));
    notice.hidden = notice.childElementCount === 0;
    if (why.open) explain();
    view.show(now);
  }

  function does(action, label, options = {}) {
    return h("button", {
      type: "button", class: options.class ?? "", onclick: (event) => perform(action, options.ask, event.currentTarget),
    }, label);
  }

  function actions(now) {
    const settled = isSettled(now);
    const held = now.holds.includes("operator");
    return [
      now.state === "failed" && does("redrive", "Try again", { class: "primary" }),
      !settled && held && does("lift", "Lift the hold", { class: "primary" }),
      !settled && !held && does("hold", "Hold"),
      !settled && does("cancel", "Cancel", {
        ask: { title: "Cancel this book?", text: "No more of it is written. What is written is kept.", action: "Cancel the book", danger: true },
      }),
      settled && h("button", { type: "button", onclick: remove }, "Delete"),
    ];
  }

  function noticeOf(now) {
    if (now.state === "failed") return [h("p", { dir: "auto" }, h("strong", {}, "The book failed. "), now.reason ?? "")];
    if (isSettled(now)) return [];
    if (now.holds.includes("review")) {
      return [h("p", {}, h("strong", {}, "The plan waits for you. "), "Approve it, and its chapters are written."),
        h("div", { class: "buttons" }, h("a", { class: "button", href: `${here}/plan` }, "Read the plan"),
          does("plan/approve", "Approve the plan", { class: "primary" }))];
    }
    if (now.holds.includes("budget")) {
      return [h("p", {}, h("strong", {}, "The budget is used up. "), "Send the same outline again with a larger budget.")];
    }
    return [];
  }

  async function perform(action, question, button) {
    if (question && !(await ask(question))) return;
    button.disabled = true;
    try {
      show(await act(id, action));
      problem.hidden = true;
    } catch (error) {
      fail(error);
    }
    button.disabled = false;
  }

  async function remove() {
    const question = { title: "Delete this book?", text: "Its texts and its files are deleted. This cannot be undone.", action: "Delete the book", danger: true };
    if (!(await ask(question))) return;
    try {
      await call(bookPath(id), { method: "DELETE" });
      location.hash = "#/";
    } catch (error) {
      fail(error);
    }
  }

  function fail(error) {
    if (signal.aborted) return;
    say(problem, error.message);
    problem.hidden = false;
  }

  async function explain() {
    try {
      const { reasons: found } = await call(bookPath(id, "why"), { signal });
      const shown = found.slice(0, REASONS).map((text) => h("li", { dir: "auto" }, forPeople(text)));
      if (found.length > REASONS) shown.push(h("li", {}, `… and ${many(found.length - REASONS, "more task")}.`));
      fill(reasons, shown);
    } catch (error) {
      fail(error);
    }
  }

  let looks = 0;
  async function load() {
    try {
      show(await call(bookPath(id), { signal }));
      problem.hidden = true;
    } catch (error) {
      // A book that was ordered appears when a dispatcher has accepted it.
      looks += 1;
      if (error.status !== 404 || known || looks > LOOKS) return fail(error);
      say(heading, "The book is being accepted …");
      setTimeout(refresh, 500);
      return;
    }
    if (!following) follow();
  }
  const refresh = throttled(load, signal);

  let following = false;
  function follow() {
    following = true;
    listen(`${bookPath(id, "events")}?text=true`, {
      signal,
      connected(is) {
        if (is) texts.clear();
        connected(is);
      },
      hear(kind, event) {
        if (kind === "text" || kind === "text_ended") {
          texts.hear(kind, event);
          view.stream?.(event.chapter);
          return;
        }
        if (kind === "deleted") location.hash = "#/";
        else if (kind === "reset") times.clear();
        else {
          note(event);
          view.hear?.(event);
        }
        refresh();
      },
    });
  }

  /** Keeps when a chapter was begun and when it was finished. */
  function note({ kind, chapter: number, at }) {
    if (number === undefined) return;
    const time = times.get(number) ?? {};
    if (kind === "started" && (time.begun === undefined || time.ended !== undefined)) times.set(number, { begun: at });
    else if (kind === "chapter_done" || kind === "chapter_dead" || kind === "chapter_repaired") times.set(number, { ...time, ended: at });
  }

  turn(rest);
  refresh();
  return { turn };
}

const fingerprints = new WeakMap();

/** Fills an element anew only where what it depends on has changed, so that a button keeps its focus. */
function fillOnce(element, causes, make) {
  const fingerprint = JSON.stringify(causes);
  if (fingerprints.get(element) === fingerprint) return;
  fingerprints.set(element, fingerprint);
  fill(element, ...make());
}

function figuresOf(now) {
  const end = now.settled_at ? new Date(now.settled_at) : new Date();
  const money = now.cost.budget_usd === undefined ? dollars(now.cost.spent_usd)
    : `${dollars(now.cost.spent_usd)} of ${dollars(now.cost.budget_usd)}`;
  const figure = (name, value) => h("div", {}, h("dt", {}, name), h("dd", {}, value));
  return [
    figure("Chapters", `${count(now.progress.chapters_done)} / ${count(now.chapters)}`),
    figure("Length", lengthIn(now.length_unit, now.length ?? now.progress.length)),
    figure("Cost", money),
    figure("Time", duration((end - new Date(now.accepted_at)) / 1000)),
    now.score !== undefined && figure("Score", `${now.score} / 100`),
  ].filter(Boolean);
}
