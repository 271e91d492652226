// The status page: asks the daemon once a second and shows what it says, for as long as somebody looks.

import { Card } from "./card.js";
import { Unauthorised, adoptToken, ask, setToken } from "./daemon.js";
import { bytes, duration, element, fill, healthWords, labels, reason, say } from "./words.js";

const INTERVAL = 1000;
const LONGEST_RETRY = 5000;

const at = (id) => document.getElementById(id);
const cards = new Map();
const visible = new IntersectionObserver((entries) => {
  for (const entry of entries) cardOf(entry.target).isVisible = entry.isIntersecting;
}, { rootMargin: "100px" });
const cardOf = (root) => [...cards.values()].find((card) => card.root === root) ?? {};
let filter = "all";
let lastAnswer;
let failures = 0;
let states = new Map();

async function round() {
  if (document.hidden) return;
  try {
    const service = await (await ask("/api/status")).json();
    at("key").hidden = true;
    failures = 0;
    lastAnswer = performance.now();
    answered(service);
  } catch (error) {
    if (error instanceof Unauthorised) {
      at("key").hidden = false;
      say(at("refused"), error.message);
      failures = 0;
    } else {
      failures += 1;
    }
  }
  showConnection();
}

/** A mistake in showing is none of the connection's. */
function answered(service) {
  try {
    show(service);
  } catch (error) {
    console.error(error);
  }
  for (const card of cards.values()) card.look().catch(() => {});
}

/** Whether the daemon still answers is said aloud: an old picture must not pass for a live one. */
function showConnection() {
  const isLost = failures > 0;
  document.body.classList.toggle("offline", isLost);
  at("lost").hidden = !isLost;
  if (!isLost) return;
  const since = lastAnswer === undefined ? "" : ` What you see is ${duration((performance.now() - lastAnswer) / 1000)} old.`;
  say(at("lost"), `Connection lost; trying again.${since}`);
  at("health").dataset.tone = "idle";
  say(at("health"), "unknown");
  document.title = "Connection lost – Unmask";
}

function show(service) {
  const streams = service.streams;
  const isCalm = streams.every((stream) => ["online", "ended"].includes(stream.state));
  const status = service.status === "ok" && !isCalm ? "degraded" : service.status;
  const [tone, words] = healthWords[status] ?? ["idle", status];
  at("health").dataset.tone = tone;
  say(at("health"), words);
  const online = streams.filter((stream) => stream.state === "online").length;
  const fakes = streams.flatMap((stream) =>
    stream.people.filter((person) => person.label === "fake").map((person) => ({ stream, person })));
  fill(at("figures"), [
    ["streams online", `${online} of ${streams.length}`],
    ["verdicts standing", `${streams.reduce((sum, stream) => sum + stream.people.length, 0)}`],
    ["judged a second", sum(streams, (stream) => stream.rates.analysed).toFixed(1)],
    ["memory", bytes(service.process.memory)],
    ["running for", duration(service.uptime)],
  ]);
  document.title = `${fakes.length ? `(${fakes.length}) ` : ""}${online}/${streams.length} online – Unmask`;
  const problems = service.problems.map((problem) => problem.message);
  const { records } = service;
  if (records) problems.push(`records wait for ${duration(records.seconds)}: ${reason(records.reason)}`);
  at("problems").hidden = problems.length === 0;
  at("problems").replaceChildren(...problems.map((problem) => element("p", "", problem)));
  showStreams(streams);
  showAlerts(fakes);
  showFooter(service);
  announce(streams);
}

const sum = (list, value) => list.reduce((total, item) => total + value(item), 0);

function showStreams(streams) {
  const names = new Set(streams.map((stream) => stream.name));
  for (const [name, card] of cards) {
    if (names.has(name)) continue;
    visible.unobserve(card.root);
    card.remove();
    cards.delete(name);
  }
  streams.forEach((stream, index) => {
    let card = cards.get(stream.name);
    if (!card) {
      card = new Card(stream.name);
      cards.set(stream.name, card);
      visible.observe(card.root);
    }
    if (at("streams").children[index] !== card.root) at("streams").insertBefore(card.root, at("streams").children[index]);
    card.show(stream);
  });
  applyFilter();
}

function applyFilter() {
  const all = [...cards.values()];
  const groups = {
    all: ["All", () => true],
    attention: ["Needs attention", (card) => card.needsAttention],
    people: ["With verdicts", (card) => card.hasPeople],
  };
  at("filters").hidden = all.length < 5;
  if (all.length < 5) filter = "all";
  for (const button of at("filters").children) {
    const [words, belongs] = groups[button.dataset.filter];
    say(button, `${words} ${all.filter(belongs).length}`);
    button.setAttribute("aria-pressed", String(button.dataset.filter === filter));
  }
  const belongs = groups[filter][1];
  for (const card of all) card.root.hidden = !belongs(card);
  at("nothing").hidden = all.some(belongs);
  say(at("nothing"), all.length ? "No stream is like that at the moment." : "No stream is configured.");
}

function showAlerts(fakes) {
  at("alerts").hidden = fakes.length === 0;
  at("alerts").querySelector("ul").replaceChildren(...fakes.map(({ stream, person }) => {
    const item = element("li");
    const link = element("a", "", stream.name);
    link.href = `#${cards.get(stream.name).root.id}`;
    const score = person.score === undefined ? "" : `, score ${person.score.toFixed(2)}`;
    item.append(link, ` person ${person.track}, for ${duration(person.start)}${score}`);
    return item;
  }));
}

function showFooter({ version, model, process, uptime }) {
  const share = uptime > 0 ? (process.cpu / uptime).toFixed(1) : "–";
  const parts = [
    `unmask ${version}`, `model ${model.name} ${model.version} (${model.sha256.slice(0, 12)})`,
    `${share} cores on average`, `${process.descriptors} descriptors`,
  ];
  const facts = at("facts");
  while (facts.children.length < parts.length) facts.append(element("li"));
  parts.forEach((part, index) => say(facts.children[index], part));
}

/** Tells those who do not see the page what has changed. */
function announce(streams) {
  const news = [];
  for (const stream of streams) {
    const before = states.get(stream.name);
    if (before && before.state !== stream.state) news.push(`${stream.name} is ${stream.state}: ${stream.explanation ?? stream.reason}`);
    const isNew = stream.people.filter((person) => person.label === "fake" && !before?.fakes.has(person.track));
    if (before) for (const person of isNew) news.push(`${stream.name}: person ${person.track} is ${labels.fake}`);
  }
  states = new Map(streams.map((stream) => [stream.name, {
    state: stream.state,
    fakes: new Set(stream.people.filter((person) => person.label === "fake").map((person) => person.track)),
  }]));
  if (news.length) say(at("news"), news.join(". "));
}

at("key").addEventListener("submit", (event) => {
  event.preventDefault();
  setToken(at("token").value);
  at("token").value = "";
  round();
});
at("filters").addEventListener("click", (event) => {
  if (!event.target.dataset.filter) return;
  filter = event.target.dataset.filter;
  applyFilter();
});

adoptToken();
window.addEventListener("hashchange", adoptToken);
document.addEventListener("visibilitychange", () => { if (!document.hidden) round(); });
for (;;) {
  await round();
  const wait = Math.min(LONGEST_RETRY, INTERVAL * Math.max(1, failures));
  await new Promise((resolve) => setTimeout(resolve, wait));
}
