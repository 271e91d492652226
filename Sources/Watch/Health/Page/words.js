// How the daemon's words and numbers are told to people.

export const labels = {
  fake: "manipulated", real: "nothing found", inconclusive: "undecided", no_face: "no face",
};
/** Why somebody is undecided, where the score and what it is held against do not say so. */
export const doubts = { too_few_ballots: "seen too briefly", close_to_the_line: "the pictures disagree" };
export const labelTones = { fake: "bad", real: "good", inconclusive: "idle", no_face: "idle" };
export const stateTones = {
  online: "good", connecting: "cold", stalled: "warn", frozen: "warn", lost: "bad", ended: "idle",
};
export const healthWords = {
  ok: ["good", "all is well"], degraded: ["warn", "not all is well"], failing: ["bad", "failing"],
};

/** Seconds as people say them. */
export function duration(seconds) {
  const s = Math.max(0, Math.floor(seconds));
  if (s < 120) return `${s} s`;
  const minutes = Math.floor(s / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

export function bytes(count) {
  return count < 1e9 ? `${Math.round(count / 1e6)} MB` : `${(count / 1e9).toFixed(1)} GB`;
}

/** A short span, such as a delay. */
export function span(seconds) {
  if (seconds === undefined) return "–";
  return seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(1)} s`;
}

export const plain = (number) => number.toLocaleString("en").replaceAll(",", "\u202f");

/** A word of the records' vocabulary as a sentence has it. */
export const reason = (word) => word.replaceAll("_", " ");

/** An element with text: text never becomes markup. */
export function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

/** Changes what is shown only where it differs, so that nothing flickers and no reader is disturbed. */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Fills a list of terms and values. */
export function fill(list, pairs) {
  while (list.children.length > pairs.length) list.lastElementChild.remove();
  pairs.forEach(([term, value], index) => {
    let row = list.children[index];
    if (!row) {
      row = element("div");
      row.append(element("dt"), element("dd"));
      list.append(row);
    }
    say(row.firstElementChild, term);
    say(row.lastElementChild, value);
  });
}
