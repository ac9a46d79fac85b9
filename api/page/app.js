// Shows the view that the address names, and asks for a key where the API needs one.

import { call, whenKeyIsNeeded } from "./api.js";
import { fill, h, say, set } from "./dom.js";
import { books } from "./books.js";
import { fleet } from "./fleet.js";
import { order } from "./order.js";
import { book } from "./book.js";

const main = document.getElementById("main");
const connection = document.getElementById("connection");
const signOut = document.getElementById("sign-out");
const toFleet = document.getElementById("to-fleet");

/** The views beside those of books. */
const PLACES = ["new", "fleet"];

/** What is shown while the API waits for a key. */
const SIGN_IN = "sign in";

let leaving = new AbortController();
let shown = "";
let current;

/** The address of a view stands behind the `#`: `#/books/ID/chapters/3?state=failed`. */
function address() {
  const [path, query] = location.hash.slice(1).split("?");
  let parts = [];
  try {
    parts = path.split("/").filter(Boolean).map(decodeURIComponent);
  } catch {
    // An address that cannot be read names the list.
  }
  return { parts, query: new URLSearchParams(query) };
}

function show() {
  const { parts, query } = address();
  const [name, id, ...rest] = parts;
  const place = name === "books" ? `books/${id}` : name ?? "";
  // The views of one book share its header and its stream.
  if (place === shown && current?.turn) {
    current.turn(rest);
    return;
  }
  leaving.abort();
  leaving = new AbortController();
  const context = { signal: leaving.signal, title, connected };
  connected(true);
  for (const link of document.querySelectorAll("[data-nav]")) {
    const here = link.dataset.nav === (PLACES.includes(name) ? name : "books");
    set(link, "aria-current", here ? (name === "books" ? "true" : "page") : undefined);
  }
  shown = place;
  if (name === "new") current = order(main, context);
  else if (name === "fleet") current = fleet(main, context);
  else if (name === "books" && id) current = book(main, context, id, rest);
  else current = books(main, context, query);
}

function title(text) {
  document.title = text ? `${text} · Bindery` : "Bindery";
}

/** Offers what the caller may do. */
function identify(session) {
  signOut.hidden = !session.signed_in;
  toFleet.hidden = !session.sees_fleet;
}

/** Says that the stream of events is broken. */
function connected(is) {
  say(connection, is ? "" : "The connection is lost, so this may be old. The page tries again by itself.");
}

whenKeyIsNeeded.call = (problem) => {
  // A view has several requests under way, and each of them may be refused.
  if (shown === SIGN_IN) return;
  const refused = !signOut.hidden;
  leaving.abort();
  shown = SIGN_IN;
  current = undefined;
  connected(true);
  title("Sign in");
  identify({ signed_in: false, sees_fleet: false });
  const field = h("input", {
    id: "key", type: "password", autocomplete: "current-password", required: true, spellcheck: "false",
    "aria-describedby": "key-help",
  });
  const refusal = h("p", { class: "problem", role: "alert", hidden: !refused }, problem.detail);
  const submit = async (event) => {
    event.preventDefault();
    try {
      identify(await call("/v1/session", { method: "POST", body: { key: field.value } }));
      show();
    } catch (error) {
      say(refusal, error.message);
      refusal.hidden = false;
    }
  };
  fill(main, h("form", { class: "panel narrow", onsubmit: submit },
    h("h1", {}, "Sign in"),
    refusal,
    h("label", { for: "key" }, "Key"),
    field,
    h("p", { class: "hint", id: "key-help" },
      "Your operator makes it with ", h("code", {}, "bindery keys add"), ". You are signed in until you sign out or close the browser."),
    h("div", { class: "buttons" }, h("button", { class: "primary" }, "Sign in"))));
  field.focus();
};

signOut.addEventListener("click", async () => {
  await call("/v1/session", { method: "DELETE" });
  identify({ signed_in: false, sees_fleet: false });
  shown = undefined;
  show();
});
// Who is not signed in is asked for a key.
call("/v1/session").then(identify, () => {});

window.addEventListener("hashchange", () => {
  show();
  // A reader of the screen begins at the top of the new view.
  main.focus({ preventScroll: true });
  window.scrollTo(0, 0);
});
show();
