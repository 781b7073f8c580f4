// The chat as the components see it, in one place: who one is, where one is, and the parts that do the work.
import { Messages } from "./actions/messages.js";
import { Rooms } from "./actions/rooms.js";
import { Words } from "./actions/words.js";
import * as api from "./api.js";
import { Notifications } from "./attention/notifications.js";
import { Presence } from "./attention/presence.js";
import { Reading } from "./attention/reading.js";
import { Connection } from "./connection.js";
import { hear, receive, titleOf } from "./events.js";
import { History } from "./history.js";
import { roomPath } from "./lib/slug.js";
import { ChatError } from "./protocol.js";
import { totals } from "./state/counts.js";
import { Store } from "./store.js";
import { Sync } from "./sync.js";

const EXPIRE_TYPING_MS = 1_000;

/**
 * What stands beside a room.
 * @typedef {{ kind: "thread", root: number } | { kind: "members" } | { kind: "pins" }} Pane
 */

/**
 * Events: "problem" (detail: a sentence), "notice" (the same, of something good), "resumed" (detail: { slug, missed }),
 * "navigate" (detail: a path), "members" (detail: the slug of a room whose members may have changed), "found" (detail: { id,
 * thread }: a message to be shown), "concern" (detail: a notification to be shown).
 */
export class Chat extends EventTarget {
  /** @type {string | null} the room on the screen */
  current = null;
  /** @type {Pane | null} */
  pane = null;
  #greeted = false;

  constructor() {
    super();
    this.store = new Store();
    /** @type {Connection} */
    this.connection = new Connection(() => this.sync.address());
    this.sync = new Sync(this.connection, this.store);
    this.history = new History(this.store);
    this.messages = new Messages(this);
    this.words = new Words(this);
    this.rooms = new Rooms(this);
    this.reading = new Reading(this.store, (type, room, message_id) => this.connection.request({ type, room, message_id }));
    this.presence = new Presence((state) => this.connection.tell({ type: "presence", state }));
    this.notifications = new Notifications({ looks: () => this.reading.looks, title: (notice) => titleOf(this, notice) });
    this.#listen();
  }

