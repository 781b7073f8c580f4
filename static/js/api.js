// The JSON door: fetch with the session's cookie and the CSRF header, answers as objects, refusals as ChatError.
import { ChatError } from "./protocol.js";

/**
 * @param {string} path
 * @param {{ method?: string, body?: unknown, signal?: AbortSignal }} [options]
 * @returns {Promise<any>}
 */
async function call(path, { method = "GET", body, signal } = {}) {
  /** @type {Record<string, string>} */
  const headers = { Accept: "application/json" };
  if (method !== "GET") headers["X-CSRFToken"] = cookie("csrftoken");
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(path, { method, headers, signal, body: body === undefined ? undefined : JSON.stringify(body) });
  } catch {
    throw new ChatError({ code: "disconnected", detail: "The server could not be reached.", retryable: true });
  }
  const answer = await response.json().catch(() => null);
  if (!response.ok) throw refusal(response, answer);
  return answer;
}

/** @param {Response} response @param {any} answer */
function refusal(response, answer) {
  if (answer?.code) return new ChatError(answer);
  const detail = `The server answered with an error (${response.status}).`;
  return new ChatError({ code: String(response.status), detail, retryable: response.status >= 500 });
}

/** @param {string} name */
function cookie(name) {
  const found = document.cookie.split("; ").find((part) => part.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}

const room = (/** @type {string} */ slug) => `/api/rooms/${encodeURIComponent(slug)}`;

/** @typedef {import("./protocol.js").User} User @typedef {import("./protocol.js").Room} Room @typedef {import("./protocol.js").Message} Message */

// Oneself and others.
export const me = () => call("/api/me");
export const changeMe = (/** @type {{ name?: string, hides_presence?: boolean }} */ fields) => call("/api/me", { method: "PATCH", body: fields });
export const joinAsGuest = (/** @type {string} */ name) => call("/api/guest", { method: "POST", body: name ? { name } : {} });
/** @returns {Promise<{ users: User[] }>} */
export const people = (/** @type {string} */ part) => call(`/api/users?${new URLSearchParams({ q: part })}`);

// Rooms.
export const rooms = () => call("/api/rooms");
export const readRoom = (/** @type {string} */ slug) => call(room(slug));
export const createRoom = (/** @type {object} */ fields) => call("/api/rooms", { method: "POST", body: fields });
export const changeRoom = (/** @type {string} */ slug, /** @type {object} */ fields) => call(room(slug), { method: "PATCH", body: fields });
export const joinRoom = (/** @type {string} */ slug) => call(`${room(slug)}/join`, { method: "POST" });
export const leaveRoom = (/** @type {string} */ slug) => call(`${room(slug)}/leave`, { method: "POST" });
export const archiveRoom = (/** @type {string} */ slug, /** @type {boolean} */ on) => call(`${room(slug)}/archive`, { method: "POST", body: { on } });
export const changeMembership = (/** @type {string} */ slug, /** @type {{ notify: string }} */ fields) => call(`${room(slug)}/me`, { method: "PATCH", body: fields });

// Who is in them, and who is kept out.
/** @returns {Promise<{ members: import("./protocol.js").Member[], more: boolean }>} */
export const members = (/** @type {string} */ slug, /** @type {number} */ after) => call(`${room(slug)}/members?after=${after}`);
export const addMember = (/** @type {string} */ slug, /** @type {{ user_id: number, role?: string }} */ fields) => call(`${room(slug)}/members`, { method: "POST", body: fields });
export const removeMember = (/** @type {string} */ slug, /** @type {number} */ user_id) => call(`${room(slug)}/members`, { method: "DELETE", body: { user_id } });
/** @returns {Promise<{ bans: import("./protocol.js").Ban[], more: boolean }>} */
export const bans = (/** @type {string} */ slug, /** @type {number} */ after) => call(`${room(slug)}/bans?after=${after}`);
export const ban = (/** @type {string} */ slug, /** @type {number} */ user_id) => call(`${room(slug)}/bans`, { method: "POST", body: { user_id } });
export const liftBan = (/** @type {string} */ slug, /** @type {number} */ user_id) => call(`${room(slug)}/bans`, { method: "DELETE", body: { user_id } });
/** A link by which somebody comes into the room. @returns {Promise<{ url: string, expires_at: string | null }>} */
export const invite = (/** @type {string} */ slug) => call("/api/invitations", { method: "POST", body: { room: slug } });

// Messages.
/** @returns {Promise<Message>} */
export const readMessage = (/** @type {number} */ id) => call(`/api/messages/${id}`);
/** @returns {Promise<{ messages: Message[], cards: import("./protocol.js").Card[] }>} */
export const severalMessages = (/** @type {number[]} */ ids) => call(`/api/messages?ids=${ids.join()}`);
/** @returns {Promise<{ commands: import("./actions/words.js").Word[] }>} */
export const commands = () => call("/api/slash");
/** @returns {Promise<{ messages: Message[], cards: import("./protocol.js").Card[] }>} */
export const pinned = (/** @type {string} */ slug) => call(`${room(slug)}/pinned`);

/**
 * A page of history, ascending by id: the newest, or the one next to an id; of the room, or of a thread in it.
 * @param {string} slug
 * @param {{ before?: number, after?: number, around?: number, thread?: number | null, limit?: number }} [page]
 * @returns {Promise<{ messages: Message[], cards: import("./protocol.js").Card[], seq: number, has_older: boolean, has_newer: boolean }>}
 */
export function messages(slug, page = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ limit: 50, ...page })) {
    if (value !== undefined && value !== null) query.set(name, String(value));
  }
  return call(`${room(slug)}/messages?${query}`);
}

/** The token that a form posted by hand must carry. */
export const csrfToken = () => cookie("csrftoken");
