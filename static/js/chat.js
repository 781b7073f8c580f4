// What a person can do here, in one place for the components: look at rooms, write, change, join, leave.
import * as api from "./api.js";
import { Attention } from "./attention.js";
import { Connection } from "./connection.js";
import { roomPath } from "./lib/slug.js";
import { Outbox } from "./outbox.js";
import { ChatError, disconnected } from "./protocol.js";
import { Store } from "./store.js";
import { Sync } from "./sync.js";

/** A typing event is passed on at most this often, in milliseconds. */
const TYPING_EVERY_MS = 3_000;
const EXPIRE_TYPING_MS = 1_000;

/** Events: "problem" (detail: a sentence), "resumed" (detail: { slug, missed }), "navigate" (detail: a path). */
export class Chat extends EventTarget {
  /** @type {string | null} the room on the screen */
  current = null;
  #typedAt = 0;

  constructor() {
    super();
    this.store = new Store();
    /** @type {Connection} */
    this.connection = new Connection(() => this.sync.address());
    this.sync = new Sync(this.connection, this.store);
    this.outbox = new Outbox((entry) => this.#post(entry));
    this.attention = new Attention(this.store);
    this.#listen();
  }

  #listen() {
    this.connection.addEventListener("hello", (event) => this.#greet(detailOf(event)));
    this.connection.addEventListener("frame", (event) => this.#receive(detailOf(event)));
    this.connection.addEventListener("state", () => this.#stateChanged());
    this.outbox.addEventListener("change", () => this.store.changed());
    this.store.addEventListener("message", (event) => this.#acknowledge(detailOf(event)));
    this.sync.addEventListener("answered", () => this.outbox.flush());
    this.sync.addEventListener("resumed", (event) => this.#emit("resumed", detailOf(event)));
    setInterval(() => this.store.expireTyping(), EXPIRE_TYPING_MS);
  }

  #emit(/** @type {string} */ name, /** @type {unknown} */ detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  /** Find out who we are, then connect. With nobody known there is only the look through the window. */
  async start() {
    const [who, list] = await Promise.all([this.#ask(api.me), this.#ask(api.rooms)]);
    this.store.me = who?.user ?? null;
    if (who) this.store.setRules(who);
    this.store.ready = true;
    this.store.setRooms(list?.rooms ?? []);
    this.attention.restore();
    if (this.store.me) {
      this.outbox.restore(this.store.me.id);
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

  /** Show a room, or with null the list of all. @param {string | null} slug */
  async show(slug) {
    this.current = this.sync.current = slug;
    this.attention.current = null;
    this.store.changed();
    if (slug === null || !this.store.ready) return;
    if (this.store.me) await this.sync.open(slug);
    else if (!this.store.room(slug).loaded) await this.sync.preview(slug);
    this.#entered(slug);
  }

  #entered(/** @type {string} */ slug) {
    if (this.current === slug && this.store.room(slug).loaded) this.attention.enter(slug);
  }

  #greet(/** @type {import("./protocol.js").Hello} */ hello) {
    this.sync.greet(hello);
    if (this.current !== null) this.sync.open(this.current);
    this.outbox.flush();
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

  #receive(/** @type {import("./protocol.js").Frame} */ frame) {
    const { store, sync } = this;
    if (frame.type === "message") {
      if (!store.applyMessage(/** @type {any} */ (frame))) sync.heal(frame.room);
    } else if (frame.type === "subscribed") {
      const first = !store.room(frame.room.slug).loaded;
      sync.subscribed(frame.room.slug, /** @type {any} */ (frame));
      if (first) this.#entered(frame.room.slug);
    } else if (frame.type === "heartbeat") sync.compare(frame.heads);
    else if (frame.type === "typing") store.setTyping(/** @type {any} */ (frame));
    else if (frame.type === "room") store.setRoom(frame.room);
    else if (frame.type === "user") store.setUser(frame.user);
    else if (frame.type === "removed") this.#removed(frame.room, frame.reason);
    else if (frame.type === "notice") this.#emit("problem", frame.text);
  }

  #removed(/** @type {string} */ slug, /** @type {string} */ reason) {
    const state = this.store.room(slug);
    this.sync.drop(slug);
    if (reason === "left" && state.room?.kind !== "private") return;
    this.store.forgetWindow(state);
    state.status = "removed";
    this.store.changed(state);
  }

  // Writing.

  /** @param {string} text @param {number | null} replyTo */
  send(text, replyTo = null) {
    if (this.current === null) return;
    this.outbox.add({ room: this.current, text, reply_to: replyTo });
  }

  async #post(/** @type {import("./outbox.js").Entry} */ { room, text, client_id, reply_to }) {
    const { message_chars: most } = this.store.limits;
    if ([...text].length > most) throw new ChatError({ code: "too_long", detail: `At most ${most.toLocaleString()} characters fit in a message.` });
    // A room that opens with our coming does not exist before the answer to it; "answered" flushes.
    if (this.store.room(room).early) throw disconnected();
    const command = { type: "send", room, text, client_id, ...(reply_to ? { reply_to } : {}) };
    const reply = await this.connection.request(command);
    const state = this.store.room(room);
    if (reply.duplicate || state.messages.has(reply.message_id) || !state.loaded) this.outbox.remove(client_id);
  }

  #acknowledge(/** @type {import("./protocol.js").Message} */ message) {
    if (message.client_id && message.author.id === this.store.me?.id) this.outbox.remove(message.client_id);
  }

  /** Unsent messages of a room that have not arrived yet. @param {string} slug */
  unsent(slug) {
    const entries = this.outbox.of(slug);
    if (entries.length === 0) return entries;
    const arrived = new Set(this.store.room(slug).list().map((message) => message.client_id));
    return entries.filter((entry) => !arrived.has(entry.client_id));
  }

  typing() {
    if (this.current === null || Date.now() - this.#typedAt < TYPING_EVERY_MS) return;
    this.#typedAt = Date.now();
    this.connection.tell({ type: "typing", room: this.current });
  }

  /** @param {import("./protocol.js").Message} message @param {string} text */
  edit(message, text) {
    return this.connection.request({ type: "edit", message_id: message.id, text, seq: message.seq });
  }

  /** @param {import("./protocol.js").Message} message */
  delete(message) {
    return this.#attempt({ type: "delete", message_id: message.id });
  }

  /** @param {import("./protocol.js").Message} message @param {string} emoji */
  toggleReaction(message, emoji) {
    const mine = message.reactions.find((one) => one.emoji === emoji)?.users.includes(this.store.me?.id ?? 0);
    return this.#attempt({ type: "react", message_id: message.id, emoji, on: !mine });
  }

  async #attempt(/** @type {{ type: string, [field: string]: unknown }} */ command) {
    try {
      await this.connection.request(command);
    } catch (error) {
      this.#emit("problem", /** @type {Error} */ (error).message);
    }
  }

  // Reading.

  loadOlder() {
    const slug = this.current;
    if (slug === null) return Promise.resolve();
    return this.sync.loadOlder(slug).catch((error) => this.#emit("problem", error.message));
  }

  /** Have a quoted message that lies outside the window at hand soon. @param {number} id */
  async fetchQuoted(id) {
    const { quoted } = this.store;
    if (quoted.has(id)) return;
    quoted.set(id, null);
    quoted.set(id, await api.readMessage(id).catch(() => null));
    if (this.current !== null) this.store.changed(this.store.room(this.current));
  }

  // Rooms and people. These throw ChatError, for the form that asked to show.

  /** @param {object} fields */
  async createRoom(fields) {
    const room = await api.createRoom(fields);
    this.store.setRoom(room);
    this.#emit("navigate", roomPath(room.slug));
  }

  /** @param {string} slug */
  async join(slug) {
    this.store.setRoom(await api.joinRoom(slug));
    this.sync.follow(slug);
  }

  /** @param {string} slug */
  async leave(slug) {
    const room = await api.leaveRoom(slug);
    this.store.setRoom(room);
    if (room.kind === "private") this.store.rooms.delete(slug);
    this.#emit("navigate", "/");
  }

  /** @param {string} name */
  async joinAsGuest(name) {
    await api.joinAsGuest(name);
    // What was closed to nobody may be open to somebody.
    if (this.current !== null) this.store.room(this.current).status = "unknown";
    await this.start();
    if (this.current !== null) await this.show(this.current);
  }
}

/** @param {Event} event */
function detailOf(event) {
  return /** @type {CustomEvent} */ (event).detail;
}