  #listen() {
    this.connection.addEventListener("hello", (event) => this.#greet(detailOf(event)));
    this.connection.addEventListener("frame", (event) => receive(this, detailOf(event)));
    this.connection.addEventListener("state", () => this.#stateChanged());
    this.store.addEventListener("message", (event) => hear(this, detailOf(event)));
    this.sync.addEventListener("resumed", (event) => this.emit("resumed", detailOf(event)));
    this.sync.addEventListener("answered", (event) => this.rooms.membersMayDiffer(detailOf(event)));
    this.notifications.addEventListener("notice", (event) => this.emit("concern", detailOf(event)));
    this.notifications.addEventListener("open", (event) => this.openMessage(detailOf(event).room, detailOf(event).message_id));
    setInterval(() => this.store.expireTyping(), EXPIRE_TYPING_MS);
  }

  /** @param {string} name @param {unknown} detail */
  emit(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  /** @param {string} path */
  go(path) {
    this.emit("navigate", path);
  }

  /** Do it, and say so if it was refused. @param {Promise<unknown>} doing @returns {Promise<boolean>} whether it was done */
  async attempt(doing) {
    try {
      await doing;
      return true;
    } catch (error) {
      this.emit("problem", /** @type {Error} */ (error).message);
      return false;
    }
  }

  /** Find out who we are, then connect. With nobody known there is only the look through the window. */
  async start() {
    const [who, list] = await Promise.all([this.#ask(api.me), this.#ask(api.rooms)]);
    this.store.me = who?.user ?? null;
    if (who) this.store.setRules(who);
    this.store.ready = true;
    this.store.setRooms(list?.rooms ?? []);
    if (this.store.me) {
      this.messages.outbox.restore(this.store.me.id);
      this.connection.open();
    } else if (this.current !== null) {
      await this.sync.preview(this.current);
    }
    this.store.changed();
  }

  /** Ask until the server can be reached; null when it refuses. @returns {Promise<any>} */
  async #ask(/** @type {() => Promise<any>} */ question) {
    try {
      return await question();
    } catch (error) {
      const { code, retryable } = /** @type {ChatError} */ (error);
      if (code !== "unauthenticated" && (retryable || code === "disconnected")) {
        await new Promise((resolve) => setTimeout(resolve, 1_500));
        return this.#ask(question);
      }
      return null;
    }
  }

  /** How much calls for attention in all rooms. */
  get attention() {
    return totals(this.store.listed());
  }

  // Where one is.

  /** Show a room, or with null the list of all, and what stands beside it. @param {string | null} slug @param {Pane | null} [pane] */
  async show(slug, pane = null) {
    this.pane = pane;
    if (slug !== this.current) await this.#change(slug);
    else this.store.changed();
  }

  async #change(/** @type {string | null} */ slug) {
    if (this.current !== null) this.#leave(this.current);
    this.current = this.sync.current = slug;
    this.store.changed();
    if (slug === null || !this.store.ready) return;
    if (this.store.me) await this.sync.open(slug);
    else if (!this.store.room(slug).loaded) await this.sync.preview(slug);
    await this.enter(slug);
  }

  #leave(/** @type {string} */ slug) {
    const state = this.store.room(slug);
    this.reading.leave();
    this.sync.rest(slug);
    Object.assign(state, { excerpt: null, unreadFrom: null });
    if (state.status === "removed" && !state.room) this.store.rooms.delete(slug);
  }

  /** Its newest messages are there: find out what is new in it. @param {string} slug */
  async enter(/** @type {string} */ slug) {
    const state = this.store.room(slug);
    if (this.current !== slug || !state.loaded) return;
    // Those of a room that began anew are to be had again.
    if (this.store.me) this.messages.loadPinned(slug).catch(() => {});
    if (this.reading.current === slug) return;
    if (state.unread > 0) await this.history.loadUnread(slug).catch(() => {});
    if (this.current === slug) this.reading.enter(slug);
  }

  /** Bring a message of this room on the screen, of a thread in it if one is given. @param {string} slug @param {number} id @param {number | null} [thread] */
  async find(slug, id, thread = null) {
    // Before that, nobody would tell what happens to what is loaded here.
    await this.sync.settled(slug);
    if (this.current !== slug || !this.store.room(slug).loaded) return;
    await this.attempt(thread === null ? this.history.seek(slug, id) : this.history.seekReply(slug, thread, id));
    this.emit("found", { id, thread });
  }

  /** @param {Pane | null} pane */
  openPane(pane) {
    if (this.current !== null) this.go(roomPath(this.current, pane));
  }

  /** Go to one message, wherever it is. @param {string} slug @param {number} id */
  async openMessage(slug, id) {
    const found = await api.readMessage(id).catch((error) => this.emit("problem", error.message));
    if (!found) return;
    this.go(roomPath(slug, found.thread ? { kind: "thread", root: found.thread } : null, id));
  }

  // The connection.

  async #greet(/** @type {import("./protocol.js").Hello} */ hello) {
    this.sync.greet(hello);
    this.presence.greet();
    this.messages.outbox.flush();
    if (this.#greeted) this.#listAnew().catch(() => {});
    this.#greeted = true;
    const { current } = this;
    if (current === null) return;
    await this.sync.open(current);
    await this.enter(current);
  }

  /** Whatever was read, made or closed while we were away. */
  async #listAnew() {
    const { rooms } = await api.rooms();
    const slugs = new Set(rooms.map((/** @type {{ slug: string }} */ room) => room.slug));
    this.store.setRooms(rooms);
    for (const slug of this.store.rooms.keys()) if (!slugs.has(slug) && slug !== this.current) this.store.rooms.delete(slug);
    this.store.changed();
  }

  #stateChanged() {
    const { name, code } = this.connection.state;
    const slug = this.current;
    if (name === "stopped" && slug !== null && (code === 4404 || code === 4403)) {
      // The room is closed to us, not the server: the other rooms still want their connection.
      this.sync.refuse(slug, new ChatError({ code: code === 4404 ? "not_found" : "forbidden", detail: "" }));
      this.connection.open();
    }
    this.store.changed();
  }

  // Oneself.

  /** @param {string} name */
  async joinAsGuest(name) {
    await api.joinAsGuest(name);
    // What was closed to nobody may be open to somebody.
    const slug = this.current;
    if (slug !== null) this.store.room(slug).status = "unknown";
    await this.start();
    if (slug === null) return;
    await this.sync.open(slug);
    await this.enter(slug);
  }

  /** Throws ChatError. @param {{ name?: string, hides_presence?: boolean }} fields */
  async changeProfile(fields) {
    const { user } = await api.changeMe(fields);
    this.store.me = user;
    this.store.setUser(user);
  }
}

/** @param {Event} event */
function detailOf(event) {
  return /** @type {CustomEvent} */ (event).detail;
}
