// What one does with messages: write, answer, change, delete, react, pin, and have quoted ones at hand.
import * as api from "../api.js";
import { Outbox } from "../outbox.js";
import { ChatError, disconnected } from "../protocol.js";

/** A typing event is passed on at most this often, in milliseconds. */
const TYPING_EVERY_MS = 3_000;
/** What the server tells of messages by their ids in one answer. */
const MOST_AT_ONCE = 100;

/** @typedef {import("../protocol.js").Message} Message */

export class Messages {
  #typedAt = 0;

  /** @param {import("../chat.js").Chat} chat */
  constructor(chat) {
    this.chat = chat;
    this.outbox = new Outbox((entry) => this.#post(entry));
    this.outbox.addEventListener("change", () => chat.store.changed());
    chat.store.addEventListener("message", (event) => this.#acknowledge(/** @type {CustomEvent} */ (event).detail));
    chat.store.addEventListener("doubtful", (event) => this.#settle(/** @type {CustomEvent} */ (event).detail));
    chat.sync.addEventListener("answered", () => this.outbox.flush());
    chat.sync.addEventListener("continued", (event) => this.#refreshCards(/** @type {CustomEvent} */ (event).detail));
  }

  /** @param {string} text @param {{ replyTo?: number | null, thread?: number | null }} [place] */
  send(text, { replyTo = null, thread = null } = {}) {
    const { current } = this.chat;
    if (current !== null) this.outbox.add({ room: current, text, reply_to: replyTo, thread });
  }

  async #post(/** @type {import("../outbox.js").Entry} */ { room, text, client_id, reply_to, thread }) {
    const { store, connection, sync } = this.chat;
    const { message_chars: most } = store.limits;
    if ([...text].length > most) throw new ChatError({ code: "too_long", detail: `At most ${most.toLocaleString()} characters fit in a message.` });
    const state = store.room(room);
    // A room that opens with our coming does not exist before the answer to it; "answered" flushes.
    if (state.early) throw disconnected();
    const command = { type: "send", room, text, client_id, ...(reply_to ? { reply_to } : {}), ...(thread ? { thread } : {}) };
    const reply = await connection.request(command);
    const isHere = state.messages.has(reply.message_id) || state.roots.has(reply.message_id);
    if (reply.duplicate || isHere || !state.loaded || !sync.follows(room)) this.outbox.remove(client_id);
  }

  #acknowledge(/** @type {Message} */ message) {
    if (message.client_id && message.author.id === this.chat.store.me?.id) this.outbox.remove(message.client_id);
  }

  /** Unsent messages of a room, or of a thread in it, that have not arrived yet. @param {string} slug @param {number | null} [thread] */
  unsent(slug, thread = null) {
    const entries = this.outbox.of(slug).filter((entry) => (entry.thread ?? null) === thread);
    if (entries.length === 0) return entries;
    const state = this.chat.store.room(slug);
    const arrived = new Set((thread === null ? state : state.thread(thread)).list().map((message) => message.client_id));
    return entries.filter((entry) => !arrived.has(entry.client_id));
  }

  /** @param {number | null} thread */
  typing(thread) {
    const { current, connection } = this.chat;
    if (current === null || Date.now() - this.#typedAt < TYPING_EVERY_MS) return;
    this.#typedAt = Date.now();
    connection.tell({ type: "typing", room: current, ...(thread ? { thread } : {}) });
  }

  /** @param {Message} message @param {string} text */
  edit(message, text) {
    return this.chat.connection.request({ type: "edit", message_id: message.id, text, seq: message.seq });
  }

  /** @param {Message} message */
  delete(message) {
    return this.chat.attempt(this.chat.connection.request({ type: "delete", message_id: message.id }));
  }

  /** @param {Message} message @param {string} emoji */
  toggleReaction(message, emoji) {
    const { me } = this.chat.store;
    const mine = message.reactions.find((one) => one.emoji === emoji)?.users.includes(me?.id ?? 0);
    return this.chat.attempt(this.chat.connection.request({ type: "react", message_id: message.id, emoji, on: !mine }));
  }

  /** @param {Message} message */
  togglePin(message) {
    return this.chat.attempt(this.chat.connection.request({ type: "pin", message_id: message.id, on: !message.pinned }));
  }

  /** Have the pinned messages of a room at hand. @param {string} slug */
  async loadPinned(slug) {
    if (this.chat.store.room(slug).pinned) return;
    this.chat.store.setPinned(slug, await api.pinned(slug));
  }

  /** Have a message that lies outside the windows at hand soon. @param {number} id */
  async fetchQuoted(id) {
    const { quoted } = this.chat.store;
    if (quoted.has(id)) return;
    quoted.set(id, null);
    quoted.set(id, await api.readMessage(id).catch(() => null));
    if (this.chat.current !== null) this.chat.store.changed(this.chat.store.room(this.chat.current));
  }

  /** What is told of cards while nobody listens is not told again: those on the screen are asked for anew. */
  async #refreshCards(/** @type {string} */ slug) {
    const state = this.chat.store.room(slug);
    const held = [state.shown, ...state.threads.values()].flatMap((window) => window.list());
    const ids = [...new Set(held.filter(({ cards }) => cards?.length).map(({ id }) => id))].slice(-MOST_AT_ONCE);
    if (ids.length === 0) return;
    const found = await api.severalMessages(ids).catch(() => null);
    if (found) this.chat.store.cards.take(found.messages, found.cards);
  }

  /** A deleted message that was never seen: a page of the room has it, unless it stood in a thread. */
  async #settle(/** @type {Message} */ message) {
    const page = await api.messages(message.room, { after: message.id - 1, limit: 1 }).catch(() => null);
    if (page?.messages[0]?.id === message.id) this.chat.store.settle(page.messages[0]);
  }
}
