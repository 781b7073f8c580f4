// Keeps rooms complete over a connection that comes and goes: subscribe, resume from a number, fill holes, follow heads.
import * as api from "./api.js";
import { ChatError } from "./protocol.js";

/** Rooms followed in the background for their unread counts. */
const MOST_FOLLOWED = 40;

/** Events: "resumed" (detail: { slug, missed }: messages of others that came while we were away), "answered" (a subscribe was). */
export class Sync extends EventTarget {
  /** @type {Set<string>} rooms whose holes are being filled */
  #healing = new Set();
  /** @type {Set<string>} rooms followed on this connection */
  #followed = new Set();
  /** @type {Map<string, Promise<void>>} subscriptions without an answer yet */
  #asked = new Map();
  /** @type {string | null} the room on the screen */
  current = null;
  /** @type {string | null} the room named in the address of this connection: the server subscribes it by itself */
  #addressed = null;

  /**
   * @param {import("./connection.js").Connection} connection
   * @param {import("./store.js").Store} store
   */
  constructor(connection, store) {
    super();
    this.connection = connection;
    this.store = store;
  }

  /** The address of the socket: a room's own, so that the room's answer comes in the same round trip. */
  address() {
    const { protocol, host } = location;
    const base = `${protocol === "https:" ? "wss" : "ws"}://${host}/ws/chat/`;
    const state = this.current === null ? null : this.store.room(this.current);
    this.#addressed = null;
    if (this.current === null || !state || state.status === "missing" || state.status === "forbidden") return base;
    this.#addressed = this.current;
    const query = state.loaded ? `?since=${state.complete}&epoch=${encodeURIComponent(this.store.epoch)}` : "";
    return `${base}${encodeURIComponent(this.current)}/${query}`;
  }

  /** A new connection: resume what we hold and follow the rest. @param {import("./protocol.js").Hello} hello */
  greet(hello) {
    this.store.setEpoch(hello.epoch);
    this.store.limits = { ...this.store.limits, ...hello.limits };
    this.#followed.clear();
    this.#healing.clear();
    for (const state of this.store.rooms.values()) state.early = null;
    if (this.#addressed !== null) {
      this.#followed.add(this.#addressed);
      this.store.startSubscribing(this.#addressed);
    }
    for (const slug of this.#mine()) this.#follow(slug);
  }

  #mine() {
    const mine = this.store.listed().filter((state) => state.loaded || state.room?.me?.role);
    return mine.slice(0, MOST_FOLLOWED).map((state) => /** @type {import("./protocol.js").Room} */ (state.room).slug);
  }

  /** Follow a room that only counts: from its present head, so that no history comes. */
  async #follow(/** @type {string} */ slug) {
    if (!this.connection.isOpen || this.#followed.has(slug)) return;
    const state = this.store.room(slug);
    const since = state.complete ?? state.room?.seq;
    await this.#subscribe(slug, since).catch(() => {});
  }

  /** Show a room: its newest page, or what changed since we last looked. @param {string} slug */
  async open(slug) {
    this.current = slug;
    const state = this.store.room(slug);
    // It may be on its way to be followed in the background, which brings no page.
    await this.#asked.get(slug);
    if (!this.connection.isOpen) return;
    // Either it is followed with its page, or it is the room of the address, whose answer comes by itself.
    if (this.#followed.has(slug) && (state.loaded || state.early)) return;
    await this.#subscribe(slug, state.loaded ? (state.complete ?? undefined) : undefined).catch((error) => this.refuse(slug, error));
  }

  /** Follow one more room, such as one just joined. @param {string} slug */
  follow(slug) {
    return this.#follow(slug);
  }

  /** The server told us that we are out of this room. @param {string} slug */
  drop(slug) {
    this.#followed.delete(slug);
  }

  #subscribe(/** @type {string} */ slug, /** @type {number | undefined} */ since) {
    const answered = this.#askFor(slug, since);
    const settled = answered.catch(() => {}).then(() => void this.#asked.delete(slug));
    this.#asked.set(slug, settled);
    return answered;
  }

  async #askFor(/** @type {string} */ slug, /** @type {number | undefined} */ since) {
    this.#followed.add(slug);
    this.store.startSubscribing(slug);
    try {
      const resume = since === undefined ? {} : { since, epoch: this.store.epoch };
      const answer = await this.connection.request({ type: "subscribe", room: slug, ...resume });
      this.subscribed(slug, answer);
    } catch (error) {
      this.#followed.delete(slug);
      this.store.room(slug).early = null;
      this.dispatchEvent(new Event("answered"));
      throw error;
    }
  }

  /** @param {string} slug @param {import("./protocol.js").Subscribed} answer of the command, or the event of a room address */
  subscribed(slug, answer) {
    const state = this.store.room(slug);
    const wasLoaded = state.loaded;
    const missed = this.store.setChanges(slug, answer);
    if (wasLoaded && missed > 0) this.dispatchEvent(new CustomEvent("resumed", { detail: { slug, missed } }));
    this.dispatchEvent(new Event("answered"));
    if (answer.more) this.heal(slug);
  }

  /** @param {string} slug @param {unknown} error */
  refuse(slug, error) {
    const { code, message } = /** @type {ChatError} */ (error);
    const state = this.store.room(slug);
    if (code === "not_found") state.status = "missing";
    else if (code === "forbidden" || code === "unauthenticated") state.status = "forbidden";
    state.problem = message;
    this.store.changed(state);
  }

  /** Ask for what is missing until nothing is. @param {string} slug */
  async heal(slug) {
    if (this.#healing.has(slug)) return;
    this.#healing.add(slug);
    try {
      let more = true;
      while (more && this.connection.isOpen) {
        const since = this.store.room(slug).complete ?? 0;
        const answer = await this.connection.request({ type: "sync", room: slug, since, epoch: this.store.epoch });
        this.store.setChanges(slug, answer);
        more = answer.more;
      }
    } catch {
      // The next heartbeat or the next connection asks again.
    } finally {
      this.#healing.delete(slug);
    }
  }

  /** @param {{ [slug: string]: number }} heads as the heartbeat tells them */
  compare(heads) {
    for (const [slug, seq] of Object.entries(heads ?? {})) {
      const { complete } = this.store.room(slug);
      if (complete !== null && complete < seq) this.heal(slug);
    }
  }

  /** Load the page above what is shown. @param {string} slug */
  async loadOlder(slug) {
    const state = this.store.room(slug);
    if (!state.hasOlder || state.loadingOlder) return;
    state.loadingOlder = true;
    this.store.changed(state);
    try {
      this.store.addOlder(slug, await api.messages(slug, { before: state.oldest }));
    } finally {
      state.loadingOlder = false;
      this.store.changed(state);
    }
  }

  /** A look through the window for people without a name: the newest page by HTTP, not live. @param {string} slug */
  async preview(slug) {
    const state = this.store.room(slug);
    state.status = state.loaded ? "ready" : "loading";
    try {
      const [room, page] = await Promise.all([api.readRoom(slug), api.messages(slug)]);
      this.store.setRoom(room);
      this.store.setChanges(slug, { seq: page.seq, messages: page.messages, more: false, reset: true });
    } catch (error) {
      this.refuse(slug, error);
    }
  }
}
