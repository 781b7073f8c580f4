// One room as far as it is known: itself, a window of its messages, its open threads, who is in it, what is unread.
import { MessageWindow } from "./window.js";

/** How long somebody counts as typing after the last word of it, in milliseconds. */
const TYPING_MS = 6_000;

/**
 * @typedef {import("../protocol.js").Message} Message
 * @typedef {import("../protocol.js").User} User
 * @typedef {"unknown" | "loading" | "ready" | "missing" | "forbidden" | "removed"} Status
 */

/** The window reaches from `oldest` upwards, without the replies in threads. */
export class RoomState extends MessageWindow {
  /** @type {import("../protocol.js").Room | null} */
  room = null;
  /** @type {Status} */
  status = "unknown";
  problem = "";
  /** @type {number | null} the seq it is complete to; null: it follows nothing yet */
  complete = null;
  /** @type {any[] | null} frames that came before the answer to subscribe did */
  early = null;
  /** The newest message of all, replies in threads among them. */
  newestOfAll = 0;
  /** @type {Map<number, number>} the root of each reply that was ever seen: a deleted one does not say it any more */
  roots = new Map();
  /** @type {Map<number, MessageWindow>} the replies of threads that were opened, by root */
  threads = new Map();
  /** @type {MessageWindow | null} a place far back that is shown instead of the newest messages */
  excerpt = null;
  /** @type {Map<number, Message> | null} null: not asked for yet */
  pinned = null;
  /** @type {Set<number>} */
  online = new Set();
  /** @type {Map<string, { user: User, thread: number | null, until: number }>} */
  typing = new Map();

  // What this person has read. The server says it of members; of others only this page knows.

  /** @type {number | null} the newest message that was read; null: never been here */
  readId = null;
  unread = 0;
  mentions = 0;
  /** The change up to which the server has counted. */
  countedTo = 0;
  /** The newest message that an activity told of. */
  toldId = 0;

  get isMine() {
    return Boolean(this.room?.me?.role);
  }

  /** Whether its unread messages call for attention at all. */
  get isMuted() {
    return this.room?.me?.notify === "none";
  }

  /** What a number is shown for: who was called, or in a direct room every message. */
  get calls() {
    return this.room?.kind === "direct" && !this.isMuted ? Math.max(this.unread, this.mentions) : this.mentions;
  }

  /** What is on the screen: the newest messages, or a place far back. @returns {MessageWindow} */
  get shown() {
    return this.excerpt ?? this;
  }

  /** @param {number} root @returns {MessageWindow} */
  thread(root) {
    let window = this.threads.get(root);
    if (!window) this.threads.set(root, (window = new MessageWindow()));
    return window;
  }

  /** The count of what lies above the position, as the server or this page knows it. @param {{ read_id?: number, unread: number, mentions: number }} counts */
  setCounts({ read_id, unread, mentions }) {
    if (read_id !== undefined) this.readId = read_id;
    Object.assign(this, { unread, mentions });
  }

  /** @param {User} user @param {number | null} thread */
  startTyping(user, thread) {
    this.typing.set(`${thread ?? ""}/${user.id}`, { user, thread, until: Date.now() + TYPING_MS });
  }

  /** @param {number} userId @param {number | null} thread */
  stopTyping(userId, thread) {
    this.typing.delete(`${thread ?? ""}/${userId}`);
  }

  /** Forget those who stopped without a word. @returns {boolean} whether there were any */
  expireTyping() {
    const gone = [...this.typing].filter(([, { until }]) => until <= Date.now());
    for (const [key] of gone) this.typing.delete(key);
    return gone.length > 0;
  }

  /** @param {number | null} thread @returns {string[]} the names of those who write there */
  typists(thread) {
    return [...this.typing.values()].filter((one) => one.thread === thread).map(({ user }) => user.name);
  }

  /** Nothing that is held can be trusted any more. */
  forget() {
    super.forget();
    Object.assign(this, { complete: null, excerpt: null, pinned: null });
    this.threads.clear();
    this.online.clear();
  }

  /** @param {User} user */
  rename(user) {
    super.rename(user);
    for (const window of [...this.threads.values(), ...(this.excerpt ? [this.excerpt] : [])]) window.rename(user);
    for (const [id, message] of this.pinned ?? []) {
      if (message.author.id === user.id) this.pinned?.set(id, { ...message, author: user });
    }
  }
}
