// The verdicts of the last minutes as a strip: one lane for each person at a time, the taller, the graver.

import { duration, element, labels } from "./words.js";

const SPAN = 600;
const LANES = 4;
const LANE = 14;
const heights = { fake: 12, real: 5, inconclusive: 3, no_face: 3 };
const svg = (tag, attributes) => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
};

export class Timeline {
  constructor() {
    this.root = element("div", "timeline");
    this.strip = svg("svg", { role: "img", preserveAspectRatio: "none" });
    const scale = element("div", "scale");
    scale.setAttribute("aria-hidden", "true");
    scale.append(element("span", "", "10 min ago"), element("span", "", "5"), element("span", "", "now"));
    this.root.append(this.strip, scale);
  }

  /** `start` and `end` are ages in seconds; a verdict without an end stands. */
  show(past, standing) {
    const entries = [...past, ...standing].filter((entry) => (entry.end ?? 0) < SPAN);
    entries.sort((a, b) => b.start - a.start);
    const lanes = [];
    const shapes = entries.map((entry) => {
      let lane = lanes.findIndex((end) => end >= entry.start);
      if (lane < 0) lane = Math.min(lanes.length, LANES - 1);
      lanes[lane] = entry.end ?? -1;
      const left = SPAN - Math.min(SPAN, entry.start);
      const right = SPAN - (entry.end ?? 0);
      const height = heights[entry.label] ?? 3;
      const shape = svg("rect", {
        class: labels[entry.label] ? entry.label : "no_face",
        x: left, width: Math.max(1.5, right - left), y: lane * LANE + 1 + (12 - height), height, rx: 1,
      });
      const title = svg("title", {});
      title.textContent = words(entry);
      shape.append(title);
      return shape;
    });
    const height = Math.max(1, lanes.length) * LANE;
    this.strip.setAttribute("viewBox", `0 0 ${SPAN} ${height}`);
    this.strip.setAttribute("height", height);
    const ticks = [120, 240, 360, 480].map((x) => svg("line", { x1: x, x2: x, y1: 0, y2: height }));
    this.strip.replaceChildren(...ticks, ...shapes);
    const told = entries.slice(-12).map(words).join("; ");
    this.strip.setAttribute("aria-label", `Verdicts of the last 10 minutes: ${told || "none"}`);
  }
}

function words(entry) {
  const score = entry.score === undefined ? "" : `, score ${entry.score.toFixed(2)}`;
  const time = entry.end === undefined
    ? `for ${duration(entry.start)}`
    : `from ${duration(entry.start)} to ${duration(entry.end)} ago`;
  return `person ${entry.track} ${labels[entry.label] ?? entry.label} ${time}${score}`;
}
