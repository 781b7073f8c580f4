// How the page asks the installation: the stream of accounts line by line, and one account's overview.

/**
 * @typedef {{ status: number, code: string, detail: string, retry_after?: number | null }} Trouble
 * @typedef {{ username: string, name: string | null, followers: number, public_repos: number, avatar_url: string, html_url: string }} User
 * @typedef {{ limit: number | null, remaining: number | null, reset: string | null }} Quota
 * @typedef {"cache" | "revalidated" | "live" | "stale"} Source
 * @typedef {{ done?: undefined, index: number, username: string, status: "ok" | "error", source: Source | null, age: number | null, user?: User, error?: Trouble }} Item
 * @typedef {{ done: true, ok: number, failed: number, quota: Quota }} End
 * @typedef {{ name: string, repositories: number }} Language
 * @typedef {{ name: string, description: string | null, language: string | null, stars: number, forks: number, html_url: string }} TopRepository
 * @typedef {{ day: string, events: number }} Day
 * @typedef {{ counted: number, complete: boolean, since: string, days: Day[], kinds: { kind: string, events: number }[] }} Activity
 * @typedef {{ kind: string, repository: string, at: string, text: string, url: string | null }} RecentEvent
 * @typedef {User & { following: number, bio: string | null, company: string | null, location: string | null, created_at: string | null }} Profile
 * @typedef {{
 *   username: string, profile: Profile | null, stars: number | null, forks: number | null, languages: Language[] | null,
 *   top_repositories: TopRepository[] | null, repositories: { counted: number, complete: boolean } | null,
 *   activity: Activity | null, recent_activity: RecentEvent[] | null,
 *   sources: Record<string, { source: Source, age: number }>, quota: Quota, errors: (Trouble & { part: string })[],
 * }} Overview
 */

/** A refusal of the installation, or of GitHub behind it. */
export class Refused extends Error {
  /** @param {Trouble} trouble */
  constructor(trouble) {
    super(trouble.detail);
    this.trouble = trouble;
  }
}

/** What a failure means to people. @param {unknown} error @returns {Trouble} */
export function troubleOf(error) {
  if (error instanceof Refused) return error.trouble;
  return { status: 0, code: "disconnected", detail: "The chat's server could not be reached." };
}

/**
 * The accounts as they arrive, and at the end how it went.
 * @param {string[]} logins
 * @param {AbortSignal} signal
 * @returns {AsyncGenerator<Item | End, void, void>}
 */
export async function* accounts(logins, signal) {
  const query = new URLSearchParams(logins.map((login) => ["login", login]));
  const response = await ask(`/api/github/stream?${query}`, "application/x-ndjson", signal);
  const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    const lines = (text + piece.value).split("\n");
    text = lines.pop() ?? "";
    for (const line of lines) yield JSON.parse(line);
  }
}

/** @param {string} login @param {AbortSignal} signal @returns {Promise<Overview>} */
export async function overview(login, signal) {
  return (await ask(`/api/github/users/${encodeURIComponent(login)}/overview`, "application/json", signal)).json();
}

/** @param {string} path @param {string} accept @param {AbortSignal} signal */
async function ask(path, accept, signal) {
  const response = await fetch(path, { headers: { Accept: accept }, signal });
  if (response.ok) return response;
  const told = await response.json().catch(() => null);
  const detail = told?.detail ?? `The server answered with an error (${response.status}).`;
  throw new Refused({ status: response.status, code: told?.code ?? "", detail, retry_after: told?.retry_after });
}
