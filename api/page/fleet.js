// The fleet, for operators: its pace, its queues, its workers, what tasks wait for, the dead letters, and the books that stand still.

import { call, throttled } from "./api.js";
import { Rows, fill, h, say, set } from "./dom.js";
import { count, many, moment } from "./format.js";
import { deadLetters } from "./dead_letters.js";
import { figure } from "./order.js";
import { bars, line, roundedUp } from "./plot.js";
import { stuckBook } from "./stuck.js";

/** The pause between two looks. */
const PAUSE = 5_000;

/** The minutes that the API tells the pace of. */
const MINUTES = 60;

/** The looks whose queue lengths the page remembers while it is open. */
const REMEMBERED = 120;

const LANES = {
  submissions: "Submissions", commands: "Commands", plans: "Plans", chapters: "Chapters", solo: "Solo chapters",
  bindings: "Bindings", webhooks: "Webhooks", dead: "Dead letters",
};

export function fleet(main, { signal, title, connected }) {
  title("Fleet");
  const figures = h("dl", { class: "figures" });
  const seen = h("span", { class: "hint" });
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  const notice = h("p", { class: "problem", role: "status", hidden: true });
  const pace = pacePlot();
  const lanes = h("ul", { class: "lanes" });
  const laneRows = new Rows(lanes, lane);
  const workers = list("No worker has a task.");
  const workerRows = new Rows(workers.rows, worker);
  const waits = list("No task is put aside.");
  const waitRows = new Rows(waits.rows, wait);
  const stuck = list("No book stands still.");
  const fail = (error) => {
    if (signal.aborted) return;
    say(problem, error.message);
    problem.hidden = false;
  };
  const stuckRows = new Rows(stuck.rows, () => stuckBook({ done: () => refresh(), fail }));
  const dead = deadLetters({ signal, done: () => refresh() });
  fill(main,
    h("div", { class: "head" }, h("h1", {}, "Fleet"), seen), problem, notice, figures,
    panel("Chapters a minute", pace.element),
    h("div", { class: "fleet" },
      panel("Queues", lanes, h("p", { class: "hint" }, "The lines show the messages since this page was opened.")),
      panel("Workers", workers.element),
      panel("What tasks wait for", waits.element),
      panel("Dead letters", dead.element)),
    panel("Books that stand still", stuck.element));

  function show(now) {
    say(seen, `As of ${new Date(now.at).toLocaleTimeString("en")}`);
    const memory = now.store_memory === undefined ? "no limit" : `${Math.round(now.store_memory * 100)} %`;
    const recent = now.chapters_per_minute.slice(-6, -1).reduce((sum, each) => sum + each, 0) / 5;
    fill(figures, figure("Open books", count(now.open)), figure("Held", count(now.held)), figure("Failed in a day", count(now.failed)),
      figure("Chapters to write", count(now.chapters_missing)), figure("Chapters a minute", recent.toFixed(1)), figure("Store's memory", memory));
    say(notice, noticeOf(now));
    notice.hidden = notice.textContent === "";
    pace.show(now.chapters_per_minute);
    laneRows.show(now.lanes.map((each) => ({ ...each, at: now.at })), (each) => each.name);
    workerRows.show(now.workers, (each) => each.name);
    waitRows.show(now.waits, (each) => each.reason);
    stuckRows.show(now.stuck, (each) => each.id);
    for (const [each, shown] of [[workers, now.workers], [waits, now.waits], [stuck, now.stuck]]) each.empty.hidden = shown.length > 0;
    say(stuck.rest, now.more_stuck ? `… and ${many(now.more_stuck, "more book")}.` : "");
    dead.show(now.lanes.find((each) => each.name === "dead")?.messages);
  }

  async function load() {
    try {
      show(await call("/v1/fleet", { signal }));
      problem.hidden = true;
      connected(true);
    } catch (error) {
      if (error.status === 0) connected(false);
      else fail(error);
    }
  }
  const refresh = throttled(load, signal);
  const timer = setInterval(() => { if (!document.hidden) refresh(); }, PAUSE);
  signal.addEventListener("abort", () => clearInterval(timer));
  refresh();
  return {};
}

/** Says what an operator should see first. */
function noticeOf(now) {
  if (now.broker_fault) return `The broker does not answer: ${now.broker_fault}.`;
  const waiting = now.lanes.some((each) => ["plans", "chapters", "bindings"].includes(each.name) && each.messages > 0);
  if (waiting && now.workers.length === 0) return "Messages wait in the queues, and no worker has a task. Is one running?";
  if (now.books_not_read) return `${many(now.books_not_read, "book")} could not be looked at, because the others have too many chapters.`;
  return "";
}

function panel(name, ...content) {
  const id = `of-${name.toLowerCase().replaceAll(/[^a-z]+/g, "-")}`;
  return h("section", { class: "panel of-fleet", "aria-labelledby": id }, h("h2", { id }, name), content);
}

/** Makes a list with words for where it is empty. */
function list(nothing) {
  const rows = h("ul", { class: "plain" });
  const empty = h("p", { class: "hint" }, nothing);
  const rest = h("p", { class: "hint" });
  return { rows, empty, rest, element: h("div", {}, rows, empty, rest) };
}

function pacePlot() {
  const plot = bars(MINUTES);
  const most = h("span", {});
  return {
    element: h("div", { class: "plot" }, h("p", { class: "hint axis" }, most), plot.element,
      h("p", { class: "hint axis" }, h("span", {}, "60 minutes ago"), h("span", {}, "now"))),
    show(values) {
      const top = roundedUp(Math.max(1, ...values));
      const all = values.reduce((sum, each) => sum + each, 0);
      say(most, many(top, "chapter"));
      plot.show(values, top, `In the last hour ${many(all, "chapter")} were written, at most ${count(Math.max(0, ...values))} in one minute.`);
    },
  };
}

function lane() {
  const name = h("span", {});
  const number = h("b", {});
  const plot = line(REMEMBERED);
  const lengths = [];
  return {
    element: h("li", {}, name, plot.element, number),
    show(now) {
      lengths.push(now.messages);
      if (lengths.length > REMEMBERED) lengths.shift();
      say(name, LANES[now.name] ?? now.name);
      say(number, count(now.messages));
      plot.show(lengths);
    },
  };
}

function worker() {
  const name = h("span", { class: "what" });
  const tasks = h("span", { class: "figure" });
  const element = h("li", {}, name, tasks);
  return {
    element,
    show(now) {
      say(name, now.name);
      const silent = now.silent ? `silent on ${many(now.silent, "task")}` : "";
      say(tasks, [now.tasks && `${many(now.tasks, "task")} of ${many(now.books, "book")}`, silent].filter(Boolean).join(", "));
      set(element, "data-silent", now.silent ? "" : undefined);
    },
  };
}

function wait() {
  const reason = h("p", { dir: "auto" });
  const about = h("p", { class: "hint" });
  return {
    element: h("li", { class: "stacked" }, reason, about),
    show(now) {
      say(reason, now.reason);
      say(about, `${many(now.tasks, "task")} of ${many(now.books, "book")} · ${now.models.join(", ")} · next try ${moment(now.until)}`);
    },
  };
}
