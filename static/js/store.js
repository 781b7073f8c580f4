// What this client knows: who it is, its rooms, and per room a window of messages with the number it is complete to.
// Rules of docs/protocol.md section 1. Knows no DOM and no socket.

/** How long somebody counts as typing after the last word of it, in milliseconds. */
const TYPING_MS = 6_000;
/** A page without fewer than this has older ones above it. */
const PAGE = 50;
/** Rows kept when somebody reads at the bottom of a busy room; older ones are loaded again when wanted. */
export const MOST_ROWS = 300;
const KEPT_ROWS = 200;

/**
 * @typedef {import("./protocol.js").Message} Message
 * @typedef {import("./protocol.js").Room} Room
 * @typedef {import("./protocol.js").User} User
 * @typedef {"unknown" | "loading" | "ready" | "missing" | "forbidden" | "removed"} Status
 */

/** One room as far as it is known. The window reaches from `oldest` upwards; what lies below is not held. */
export class RoomState {
  /** @type {Room | null} */
  room = null;
  /** @type {Status} */
  status = "unknown";
  problem = "";
  /** @type {Map<number, Message>} */
  messages = new Map();
  /** @type {number | null} the seq it is complete to; null: it follows nothing yet */
  complete = null;
  /** Whether the newest page is in the window; a room in the background only counts. */
  loaded = false;
  hasOlder = false;
  loadingOlder = false;
  oldest = Infinity;
  newest = 0;
  /** @type {Map<number, Message>} changes below the window that came while a page of it was on its way */
  below = new Map();
  /** @type {any[] | null} frames that came before the answer to subscribe did */
  early = null;
  /** @type {Map<number, { user: User, until: number }>} */
  typing = new Map();
  unread = 0;
  mentions = 0;
  /** Whether there is something new of which the number is not known. */
  fresh = false;
  /** @type {number | null} the first message that was new when the room was opened */
  unreadFrom = null;
  /** Counts the changes, so that a view knows whether to work anew. */
  version = 0;
  /** @type {Message[] | null} */
  sorted = null;

  /** @returns {Message[]} ascending by id, thread replies left out */
  list() {
    this.sorted ??= [...this.messages.values()].filter((message) => !message.thread).sort((a, b) => a.id - b.id);
    return this.sorted;
  }
}

