// A stretch of messages without a gap: what is held of a room, of a thread, or of a place far back. No DOM, no socket.

/** A page of a room without fewer than this has older ones above it. */
export const PAGE = 50;
/** Rows kept when somebody reads at the bottom of a busy room; older ones are loaded again when wanted. */
export const MOST_ROWS = 300;
const KEPT_ROWS = 200;

/** @typedef {import("../protocol.js").Message} Message */

export class MessageWindow {
  /** @type {Map<number, Message>} */
  messages = new Map();
  loaded = false;
  hasOlder = false;
  /** Whether there are messages above the newest held: only so far back in the history. */
  hasNewer = false;
  loadingOlder = false;
  loadingNewer = false;
  oldest = Infinity;
  newest = 0;
  /** @type {Map<number, Message>} changes outside of the window that came while a page of it was on its way */
  outside = new Map();
  /** @type {number | null} the first message that was new when the place was opened */
  unreadFrom = null;
  /** Counts the changes, so that a view knows whether to work anew. */
  version = 0;
  /** @type {Message[] | null} */
  sorted = null;

  /** @returns {Message[]} ascending by id */
  list() {
    this.sorted ??= [...this.messages.values()].sort((a, b) => a.id - b.id);
    return this.sorted;
  }

  /**
   * Take a message that changed. One outside of the window is remembered only while a page is on its way.
   * @param {Message} message
   * @returns {boolean} whether it is shown now
   */
  put(message) {
    const isBelow = this.messages.size > 0 && message.id < this.oldest;
    const isAbove = this.hasNewer && message.id > this.newest;
    if (!this.loaded || isBelow || isAbove) {
      if (!this.loaded || this.loadingOlder || this.loadingNewer) keepNewer(this.outside, message);
      return false;
    }
    this.newest = Math.max(this.newest, message.id);
    if (!keepNewer(this.messages, message)) return false;
    this.changed();
    return true;
  }

  /**
   * Begin anew with a page.
   * @param {{ messages: Message[], has_older: boolean, has_newer?: boolean }} page
   */
  begin({ messages, has_older, has_newer = false }) {
    this.messages.clear();
    Object.assign(this, { loaded: true, hasOlder: has_older, hasNewer: has_newer, newest: 0 });
    this.oldest = has_older && messages.length > 0 ? messages[0].id : 0;
    this.#take(messages);
  }

  /** @param {{ messages: Message[], has_older: boolean }} page the one below the window */
  addOlder(page) {
    this.hasOlder = page.has_older;
    this.oldest = page.has_older && page.messages.length > 0 ? page.messages[0].id : 0;
    this.#take(page.messages);
  }

  /** @param {{ messages: Message[], has_newer: boolean }} page the one above the window */
  addNewer(page) {
    this.hasNewer = page.has_newer;
    this.#take(page.messages);
  }

  #take(/** @type {Message[]} */ messages) {
    for (const message of messages) {
      keepNewer(this.messages, message);
      this.newest = Math.max(this.newest, message.id);
    }
    for (const message of this.outside.values()) {
      const isNew = !this.hasNewer && message.id > this.newest;
      if (this.messages.has(message.id) || isNew) keepNewer(this.messages, message);
    }
    for (const id of this.hasNewer ? [] : this.messages.keys()) this.newest = Math.max(this.newest, id);
    this.outside.clear();
    this.changed();
  }

  /** Somebody reads at the bottom: let go of what lies far above. */
  trim() {
    const list = this.list();
    if (list.length <= MOST_ROWS) return;
    for (const message of list.slice(0, -KEPT_ROWS)) this.messages.delete(message.id);
    this.oldest = list[list.length - KEPT_ROWS].id;
    this.hasOlder = true;
    this.changed();
  }

  forget() {
    Object.assign(this, { loaded: false, oldest: Infinity, newest: 0, hasOlder: false, hasNewer: false, unreadFrom: null });
    this.messages.clear();
    this.outside.clear();
    this.changed();
  }

  /** Somebody is called otherwise now. @param {import("../protocol.js").User} user */
  rename(user) {
    for (const [id, message] of this.messages) {
      if (message.author.id === user.id) this.messages.set(id, { ...message, author: user });
    }
    this.changed();
  }

  changed() {
    this.sorted = null;
    this.version += 1;
  }
}

/** The one rule of the protocol: a message is put in if its seq is higher than what is held. */
function keepNewer(/** @type {Map<number, Message>} */ messages, /** @type {Message} */ message) {
  const held = messages.get(message.id);
  if (held && held.seq >= message.seq) return false;
  messages.set(message.id, message);
  return true;
}
