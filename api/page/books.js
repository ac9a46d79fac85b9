// The list of books. It follows the events of all books, and stays as it is filtered.

import { call, listen, throttled } from "./api.js";
import { bulk } from "./bulk.js";
import { Rows, fill, h, say, set } from "./dom.js";
import { bookState, count, dollars, many, moment } from "./format.js";

const PAGE = 50;
const MOST = 500;
const FILTERS = [
  ["All", {}],
  ["Open", { open: "true" }],
  ["Waiting for you", { held: "true" }],
  ["Done", { state: "done" }],
  ["Failed", { state: "failed" }],
  ["Cancelled", { state: "cancelled" }],
];

export function books(main, { signal, title, connected }, query) {
  title("Books");
  let filter = FILTERS.find(([name]) => name === query.get("show")) ?? FILTERS[0];
  let limit = PAGE;
  const list = h("ul", { class: "books", "aria-label": "Books" });
  const rows = new Rows(list, row);
  const empty = h("div", { class: "empty" });
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  const more = h("button", { type: "button", hidden: true, onclick: () => { limit = Math.min(limit + PAGE, MOST); refresh(); } },
    "Show more books");
  const search = h("input", {
    type: "search", id: "search", placeholder: "Title, name or id", value: query.get("text") ?? "", dir: "auto",
    oninput: () => { remember(); refresh(); },
  });
  const known = h("datalist", { id: "tags" });
  const tag = h("input", {
    id: "tag", placeholder: "Tag", value: query.get("tag") ?? "", dir: "auto", list: "tags", autocomplete: "off",
    oninput: () => { remember(); refresh(); },
  });
  const chips = FILTERS.map((each) => h("button", {
    type: "button", class: "chip", onclick: () => { filter = each; limit = PAGE; remember(); mark(); refresh(); },
  }, each[0]));
  const mark = () => chips.forEach((chip, at) => set(chip, "aria-pressed", String(FILTERS[at] === filter)));
  mark();

  fill(main,
    h("div", { class: "head" }, h("h1", {}, "Books"), h("a", { class: "button primary", href: "#/new" }, "New book")),
    h("div", { class: "filters" },
      h("div", { class: "chips", role: "group", "aria-label": "Which books" }, chips),
      h("div", { class: "search" }, h("label", { for: "tag", class: "unseen" }, "Tag"), tag, known,
        h("label", { for: "search", class: "unseen" }, "Search"), search)),
    bulk({ chosen, done: () => refresh() }), problem, list, empty, h("div", { class: "buttons centred" }, more));

  /** The filter stands in the address, so that it survives a reload and a way back. */
  function remember() {
    const kept = new URLSearchParams();
    if (filter !== FILTERS[0]) kept.set("show", filter[0]);
    if (search.value) kept.set("text", search.value);
    if (tag.value) kept.set("tag", tag.value);
    history.replaceState(null, "", kept.size ? `#/?${kept}` : "#/");
  }

  /** Returns the query of the books that are shown, and of those behind them. */
  function chosen() {
    const asked = new URLSearchParams(filter[1]);
    if (search.value.trim()) asked.set("text", search.value.trim());
    if (tag.value.trim()) asked.set("tag", tag.value.trim());
    return asked;
  }

  /** Offers the tags of the books that are shown. */
  function offer(found) {
    const tags = [...new Set(found.flatMap((book) => book.tags))].sort();
    const text = tags.join(",");
    if (known.dataset.tags === text) return;
    known.dataset.tags = text;
    fill(known, tags.map((each) => h("option", { value: each })));
  }

  async function load() {
    const asked = chosen();
    asked.set("limit", String(limit));
    try {
      const found = await call(`/v1/books?${asked}`, { signal });
      rows.show(found.books, (book) => book.id);
      offer(found.books);
      more.hidden = !found.next || limit >= MOST;
      problem.hidden = true;
      nothing(found.books.length === 0);
    } catch (error) {
      if (signal.aborted) return;
      say(problem, error.message);
      problem.hidden = false;
    }
  }
  function nothing(is) {
    empty.hidden = !is;
    if (!is) return;
    if (filter === FILTERS[0] && !search.value && !tag.value) {
      fill(empty, h("h2", {}, "No books yet"), h("p", {}, "Paste an outline, see how it is read, and start."),
        h("a", { class: "button primary", href: "#/new" }, "New book"));
    } else {
      fill(empty, h("h2", {}, "No book fits"), h("p", {}, "Choose another filter, or search for something else."));
    }
  }
  const refresh = throttled(load, signal);
  refresh();
  // What changed while the stream was broken is seen by reading the list again.
  const back = (is) => { connected(is); if (is) refresh(); };
  listen("/v1/changes", { signal, hear: refresh, connected: back });
  return {};
}

function row() {
  const name = h("a", { class: "title", dir: "auto" });
  const badge = h("span", { class: "badge" });
  const bar = h("progress", {});
  const chapters = h("span", { class: "figure" });
  const cost = h("span", { class: "figure" });
  const about = h("p", { class: "about", dir: "auto" });
  const element = h("li", { class: "book" },
    h("div", { class: "what" }, h("h2", {}, name), about),
    h("div", { class: "state" }, badge),
    h("div", { class: "far" }, bar, chapters),
    h("div", { class: "cost" }, cost));
  return {
    element,
    show(book) {
      say(name, book.title);
      set(name, "href", `#/books/${encodeURIComponent(book.id)}`);
      const { text, tone } = bookState(book);
      say(badge, text);
      set(badge, "data-tone", tone);
      const done = book.chapters - (book.chapters_missing ?? 0);
      bar.hidden = book.chapters_missing === undefined;
      bar.max = book.chapters;
      bar.value = done;
      set(bar, "aria-label", `Chapters written of ${book.title}`);
      bar.hidden ||= book.chapters === 0;
      say(chapters, book.chapters === 0 ? "No outline yet" : bar.hidden ? many(book.chapters, "chapter") : `${count(done)} of ${many(book.chapters, "chapter")}`);
      say(cost, book.cost.budget_usd === undefined ? dollars(book.cost.spent_usd)
        : `${dollars(book.cost.spent_usd)} of ${dollars(book.cost.budget_usd)}`);
      const written = [moment(book.accepted_at), book.length && `length ${count(book.length)}`,
        book.score !== undefined && `score ${book.score}`, book.tags.join(", "), book.models.join(", ")];
      say(about, book.reason && book.state === "failed" ? book.reason : written.filter(Boolean).join(" · "));
    },
  };
}
