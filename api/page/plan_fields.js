// The fields for what people change in a plan: the book, its cast, and the points and beats of its chapters. They write into the plan itself.

import { fill, h } from "./dom.js";

/** What can be edited of a chapter, with the rows of its field. */
const OF_CHAPTER = [["line", "Line", 2], ["summary", "Summary", 4], ["role", "Role", 2], ["opening", "Opening", 2], ["closing", "Closing", 2],
  ["hand_off", "Left to the next chapter", 2]];

/** The beats of a chapter that tells a story. */
const BEATS = [["point_of_view", "Through whose eyes", 1], ["setting", "Where and when", 2], ["goal", "What somebody wants", 2],
  ["turn", "What changes", 2], ["outcome", "How it ends", 2]];

const OF_CHARACTER = [["name", "Name", 1], ["want", "Wants", 2], ["fear", "Fears", 2], ["speech", "Speaks", 2]];
const OF_PLACE = [["name", "Name", 1], ["line", "What it is like", 2]];
const STORIES = ["novel", "stories"];

/** Makes the fields of a plan. */
export function fields({ book, chapters }) {
  const tells = STORIES.includes(book.kind);
  return [
    field(book, "description", "What it is about", 4), field(book, "audience", "Readers", 2), field(book, "thesis", tells ? "Premise" : "Thesis", 3),
    field(book, "promise", "What it promises", 2), field(book.style, "tone", "Tone", 2), field(book.style, "voice", "Voice", 4),
    lines(book, "canon", "Facts that all chapters keep to, one in a line"),
    (tells || book.characters) && group(book, "characters", "Cast", "Add somebody", OF_CHARACTER),
    (tells || book.places) && group(book, "places", "Places", "Add a place", OF_PLACE),
    (tells || book.timeline) && lines(book, "timeline", "What happens when, one event in a line"),
    h("ol", { class: "planned" }, chapters.map((chapter) => h("li", {}, h("fieldset", {},
      h("legend", { dir: "auto" }, `${chapter.chapter}. ${chapter.title}`),
      OF_CHAPTER.map(([name, label, rows]) => field(chapter, name, label, rows)),
      BEATS.filter(([name]) => tells || chapter[name]).map(([name, label, rows]) => field(chapter, name, label, rows)),
      length(chapter),
      (chapter.owns ?? []).map((point, at) => field(point, "text", `Point ${at + 1}`, 2)),
      (chapter.fixed ?? []).map((section, at) => [
        field(section, "heading", `Section ${at + 1}`, 1), field(section, "summary", `What section ${at + 1} tells`, 2)]))))),
  ];
}

function field(object, name, label, rows) {
  const area = h("textarea", { rows: String(rows), dir: "auto", oninput: () => { object[name] = area.value; } });
  area.value = object[name] ?? "";
  return h("label", {}, label, area);
}

function length(chapter) {
  const input = h("input", { type: "number", min: "20", max: "50000", oninput: () => { chapter.length = input.valueAsNumber; } });
  input.value = String(chapter.length);
  return h("label", {}, "Length", input);
}

/** Makes the field of a list of sentences. */
function lines(object, name, label) {
  const read = () => area.value.split("\n").map((text) => text.trim()).filter(Boolean);
  const area = h("textarea", { rows: "4", dir: "auto", oninput: () => { object[name] = read(); } });
  area.value = (object[name] ?? []).join("\n");
  return h("label", {}, label, area);
}

/** Makes the fields of a list whose members have a name. */
function group(object, name, label, add, parts) {
  const list = h("ul", { class: "plain" });
  const members = () => (object[name] ??= []);
  const show = () => fill(list, members().map((member) => h("li", { class: "member" },
    parts.map(([part, words, rows]) => field(member, part, words, rows)),
    h("button", { type: "button", class: "quiet", onclick: () => remove(member) }, "Remove"))));
  const more = h("button", { type: "button", onclick: () => append() }, add);
  function append() {
    members().push({ name: "" });
    show();
    list.lastElementChild.querySelector("textarea").focus();
  }
  function remove(member) {
    object[name] = members().filter((each) => each !== member);
    show();
    more.focus();
  }
  show();
  return h("fieldset", {}, h("legend", {}, label), list, h("div", { class: "buttons" }, more));
}
