// What this client knows: who it is, its rooms, and per room a window of messages with the number it is complete to.
// Rules of docs/protocol.md section 1. Knows no DOM and no socket.
import { count, isNews, readUpTo } from "./state/counts.js";
import { Cards } from "./state/cards.js";
import { RoomState } from "./state/room-state.js";
import { PAGE } from "./state/window.js";

/**
 * @typedef {import("./protocol.js").Message} Message
 * @typedef {import("./protocol.js").Room} Room
 * @typedef {import("./protocol.js").User} User
 */

/**
 * Events: "change" (something), "message" (detail: a message that is new to this client), "doubtful" (detail: what is
 * left of a deleted message that was never seen here, so that nobody knows whether it stood in a thread).
 */
export class Store extends EventTarget {
  /** @type {import("./protocol.js").Me | null} */
  me = null;
  /** Whether it is known who we are. */
  ready = false;
  /** @type {{ guests: "off" | "read" | "write", signup: "open" | "invite" | "closed", rooms_on_demand: boolean }} what holds here */
  rules = { guests: "off", signup: "open", rooms_on_demand: false };
  epoch = "";
  limits = { message_chars: 10_000, frame_bytes: 65_536 };
  /** @type {Map<string, RoomState>} */
  rooms = new Map();
  /** @type {Map<number, User>} everybody who was seen, for the names behind reactions */
  people = new Map();
  /** @type {Map<number, "online" | "idle">} of those who are there, as far as it was told */
  presence = new Map();
  /** @type {Map<number, Message | null>} quoted messages that lie outside the windows; null: not to be had */
  quoted = new Map();
  cards = new Cards();

