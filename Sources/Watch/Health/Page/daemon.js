// How the page asks the daemon: with the token, if there is one, and never for longer than a few seconds.

const KEY = "unmask-token";

/** The daemon wants a token, or another one. */
export class Unauthorised extends Error {}

/** Takes a token out of the address (#token=…), where it would stay in the history, and keeps it for this tab. */
export function adoptToken() {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given === null) return;
  setToken(given);
  history.replaceState(null, "", location.pathname);
}

export function setToken(token) {
  sessionStorage.setItem(KEY, token);
}

export async function ask(path) {
  const token = sessionStorage.getItem(KEY);
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  const response = await fetch(path, { headers, cache: "no-store", signal: AbortSignal.timeout(5000) });
  if (response.status === 401) throw new Unauthorised(token ? "This token is not the right one." : "");
  if (!response.ok) throw new Error(`the daemon answered ${response.status}`);
  return response;
}