/** Events: "change" (something), "message" (detail: a message that is new to this client). */
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
  /** @type {Map<number, Message | null>} quoted messages that lie outside the windows; null: not to be had */
  quoted = new Map();

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
   * @param {import("./protocol.js").Synced & { room?: Room }} answer
   * @returns {number} how many messages of others were new
   */
  setChanges(slug, answer) {
    const state = this.room(slug);
    if (answer.room && typeof answer.room === "object") this.setRoom(answer.room);
    if (answer.reset) this.#resetWindow(state, answer.messages);
    const fresh = answer.messages.filter((message) => this.#put(state, message) && this.#isNews(message)).length;
    state.complete = answer.seq;
    state.status = "ready";
    const early = state.early ?? [];
    state.early = null;
    for (const frame of early) this.applyMessage(frame);
    this.changed(state);
    return fresh;
  }

  #resetWindow(/** @type {RoomState} */ state, /** @type {Message[]} */ messages) {
    state.messages.clear();
    state.below.clear();
    state.loaded = true;
    state.oldest = messages.length >= PAGE ? messages[0].id : 0;
    state.hasOlder = messages.length >= PAGE;
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
    const prev = frame.prev ?? message.seq - 1;
    const isNew = this.#put(state, message);
    const whole = state.complete >= prev;
    if (whole) state.complete = Math.max(state.complete, message.seq);
    if (isNew) this.dispatchEvent(new CustomEvent("message", { detail: message }));
    this.changed(state);
    return whole;
  }

  /** @returns {boolean} whether this message was never seen here */
  #put(/** @type {RoomState} */ state, /** @type {Message} */ message) {
    this.people.set(message.author.id, message.author);
    if (this.quoted.has(message.id)) this.quoted.set(message.id, message);
    if (state.messages.size > 0 && message.id < state.oldest) {
      if (state.loadingOlder) keepNewer(state.below, message);
      return false;
    }
    const isNew = message.id > state.newest && !message.deleted && (state.loaded || isUntouched(message));
    state.newest = Math.max(state.newest, message.id);
    if (state.loaded && keepNewer(state.messages, message)) state.sorted = null;
    if (isNew) state.typing.delete(message.author.id);
    return isNew;
  }

  #isNews(/** @type {Message} */ message) {
    return message.kind === "text" && message.author.id !== this.me?.id;
  }

  /**
   * A page of history below the window.
   * @param {string} slug
   * @param {{ messages: Message[], has_older: boolean }} page
   */
  addOlder(slug, page) {
    const state = this.room(slug);
    for (const message of page.messages) {
      this.people.set(message.author.id, message.author);
      keepNewer(state.messages, message);
      state.newest = Math.max(state.newest, message.id);
    }
    for (const message of state.below.values()) if (state.messages.has(message.id)) keepNewer(state.messages, message);
    state.below.clear();
    state.hasOlder = page.has_older;
    state.oldest = page.has_older && page.messages.length > 0 ? page.messages[0].id : 0;
    state.sorted = null;
    this.changed(state);
  }

  /** Somebody reads at the bottom: let go of what lies far above. @param {string} slug */
  trim(slug) {
    const state = this.room(slug);
    const list = state.list();
    if (list.length <= MOST_ROWS) return;
    for (const message of list.slice(0, -KEPT_ROWS)) state.messages.delete(message.id);
    state.oldest = list[list.length - KEPT_ROWS].id;
    state.hasOlder = true;
    state.sorted = null;
    this.changed(state);
  }

  /** @param {string} slug @param {number} id @returns {Message | null | undefined} undefined: not asked for yet */
  message(slug, id) {
    return this.room(slug).messages.get(id) ?? this.quoted.get(id);
  }

  /** @param {{ room: string, user: User }} frame */
  setTyping({ room, user }) {
    if (user.id === this.me?.id) return;
    this.room(room).typing.set(user.id, { user, until: Date.now() + TYPING_MS });
    this.changed(this.room(room));
  }

  /** Forget those who stopped typing without a word. */
  expireTyping() {
    for (const state of this.rooms.values()) {
      for (const [id, { until }] of state.typing) {
        if (until > Date.now()) continue;
        state.typing.delete(id);
        this.changed(state);
      }
    }
  }

  /** A name, picture or state changed: everywhere the person is shown. @param {User} user */
  setUser(user) {
    this.people.set(user.id, user);
    if (this.me?.id === user.id) this.me = { ...this.me, ...user };
    for (const state of this.rooms.values()) {
      for (const [id, message] of state.messages) {
        if (message.author.id === user.id) state.messages.set(id, { ...message, author: user });
      }
      state.sorted = null;
      this.changed(state);
    }
  }

  /** Another history than the one we hold: forget it all. @param {string} epoch */
  setEpoch(epoch) {
    if (this.epoch && this.epoch !== epoch) {
      this.quoted.clear();
      for (const state of this.rooms.values()) this.forgetWindow(state);
    }
    this.epoch = epoch;
  }

  /** @param {RoomState} state */
  forgetWindow(state) {
    Object.assign(state, { loaded: false, complete: null, oldest: Infinity, newest: 0, hasOlder: false, sorted: null });
    state.messages.clear();
    this.changed(state);
  }

  /** @param {RoomState} [state] */
  changed(state) {
    if (state) state.version += 1;
    this.dispatchEvent(new Event("change"));
  }
}

/** Nothing has happened to it since it was written. In a room of which no page is held, that tells new from old. */
function isUntouched(/** @type {Message} */ message) {
  return message.seq === message.text_seq && !message.edited_at;
}

/** The one rule of the protocol: a message is put in if its seq is higher than what is held. */
function keepNewer(/** @type {Map<number, Message>} */ messages, /** @type {Message} */ message) {
  const held = messages.get(message.id);
  if (held && held.seq >= message.seq) return false;
  messages.set(message.id, message);
  return true;
}