  get #myId() {
    return this.me?.id ?? 0;
  }

  /** What the server says holds in this installation. @param {any} answer of /api/me */
  setRules({ guests, signup, rooms_on_demand, limits, epoch }) {
    this.rules = { guests, signup, rooms_on_demand };
    this.limits = { ...this.limits, ...limits };
    this.setEpoch(epoch);
  }

  /** @param {string} slug */
  room(slug) {
    let state = this.rooms.get(slug);
    if (!state) this.rooms.set(slug, (state = new RoomState()));
    return state;
  }

  /** @returns {RoomState[]} rooms that are known to exist, by name */
  listed() {
    const known = [...this.rooms.values()].filter((state) => state.room && state.status !== "missing");
    return known.sort((a, b) => /** @type {Room} */ (a.room).name.localeCompare(/** @type {Room} */ (b.room).name));
  }

  /** @param {Room[]} rooms */
  setRooms(rooms) {
    for (const room of rooms) this.setRoom(room);
  }

  /** @param {Room} room events carry it without `me`, which then stays as it was */
  setRoom(room) {
    const state = this.room(room.slug);
    state.room = { ...state.room, ...room, me: room.me ?? state.room?.me };
    if (room.me?.role) {
      state.setCounts(room.me);
      state.countedTo = room.seq;
    }
    this.changed(state);
  }

  /** Frames of this room are kept until its answer is here. @param {string} slug */
  startSubscribing(slug) {
    const state = this.room(slug);
    state.early ??= [];
    if (!state.loaded) state.status = "loading";
    this.changed(state);
  }

  /**
   * The answer to subscribe or sync: sets the number the window is complete to.
   * @param {string} slug
   * @param {import("./protocol.js").Synced & { room?: Room, online?: number[] }} answer
   * @returns {number} how many messages of others were new
   */
  setChanges(slug, answer) {
    const state = this.room(slug);
    if (answer.reset) this.#begin(state, answer);
    this.cards.take(answer.messages, answer.cards);
    const fresh = answer.messages.filter((message) => this.#put(state, message, answer.reset) && isNews(message, this.#myId)).length;
    state.complete = answer.seq;
    state.status = "ready";
    // The server has counted what this answer brings, and says how much it is.
    if (answer.room) this.setRoom(answer.room);
    if (answer.reset && !state.isMine && state.readId !== null) readUpTo(state, state.readId, this.#myId);
    if (answer.online) this.#setOnline(state, answer.online);
    const early = state.early ?? [];
    state.early = null;
    for (const frame of early) this.applyMessage(frame);
    this.changed(state);
    return fresh;
  }

  #begin(/** @type {RoomState} */ state, /** @type {{ messages: Message[], has_older?: boolean }} */ { messages, has_older }) {
    // Not emptied but left: a page that is still on its way to one of them is of before.
    state.threads.clear();
    state.pinned = null;
    state.begin({ messages: [], has_older: false });
    state.hasOlder = has_older ?? messages.length >= PAGE;
    state.oldest = state.hasOlder ? messages[0].id : 0;
  }

  /**
   * A `message` event.
   * @param {{ room: string, message: Message, prev?: number }} frame
   * @returns {boolean} false: there is a hole before it, so ask sync
   */
  applyMessage(frame) {
    const state = this.room(frame.room);
    if (state.early) return Boolean(state.early.push(frame));
    if (state.complete === null) return true;
    const { message } = frame;
    if (message.seq === message.text_seq) this.cards.expect(message);
    const prev = frame.prev ?? message.seq - 1;
    const isNew = this.#put(state, message);
    const whole = state.complete >= prev;
    if (whole) state.complete = Math.max(state.complete, message.seq);
    if (isNew) this.dispatchEvent(new CustomEvent("message", { detail: message }));
    this.changed(state);
    return whole;
  }

  /** @returns {boolean} whether this message was never seen here; `isPage`: it is from a page of the room itself */
  #put(/** @type {RoomState} */ state, /** @type {Message} */ message, isPage = false) {
    this.people.set(message.author.id, message.author);
    if (this.quoted.has(message.id)) this.quoted.set(message.id, message);
    this.#pin(state, message);
    const isNew = message.id > state.newestOfAll && !message.deleted;
    state.newestOfAll = Math.max(state.newestOfAll, message.id);
    if (isNew) state.stopTyping(message.author.id, message.thread ?? null);
    const root = message.thread ?? state.roots.get(message.id);
    if (root) this.#putReply(state, root, message);
    else this.#putInRoom(state, message, isPage);
    return isNew;
  }

  #putReply(/** @type {RoomState} */ state, /** @type {number} */ root, /** @type {Message} */ message) {
    const window = state.threads.get(root);
    const held = window?.messages.get(message.id);
    if (held || !state.roots.has(message.id)) count(state, held, message, this.#myId);
    state.roots.set(message.id, root);
    window?.put({ ...message, thread: root });
  }

  #putInRoom(/** @type {RoomState} */ state, /** @type {Message} */ message, /** @type {boolean} */ isPage) {
    const held = state.messages.get(message.id);
    state.excerpt?.put(message);
    if (message.deleted && !held && !isPage && state.loaded && message.id >= state.oldest) {
      this.dispatchEvent(new CustomEvent("doubtful", { detail: message }));
      return;
    }
    if (held && held.seq >= message.seq) return;
    if (state.put(message)) count(state, held, message, this.#myId);
  }

  #pin(/** @type {RoomState} */ state, /** @type {Message} */ message) {
    if (message.pinned) state.pinned?.set(message.id, message);
    else state.pinned?.delete(message.id);
  }

  /** A deleted message of which it was in doubt where it stood is one of the room itself. @param {Message} message */
  settle(message) {
    const state = this.room(message.room);
    state.put(message);
    this.changed(state);
  }

  /** The pinned messages of a room. @param {string} slug @param {{ messages: Message[], cards?: import("./protocol.js").Card[] }} page */
  setPinned(slug, { messages, cards }) {
    const state = this.room(slug);
    this.cards.take(messages, cards);
    state.pinned = new Map(messages.map((message) => [message.id, message]));
    this.changed(state);
  }

  /**
   * A page of a window of this room: its own, that of a thread, or a place far back.
   * @param {string} slug
   * @param {"begin" | "addOlder" | "addNewer"} way
   * @param {{ messages: Message[], cards?: import("./protocol.js").Card[], has_older: boolean, has_newer: boolean }} page
   * @param {{ thread?: number | null, window?: import("./state/window.js").MessageWindow }} [place]
   */
  setPage(slug, way, page, { thread = null, window } = {}) {
    const state = this.room(slug);
    const messages = thread === null ? page.messages : page.messages.map((message) => ({ ...message, thread }));
    this.cards.take(messages, page.cards);
    for (const { author, id } of messages) {
      this.people.set(author.id, author);
      if (thread !== null) state.roots.set(id, thread);
      state.newestOfAll = Math.max(state.newestOfAll, id);
    }
    (window ?? (thread === null ? state : state.thread(thread)))[way]({ ...page, messages });
    this.changed(state);
  }

  /** Somebody reads at the bottom: let go of what lies far above. @param {string} slug */
  trim(slug) {
    this.room(slug).trim();
    this.changed();
  }

  /** @param {string} slug @param {number} id @returns {Message | null | undefined} undefined: not asked for yet */
  message(slug, id) {
    const state = this.room(slug);
    const held = [state, state.excerpt, ...state.threads.values()].map((window) => window?.messages.get(id)).find(Boolean);
    return held ?? this.quoted.get(id);
  }

  /** @param {{ room: string, user: User, thread?: number }} frame */
  setTyping({ room, user, thread }) {
    if (user.id === this.me?.id) return;
    this.room(room).startTyping(user, thread ?? null);
    this.changed(this.room(room));
  }

  /** Forget those who stopped typing without a word. */
  expireTyping() {
    for (const state of this.rooms.values()) if (state.expireTyping()) this.changed(state);
  }

  #setOnline(/** @type {RoomState} */ state, /** @type {number[]} */ ids) {
    for (const id of state.online) if (!ids.includes(id)) this.presence.delete(id);
    for (const id of ids) if (!this.presence.has(id)) this.presence.set(id, "online");
    state.online = new Set(ids);
  }

  /** @param {{ user: number, state: "online" | "idle" | "offline" }} frame @param {string | null} slug the room it was told in */
  setPresence({ user, state }, slug) {
    if (state === "offline") {
      this.presence.delete(user);
      for (const one of this.rooms.values()) one.online.delete(user);
    } else {
      this.presence.set(user, state);
      if (slug !== null) this.room(slug).online.add(user);
    }
    this.changed();
  }

  /** A name, picture or state changed: everywhere the person is shown. @param {User} user */
  setUser(user) {
    this.people.set(user.id, user);
    if (this.me?.id === user.id) this.me = { ...this.me, ...user };
    for (const state of this.rooms.values()) {
      state.rename(user);
      this.changed(state);
    }
  }

  /** Another history than the one we hold: forget it all. @param {string} epoch */
  setEpoch(epoch) {
    if (this.epoch && this.epoch !== epoch) {
      this.quoted.clear();
      this.cards.forget();
      for (const state of this.rooms.values()) this.forgetWindow(state);
    }
    this.epoch = epoch;
  }

  /** @param {RoomState} state */
  forgetWindow(state) {
    state.forget();
    this.changed(state);
  }

  /** @param {RoomState} [state] */
  changed(state) {
    if (state) state.version += 1;
    this.dispatchEvent(new Event("change"));
  }
}
