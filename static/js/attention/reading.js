// What this person has read: a message counts as read after a second on the screen of somebody who looks. No DOM.
import { firstUnread, heldAbove, isNews, readUpTo } from "../state/counts.js";

/** How long a message must have been seen, in milliseconds. */
const SEEN_MS = 1_000;

/**
 * Told by the page what it shows. The position of a member is kept by the server; of others only this page knows.
 * `tell` sends it there.
 */
export class Reading {
  /** Whether the page is in front of somebody. */
  #looks = false;
  /** @type {string | null} the room on the screen, once its page is there */
  current = null;
  /** The lowest message on the screen: of the room, and of the thread beside it. */
  #seen = { room: 0, thread: 0 };
  /** @type {Set<string>} rooms that were marked unread by hand on this visit: looking at them is no reading */
  #kept = new Set();
  #timer = 0;
  #due = 0;

  /**
   * @param {import("../store.js").Store} store
   * @param {(type: "read" | "unread", room: string, messageId: number) => Promise<{ read_id?: number, unread: number, mentions: number }>} tell
   */
  constructor(store, tell) {
    this.store = store;
    this.tell = tell;
    store.addEventListener("message", (event) => this.#arrived(/** @type {CustomEvent} */ (event).detail));
    store.addEventListener("change", () => this.#consider());
  }

  get #me() {
    return this.store.me?.id ?? 0;
  }

  get looks() {
    return this.#looks;
  }

  set looks(looks) {
    this.#looks = looks;
    this.#consider();
  }

  /** A room comes on the screen: the line "New" goes above what was not read, and stays there. @param {string} slug */
  enter(slug) {
    const state = this.store.room(slug);
    // Whoever was never here has missed nothing.
    state.readId ??= state.newestOfAll;
    state.unreadFrom = firstUnread(state, this.#me)?.id ?? null;
    this.current = slug;
    this.store.changed(state);
  }

  /** The room goes off the screen. */
  leave() {
    if (this.current !== null) this.#kept.delete(this.current);
    this.current = null;
    this.#seen = { room: 0, thread: 0 };
    this.#wait(0);
  }

  /** This is the lowest message that can be seen now; 0 for none. @param {"room" | "thread"} where @param {number} id */
  see(where, id) {
    this.#seen[where] = id;
    this.#consider();
  }

  /** Read everything. @param {string} slug */
  async markRead(slug) {
    const state = this.store.room(slug);
    this.#kept.delete(slug);
    state.unreadFrom = null;
    this.store.changed(state);
    await this.#move(slug, state.newestOfAll);
  }

  /** Be unread from this message on. @param {import("../protocol.js").Message} message */
  async markUnread({ id, room }) {
    const state = this.store.room(room);
    this.#kept.add(room);
    this.#wait(0);
    readUpTo(state, id - 1, this.#me);
    state.unreadFrom = id;
    this.store.changed(state);
    if (state.isMine) this.#settle(room, await this.tell("unread", room, id));
  }

  /** Another device has read, or the server counted. @param {{ room: string, message_id: number, unread: number, mentions: number }} frame */
  moved({ room, message_id, unread, mentions }) {
    this.store.room(room).setCounts({ read_id: message_id, unread, mentions });
    this.#settle(room, { unread, mentions });
  }

  /** Something new in a room that is not on the screen. @param {{ room: string, message_id: number, unread: number, mentions: number }} frame */
  told({ room, message_id, unread, mentions }) {
    const state = this.store.room(room);
    state.setCounts({ unread, mentions });
    state.toldId = message_id;
    this.store.changed(state);
  }

  /** While nobody looks, the line "New" goes above the first message that comes. */
  #arrived(/** @type {import("../protocol.js").Message} */ message) {
    const state = this.store.room(message.room);
    if (message.room !== this.current || this.#looks || message.thread || !isNews(message, this.#me)) return;
    if (state.unread === 1) state.unreadFrom = message.id;
  }

  /** Begin to wait, go on waiting, or give up, as the screen is now. */
  #consider() {
    const target = this.#target();
    if (target === 0) this.#wait(0);
    else if (this.#due === 0) this.#wait(target);
    // Whoever scrolls back meanwhile has not seen the rest.
    else this.#due = Math.min(this.#due, target);
  }

  #wait(/** @type {number} */ id) {
    if (id === this.#due) return;
    clearTimeout(this.#timer);
    this.#due = id;
    if (id !== 0) this.#timer = setTimeout(() => this.#elapsed(), SEEN_MS);
  }

  #elapsed() {
    const id = this.#due;
    this.#due = 0;
    if (this.current !== null && this.#looks) this.#move(this.current, id).catch(() => {});
    this.#consider();
  }

  /** The message up to which the screen shows everything, if anything of that is unread; else 0. */
  #target() {
    const slug = this.current;
    if (slug === null || !this.#looks || this.#kept.has(slug)) return 0;
    const state = this.store.room(slug);
    if (state.readId === null || (state.unread === 0 && state.mentions === 0)) return 0;
    const read = Math.max(state.readId, this.#seen.room);
    const skips = state.list().some((message) => message.id > read && message.id <= this.#seen.thread && isNews(message, this.#me));
    const target = skips ? read : Math.max(read, this.#seen.thread);
    return target > state.readId ? target : 0;
  }

  async #move(/** @type {string} */ slug, /** @type {number} */ id) {
    const state = this.store.room(slug);
    if (state.readId === null || id <= 0) return;
    readUpTo(state, Math.max(id, state.readId), this.#me);
    this.store.changed(state);
    if (state.isMine) this.#settle(slug, await this.tell("read", slug, id));
  }

  /** The server's count, and what came since it counted. */
  #settle(/** @type {string} */ slug, /** @type {{ read_id?: number, unread: number, mentions: number }} */ counts) {
    const state = this.store.room(slug);
    if (counts.read_id !== undefined && counts.read_id < (state.readId ?? 0)) return;
    state.setCounts(counts);
    const held = heldAbove(state, this.#me);
    state.setCounts({ unread: Math.max(counts.unread, held.unread), mentions: Math.max(counts.mentions, held.mentions) });
    this.store.changed(state);
  }
}
