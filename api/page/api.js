// Calls the API. Who is signed in is known by a cookie, which no script can read.

/** An answer that is a problem (RFC 9457). */
export class Problem extends Error {
  constructor({ status, title, detail, errors }) {
    super(detail || title);
    this.status = status;
    this.errors = errors?.length ? errors : [detail || title];
  }
}

/** Is called where the API asks for a key. */
export const whenKeyIsNeeded = { call: () => {} };

async function send(path, { method = "GET", body, headers = {}, signal } = {}) {
  const all = new Headers(headers);
  if (body !== undefined) all.set("Content-Type", "application/json");
  let response;
  try {
    response = await fetch(path, { method, headers: all, body: body && JSON.stringify(body), signal, cache: "no-store" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem({ status: 0, title: "The server does not answer. Is Bindery still running?" });
  }
  if (response.ok) return response;
  let problem = { status: response.status, title: `The server answered with the status ${response.status}.` };
  try {
    problem = { ...problem, ...(await response.json()) };
  } catch {
    // A proxy may answer with a page of its own.
  }
  if (response.status === 401) whenKeyIsNeeded.call(problem);
  throw new Problem(problem);
}

/** Gets or sends JSON. */
export async function call(path, options) {
  const response = await send(path, options);
  return response.status === 204 ? undefined : response.json();
}

/** Gets JSON with the tag that names this edition of it. */
export async function tagged(path, options) {
  const response = await send(path, options);
  return { found: await response.json(), tag: response.headers.get("ETag") };
}

/** Returns the path of a book, or of something of it. */
export function bookPath(id, ...rest) {
  return ["/v1/books", id, ...rest].map((part, index) => (index === 0 ? part : encodeURIComponent(part))).join("/");
}

/** Does something to a book. Returns the book as it is then. */
export function act(id, action, body) {
  return call(`${bookPath(id)}/${action}`, { method: "POST", body });
}

/** Returns the name that an answer gives its file: the one in all scripts, or else the one in ASCII (RFC 6266). */
function fileName(disposition) {
  const [, all] = /filename\*=UTF-8''([^;]+)/.exec(disposition) ?? [];
  const [, ascii] = /filename="([^"]+)"/.exec(disposition) ?? [];
  return all ? decodeURIComponent(all) : ascii ?? "book";
}

/** Saves a file of a book. A link would show nothing where the file is lost. */
export async function download(path) {
  const response = await send(path);
  const address = URL.createObjectURL(await response.blob());
  const link = document.createElement("a");
  link.href = address;
  link.download = fileName(response.headers.get("Content-Disposition") ?? "");
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/**
 * Listens to a stream of events until the signal is aborted. `hear(kind, data)` gets each message. After a break the stream is
 * gone on with behind the last event that was heard. EventSource tells no status of an answer, so the stream is read here.
 */
export async function listen(path, { signal, hear, connected }) {
  let last = "";
  for (let pause = 500; !signal.aborted; pause = Math.min(pause * 2, 10_000)) {
    try {
      const headers = last ? { "Last-Event-ID": last } : {};
      const response = await send(path, { headers, signal });
      connected(true);
      pause = 500;
      for await (const { id, kind, data } of messages(response.body)) {
        if (id !== undefined) last = id;
        if (signal.aborted) return;
        hear(kind, data);
        if (kind === "deleted") return;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof Problem && error.status >= 400 && error.status < 500 && error.status !== 429) return;
    }
    if (signal.aborted) return;
    connected(false);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/** Reads the messages of a stream. <https://html.spec.whatwg.org/multipage/server-sent-events.html> */
async function* messages(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const message = { kind: "message", data: undefined, id: undefined };
      for (const line of block.split("\n")) {
        const [, field, text] = /^([^:]*):? ?(.*)$/.exec(line);
        if (field === "id") message.id = text;
        else if (field === "event") message.kind = text;
        else if (field === "data") message.data = (message.data === undefined ? "" : `${message.data}\n`) + text;
      }
      if (message.data !== undefined) yield { ...message, data: JSON.parse(message.data) };
    }
  }
}

/**
 * Makes a function that asks for a refresh. Refreshes never overlap, and the more one takes, the longer is the pause before the next.
 */
export function throttled(refresh, signal) {
  let asked = false;
  let running = false;
  return async function again() {
    asked = true;
    if (running) return;
    running = true;
    while (asked && !signal.aborted) {
      asked = false;
      const begun = performance.now();
      await refresh();
      const took = performance.now() - begun;
      await new Promise((resolve) => setTimeout(resolve, Math.max(250, 4 * took)));
    }
    running = false;
  };
}
