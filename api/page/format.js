// Writes numbers, times and states for people.

const numbers = new Intl.NumberFormat("en");
const dates = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" });

export const count = (number) => numbers.format(number);

/** Writes a number with its noun. */
export const many = (number, noun) => `${count(number)} ${noun}${number === 1 ? "" : "s"}`;

/** Writes a length in the unit that the API names: words, or characters for Japanese and Chinese. */
export const lengthIn = (unit, length) => many(length, unit === "characters" ? "character" : "word");

export function dollars(amount) {
  if (amount === 0) return "$0";
  if (amount < 0.01) return "< $0.01";
  return `$${amount.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}

export function bytes(number) {
  const units = ["bytes", "kB", "MB", "GB"];
  let power = 0;
  let size = number;
  while (size >= 1000 && power < units.length - 1) {
    size /= 1000;
    power += 1;
  }
  return `${power === 0 ? size : size.toFixed(1)} ${units[power]}`;
}

export function duration(seconds) {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.round(hours / 24)} days`;
}

export const moment = (time) => dates.format(new Date(time));

/** The states of a book, as people call them. */
const BOOK_STATES = {
  accepted: "Accepted", planning: "Planning", writing: "Writing", auditing: "Reading through", binding: "Binding",
  done: "Done", failed: "Failed", cancelled: "Cancelled",
};

const HOLDS = { review: "Plan to approve", budget: "Out of budget", operator: "On hold" };

export const isSettled = (book) => ["done", "failed", "cancelled"].includes(book.state);

/** Returns the state of a book in words, and the kind of state that its colour shows. */
export function bookState(book) {
  const hold = book.holds.find((name) => HOLDS[name]);
  if (hold && !isSettled(book)) return { text: HOLDS[hold], tone: hold === "operator" ? "held" : "asks" };
  const tones = { done: "done", failed: "failed", cancelled: "quiet", accepted: "quiet" };
  return { text: BOOK_STATES[book.state] ?? book.state, tone: tones[book.state] ?? "active" };
}

/** The states of a chapter in the order of the board, with the words for them. */
export const CHAPTER_STATES = [
  ["done", "Done"], ["writing", "Writing"], ["queued", "Queued"], ["parked", "Put aside"], ["waiting", "Waiting"],
  ["failed", "Failed"],
];

export const chapterState = (state) => CHAPTER_STATES.find(([name]) => name === state)?.[1] ?? state;

/** Names a file format. */
export function formatName(format) {
  const names = {
    md: "Markdown", txt: "Plain text", html: "HTML", epub: "EPUB", docx: "Word", pdf: "PDF", json: "JSON", onix: "ONIX",
    site: "Website", scorm: "SCORM", cover: "Cover", "score.html": "Score to read",
    "score.json": "Score for programs",
  };
  return names[format] ?? format;
}
