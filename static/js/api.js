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

export const me = () => call("/api/me");
export const rooms = () => call("/api/rooms");
export const readRoom = (/** @type {string} */ slug) => call(room(slug));
export const createRoom = (/** @type {object} */ fields) => call("/api/rooms", { method: "POST", body: fields });
export const joinRoom = (/** @type {string} */ slug) => call(`${room(slug)}/join`, { method: "POST" });
export const leaveRoom = (/** @type {string} */ slug) => call(`${room(slug)}/leave`, { method: "POST" });
export const joinAsGuest = (/** @type {string} */ name) => call("/api/guest", { method: "POST", body: name ? { name } : {} });
export const readMessage = (/** @type {number} */ id) => call(`/api/messages/${id}`);

/**
 * A page of history, ascending by id: the newest, or the one before an id.
 * @param {string} slug
 * @param {{ before?: number, limit?: number }} [page]
 */
export function messages(slug, { before, limit = 50 } = {}) {
  const query = new URLSearchParams({ limit: String(limit) });
  if (before !== undefined) query.set("before", String(before));
  return call(`${room(slug)}/messages?${query}`);
}

/** The token that a form posted by hand must carry. */
export const csrfToken = () => cookie("csrftoken");
