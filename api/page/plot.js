// Plots, drawn as SVG. The words beside a plot say what it shows.

import { set } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 100;

function draw(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Returns the next number of the form 1, 2 or 5 with zeros, which a person reads at a glance. */
export function roundedUp(number) {
  let unit = 1;
  for (;;) {
    for (const step of [1, 2, 5]) if (step * unit >= number) return step * unit;
    unit *= 10;
  }
}

/** Makes a plot with a bar for each value. `show` gets the values, the value of the full height, and what the plot says in words. */
export function bars(count) {
  const each = Array.from({ length: count }, (_, at) => draw("rect", { class: "bar", x: String(at + 0.1), width: "0.8" }));
  const element = draw("svg", { class: "bars", viewBox: `0 0 ${count} ${HEIGHT}`, preserveAspectRatio: "none", role: "img" }, ...each);
  return {
    element,
    show(values, most, label) {
      set(element, "aria-label", label);
      values.forEach((value, at) => {
        const size = (value / most) * HEIGHT;
        set(each[at], "y", String(HEIGHT - size));
        set(each[at], "height", String(size));
      });
    },
  };
}

/** Makes a plot of one line, which is decoration: the number stands beside it. */
export function line(length) {
  const path = draw("polyline", { class: "trace", points: "", "vector-effect": "non-scaling-stroke" });
  const element = draw("svg", {
    class: "line-plot", viewBox: `0 -4 ${length - 1} ${HEIGHT + 8}`, preserveAspectRatio: "none", "aria-hidden": "true",
  }, path);
  return {
    element,
    show(values) {
      const most = Math.max(1, ...values);
      const first = length - values.length;
      set(path, "points", values.map((value, at) => `${first + at},${HEIGHT - (value / most) * HEIGHT}`).join(" "));
    },
  };
}
