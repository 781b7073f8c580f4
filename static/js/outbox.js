// What was typed and is not yet acknowledged: kept over reloads, sent in order per room, each under one client_id for ever.
import { keysWith, load, save } from "./lib/storage.js";
import { ChatError } from "./protocol.js";

const PREFIX = "chat.outbox.";
/** Older ones are not sent by themselves: a message from yesterday would surprise everybody. */
const STALE_MS = 24 * 3600 * 1000;
/** The wait before a refusal that may pass (too many, unavailable) is tried again, when the server names none. */
const RETRY_MS = 2_000;

/**
 * @typedef {{ client_id: string, user: number, room: string, text: string, reply_to: number | null, thread?: number | null, at: string,
 *   state: "pending" | "sent" | "failed", error: string }} Entry
 */

/** Event: "change". Knows no DOM. */
export class Outbox extends EventTarget {
  /** @type {Map<string, Entry>} in the order of sending */
  #entries = new Map();
  /** @type {Set<string>} rooms with a send on its way */
  #busy = new Set();
  #user = 0;

  /** @param {(entry: Entry) => Promise<unknown>} post resolves once the server has it */
  constructor(post) {
    super();
    this.post = post;
  }

  /** Take up what this person left unsent. @param {number} user */
  restore(user) {
    this.#user = user;
    this.#entries.clear();
    const kept = keysWith(PREFIX).map((key) => /** @type {Entry | null} */ (load(key, null)));
    const mine = kept.flatMap((one) => (one?.user === user ? [one] : []));
    for (const entry of mine.sort((a, b) => a.at.localeCompare(b.at))) {
      if (entry.state === "pending" && Date.now() - Date.parse(entry.at) > STALE_MS) {
        Object.assign(entry, { state: "failed", error: "Not sent, and more than a day old. Send it now?" });
      }
      this.#entries.set(entry.client_id, entry);
    }
    this.#changed();
  }

  /** @param {string} room @returns {Entry[]} */
  of(room) {
    return [...this.#entries.values()].filter((entry) => entry.room === room);
  }

  /** @param {{ room: string, text: string, reply_to: number | null, thread?: number | null }} message */
  add({ room, text, reply_to, thread = null }) {
    const at = new Date().toISOString();
    /** @type {Entry} */
    const entry = { client_id: newId(), user: this.#user, room, text, reply_to, thread, at, state: "pending", error: "" };
    this.#put(entry);
    this.flush();
  }

  /** Try a failed one again, under the id it has. @param {string} clientId */
  retry(clientId) {
    const entry = this.#entries.get(clientId);
    if (!entry) return;
    this.#put({ ...entry, state: "pending", error: "", at: new Date().toISOString() });
    this.flush();
  }

  /** It is in the room (or not wanted any more): forget it. @param {string} clientId */
  remove(clientId) {
    if (!this.#entries.delete(clientId)) return;
    save(PREFIX + clientId, null);
    this.#changed();
  }

  /** Send what waits: one at a time per room, so that the order holds. */
  flush() {
    for (const entry of this.#entries.values()) {
      if (entry.state === "pending" && !this.#busy.has(entry.room)) this.#send(entry);
    }
  }

  async #send(/** @type {Entry} */ entry) {
    this.#busy.add(entry.room);
    try {
      await this.post(entry);
      this.#busy.delete(entry.room);
      // Shown until the message itself arrives, which takes it away; no longer kept, since the server has it.
      if (this.#entries.has(entry.client_id)) this.#put({ ...entry, state: "sent" });
      this.flush();
    } catch (error) {
      this.#fail(entry, /** @type {ChatError} */ (error));
    }
  }

  #fail(/** @type {Entry} */ entry, /** @type {ChatError} */ error) {
    const free = () => this.#busy.delete(entry.room);
    if (error.code === "disconnected") {
      free(); // The next hello flushes.
    } else if (error.retryable) {
      setTimeout(() => {
        free();
        this.flush();
      }, error.retryAfter ? error.retryAfter * 1000 : RETRY_MS);
    } else {
      free();
      if (this.#entries.has(entry.client_id)) this.#put({ ...entry, state: "failed", error: error.message });
      this.flush();
    }
  }

  #put(/** @type {Entry} */ entry) {
    this.#entries.set(entry.client_id, entry);
    save(PREFIX + entry.client_id, entry.state === "sent" ? null : entry);
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}

/** crypto.randomUUID is missing on plain-HTTP origins other than localhost. */
function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
