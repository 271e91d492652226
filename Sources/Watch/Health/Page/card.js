// One stream: its picture with who is in it, how it is, and what was found.

import { ask } from "./daemon.js";
import { Timeline } from "./timeline.js";
import { doubts, duration, element, fill, labelTones, labels, plain, reason, say, span, stateTones } from "./words.js";

const MOST_PEOPLE = 6;
let cards = 0;

export class Card {
  constructor(name) {
    this.name = name;
    this.isVisible = false;
    this.number = 0;
    this.labelOf = new Map();
    const id = `stream-${++cards}`;
    this.root = element("article");
    this.root.id = id;
    this.root.setAttribute("aria-labelledby", `${id}-name`);

    const screen = element("div", "screen");
    this.shot = element("div", "shot");
    this.shot.hidden = true;
    this.image = element("img");
    this.shot.append(this.image);
    this.empty = element("p", "empty");
    this.age = element("span", "corner");
    screen.append(this.shot, this.empty, this.age);

    this.title = element("h2", "", name);
    this.title.id = `${id}-name`;
    this.title.title = name;
    this.badge = element("span", "badge");
    const title = element("div", "title");
    title.append(this.title, this.badge);
    this.why = element("p", "why");
    this.rates = element("dl", "rates");
    this.people = element("ul", "people");
    this.nobody = element("p", "nobody", "No verdict stands.");
    this.timeline = new Timeline();
    this.counters = element("dl");
    this.address = element("p", "address");
    const more = element("details");
    more.append(element("summary", "", "All figures"), this.counters, this.address);
    const words = element("div", "words");
    words.append(title, this.why, this.people, this.nobody, this.timeline.root, this.rates, more);
    this.root.append(screen, words);
  }

  /** Whether somebody should look at it. */
  get needsAttention() {
    return this.tone === "bad" || this.tone === "warn" || this.hasFake;
  }

  show(stream) {
    this.stream = stream;
    this.tone = stateTones[stream.state] ?? "idle";
    this.hasFake = stream.people.some((person) => person.label === "fake");
    this.hasPeople = stream.people.length > 0;
    this.root.dataset.tone = this.hasFake ? "bad" : "";
    this.badge.dataset.tone = this.tone;
    say(this.badge, stream.state);
    say(this.why, `${capital(stream.explanation ?? reason(stream.reason))} · ${reason(stream.reason)} · `
      + `for ${duration(stream.since)}`);
    this.showPeople(stream.people);
    this.timeline.show(stream.past, stream.people);
    fill(this.rates, [
      ["fps in", stream.rates.decoded.toFixed(1)],
      ["looked at", stream.rates.sampled.toFixed(1)],
      ["analysed", stream.rates.analysed.toFixed(1)],
      ["delay", stream.state === "online" ? span(stream.delay) : "–"],
    ]);
    // Seen at a glance: the machine cannot keep up, and frames give way.
    this.rates.classList.toggle("behind", stream.rates.analysed < 0.85 * stream.rates.sampled);
    const { counters, stages = {} } = stream;
    fill(this.counters, [
      ...Object.entries(counters).map(([name, count]) => [name, plain(count)]),
      ["waiting", plain(stream.queue)],
      ...Object.entries(stages).map(([name, seconds]) => [`${name} (mean)`, span(seconds)]),
    ]);
    say(this.address, `${stream.kind} · ${stream.url}`);
    this.showAge();
  }

  showAge() {
    const { picture, last_frame: lastFrame, state } = this.stream;
    const isLive = state === "online" && picture !== undefined && picture.age < 5;
    this.root.classList.toggle("old", !isLive);
    const age = picture && (state === "frozen" ? "stands still" : `${duration(picture.age)} old`);
    say(this.age, isLive ? "live" : age ?? "");
    this.age.hidden = !this.age.textContent;
    this.empty.hidden = !this.shot.hidden;
    say(this.empty, lastFrame === undefined ? "no picture yet" : "waiting for a picture…");
  }

  showPeople(people) {
    this.labelOf = new Map(people.map((person) => [person.track, person.label]));
    const rank = { fake: 0, inconclusive: 1, real: 2, no_face: 3 };
    const sorted = people.toSorted((a, b) => (rank[a.label] ?? 4) - (rank[b.label] ?? 4) || a.track - b.track);
    const shown = sorted.slice(0, MOST_PEOPLE).map((person) => {
      const item = element("li");
      const badge = element("span", "badge", labels[person.label] ?? person.label);
      badge.dataset.tone = labelTones[person.label] ?? "idle";
      const doubt = person.label === "inconclusive" && doubts[person.reason] ? ` · ${doubts[person.reason]}` : "";
      const score = person.score === undefined ? "" : ` · score ${person.score.toFixed(2)} ${bounds(person)}`;
      item.append(badge, element("span", "", `Person ${person.track}`),
        element("span", "more", `${doubt}${score} · for ${duration(person.start)}`.replace(/^ · /, "")));
      return item;
    });
    if (sorted.length > MOST_PEOPLE) shown.push(element("li", "more", `and ${sorted.length - MOST_PEOPLE} more`));
    this.people.replaceChildren(...shown);
    this.people.hidden = people.length === 0;
    this.nobody.hidden = people.length > 0;
  }

  /** Fetches the newest picture; asking for it is what makes the daemon draw the next one. */
  async look() {
    if (!this.isVisible || this.isLooking) return;
    this.isLooking = true;
    try {
      const query = new URLSearchParams({ stream: this.name, have: this.number });
      const response = await ask(`/api/picture?${query}`);
      if (response.status !== 200) return;
      const address = URL.createObjectURL(await response.blob());
      this.image.src = address;
      await this.image.decode().catch(() => {});
      if (this.shown) URL.revokeObjectURL(this.shown);
      this.shown = address;
      this.number = Number(response.headers.get("X-Picture"));
      this.showFaces(JSON.parse(response.headers.get("X-Faces") ?? "[]"));
    } finally {
      this.isLooking = false;
    }
  }

  showFaces(faces) {
    const { naturalWidth: width, naturalHeight: height } = this.image;
    this.shot.hidden = width === 0;
    this.empty.hidden = width > 0;
    this.shot.style.aspectRatio = `${width} / ${height}`;
    this.shot.classList.toggle("tall", width / height < 16 / 9 - 0.01);
    this.image.alt = `Newest picture of ${this.name}: `
      + (faces.length === 1 ? "one face" : `${faces.length || "no"} faces`);
    const boxes = faces.map(({ track, marked, box: [x, y, w, h] }) => {
      const label = this.labelOf.get(track);
      // Before a verdict stands, what this picture alone shows.
      const box = element("div", `box ${labels[label] ? label : marked ? "marked" : ""}`);
      box.setAttribute("aria-hidden", "true");
      box.classList.toggle("low", y < 0.1);
      box.classList.toggle("right", x > 0.6);
      box.append(element("span", "", labels[label] ? `${track} · ${labels[label]}` : `${track}`));
      for (const [side, share] of Object.entries({ left: x, top: y, width: w, height: h })) {
        box.style[side] = `${100 * share}%`;
      }
      return box;
    });
    this.shot.replaceChildren(this.image, ...boxes);
  }

  remove() {
    if (this.shown) URL.revokeObjectURL(this.shown);
    this.root.remove();
  }
}

/** Addresses stay as they are. */
const capital = (text) => (/^[a-z]+:\/\//.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1));

/** What a person's score is held against. */
function bounds({ threshold, clearance }) {
  const fake = threshold.toFixed(2);
  return clearance < threshold ? `(real up to ${clearance.toFixed(2)}, fake above ${fake})` : `of ${fake}`;
}
