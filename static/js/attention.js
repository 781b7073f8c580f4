// What this person has seen: counts what is new per room, remembers it over reloads. Told by the page what it shows.
import { load, save } from "./lib/storage.js";

const KEY = "chat.seen.";

export class Attention {
  /** Whether the page is in front of somebody. */
  visible = true;
  /** Whether the newest message of the shown room is on the screen. */
  atBottom = true;
  /** @type {{ [slug: string]: { id: number, seq: number } }} */
  #seen = {};

  /** @param {import("./store.js").Store} store */
  constructor(store) {
    this.store = store;
    /** @type {string | null} the room on the screen, once its page is there */
    this.current = null;
    store.addEventListener("message", (event) => this.#count(/** @type {CustomEvent} */ (event).detail));
    store.addEventListener("change", () => this.look());
  }

  get #key() {
    return KEY + (this.store.me?.id ?? 0);
  }

  /** Mark the rooms in which something happened since this person was here last. */
  restore() {
    this.#seen = load(this.#key, {});
    for (const state of this.store.listed()) {
      const room = /** @type {import("./protocol.js").Room} */ (state.room);
      const seen = this.#seen[room.slug];
      // What this browser has seen it knows best; for a room it never showed, the server's count stands.
      state.fresh = Boolean(seen && room.me?.role && room.seq > seen.seq);
      state.unread = seen ? state.unread : (room.me?.unread ?? 0);
      state.mentions = seen ? 0 : (room.me?.mentions ?? 0);
    }
  }

  /** A room comes on the screen: the line "New" goes above what was not seen. @param {string} slug */
  enter(slug) {
    const state = this.store.room(slug);
    const seen = this.#seen[slug]?.id;
    const first = state.list().find((message) => message.id > (seen ?? Infinity) && this.#isNews(message));
    state.unreadFrom = first?.id ?? null;
    this.current = slug;
    this.store.changed(state);
  }

  /** Something about what is shown changed: forget the counts of what is seen now. */
  look() {
    if (this.current === null || !this.visible || !this.atBottom) return;
    const state = this.store.room(this.current);
    if (!state.loaded) return;
    const seen = this.#seen[this.current];
    const seq = state.complete ?? 0;
    if (state.unread || state.fresh || state.mentions) {
      Object.assign(state, { unread: 0, mentions: 0, fresh: false });
      this.store.changed(state);
    }
    if (seen && seen.id >= state.newest && seen.seq >= seq) return;
    this.#seen[this.current] = { id: state.newest, seq };
    save(this.#key, this.#seen);
  }

  /** Unread messages in all rooms. */
  total() {
    return this.store.listed().reduce((sum, state) => sum + state.unread, 0);
  }

  #count(/** @type {import("./protocol.js").Message} */ message) {
    const state = this.store.room(message.room);
    const watched = message.room === this.current && this.visible && this.atBottom;
    if (watched || !this.#isNews(message)) return;
    if (message.room === this.current && state.unread === 0 && !this.visible) state.unreadFrom = message.id;
    state.unread += 1;
    this.store.changed(state);
  }

  #isNews(/** @type {import("./protocol.js").Message} */ message) {
    return message.kind === "text" && !message.deleted && message.author.id !== this.store.me?.id;
  }
}
