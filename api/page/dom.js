// Makes elements. Text from outside becomes text nodes and nothing else: no module of the page parses HTML.

// These are set as properties, because their attributes mean something else or do not exist.
const PROPERTIES = new Set(["value", "checked", "disabled", "hidden", "max", "open", "indeterminate"]);

/** Makes an element. Attributes that are undefined, null or false are left out, and `onclick` adds a listener. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (PROPERTIES.has(name)) element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  return add(element, children);
}

/** Replaces what an element holds. */
export function fill(element, ...children) {
  element.replaceChildren();
  return add(element, children);
}

/** Adds children one by one: a call cannot have as many arguments as a text can have parts. */
function add(element, children) {
  for (const child of present(children)) element.append(child);
  return element;
}

function present(children) {
  return children.flat(Infinity).filter((child) => child !== undefined && child !== null && child !== false);
}

/** Sets a text, and touches the document only if it is another one. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Sets an attribute, or removes it where the value is undefined. */
export function set(element, name, value) {
  if (value === undefined) element.removeAttribute(name);
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/**
 * Keeps a list of elements beside a list of items. An element lives as long as its item, so that the focus and what is
 * open stay where they are. `make` returns `{element, show(item)}`.
 */
export class Rows {
  #list;
  #make;
  #rows = new Map();

  constructor(list, make) {
    this.#list = list;
    this.#make = make;
  }

  show(items, keyOf) {
    const kept = new Map();
    let place = this.#list.firstElementChild;
    for (const item of items) {
      const key = keyOf(item);
      const row = this.#rows.get(key) ?? { ...this.#make(item), shown: undefined };
      const text = JSON.stringify(item);
      if (row.shown !== text) {
        row.show(item);
        row.shown = text;
      }
      kept.set(key, row);
      if (row.element === place) place = place.nextElementSibling;
      else this.#list.insertBefore(row.element, place);
    }
    for (const [key, row] of this.#rows) if (!kept.has(key)) row.element.remove();
    this.#rows = kept;
  }

  get(key) {
    return this.#rows.get(key);
  }
}

/** Tells a screen reader something. */
export function announce(text) {
  say(document.getElementById("announcer"), text);
}

/** Asks whether something is to be done. Resolves to whether it is. */
export function ask({ title, text, action, danger }) {
  return new Promise((resolve) => {
    const dialog = h("dialog", { "aria-labelledby": "ask-title" },
      h("form", { method: "dialog" },
        h("h2", { id: "ask-title" }, title),
        h("p", {}, text),
        h("div", { class: "buttons" },
          h("button", { value: "no", class: "quiet" }, "Back"),
          h("button", { value: "yes", class: danger ? "danger" : "primary" }, action))));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
