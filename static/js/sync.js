// Keeps rooms complete over a connection that comes and goes: subscribe, resume from a number, fill holes, follow heads.
import * as api from "./api.js";
import { ChatError } from "./protocol.js";

/**
 * The room on the screen is followed change by change. Of the others that one belongs to the server tells the counts;
 * those that one merely visited stay followed, since nobody else counts for them.
 * Events: "resumed" (detail: { slug, missed }: messages of others that came while we were away), "answered" (detail: the
 * slug of a room whose subscribe was), "continued" (detail: the slug of a room that goes on from where we left it).
 */
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
    if (this.current === null || !state || ["missing", "forbidden", "removed"].includes(state.status)) return base;
    this.#addressed = this.current;
    const query = state.loaded ? `?since=${state.complete}&epoch=${encodeURIComponent(this.store.epoch)}` : "";
    return `${base}${encodeURIComponent(this.current)}/${query}`;
  }

  /** A new connection: resume what was followed. @param {import("./protocol.js").Hello} hello */
  greet(hello) {
    this.store.setEpoch(hello.epoch);
    this.store.limits = { ...this.store.limits, ...hello.limits };
    const visited = [...this.#followed].filter((slug) => slug !== this.#addressed && this.store.room(slug).loaded);
    this.#followed.clear();
    this.#healing.clear();
    for (const state of this.store.rooms.values()) state.early = null;
    if (this.#addressed !== null) {
      this.#followed.add(this.#addressed);
      this.store.startSubscribing(this.#addressed);
    }
    for (const slug of visited) this.#subscribe(slug, this.store.room(slug).complete ?? undefined).catch(() => {});
  }

  /** Wait until the newest page of a room is here, or until it is known that none comes. @param {string} slug */
  async settled(slug) {
    while (["unknown", "loading"].includes(this.store.room(slug).status)) {
      await new Promise((resolve) => this.store.addEventListener("change", resolve, { once: true }));
    }
  }

  /** Whether changes of this room come by themselves. @param {string} slug */
  follows(slug) {
    return this.connection.isOpen && this.#followed.has(slug);
  }

  /** Leave a room for another. @param {string} slug */
  rest(slug) {
    if (!this.#followed.has(slug) || !this.store.room(slug).isMine) return;
    this.#followed.delete(slug);
    this.connection.tell({ type: "unsubscribe", room: slug });
  }

  /** Show a room: its newest page, or what changed since we last looked. @param {string} slug */
  async open(slug) {
    this.current = slug;
    const state = this.store.room(slug);
    // Whoever goes to and fro may still have a question on its way.
    await this.#asked.get(slug);
    if (!this.connection.isOpen || this.current !== slug) return;
    // Either it is followed with its page, or it is the room of the address, whose answer comes by itself.
    if (this.#followed.has(slug) && (state.loaded || state.early)) return;
    await this.#subscribe(slug, state.loaded ? (state.complete ?? undefined) : undefined).catch((error) => this.refuse(slug, error));
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
      this.#answered(slug);
      throw error;
    }
  }

  /** @param {string} slug @param {import("./protocol.js").Subscribed} answer of the command, or the event of a room address */
  subscribed(slug, answer) {
    const state = this.store.room(slug);
    const wasLoaded = state.loaded;
    const missed = this.store.setChanges(slug, answer);
    if (wasLoaded && missed > 0) this.dispatchEvent(new CustomEvent("resumed", { detail: { slug, missed } }));
    this.#answered(slug);
    if (wasLoaded && !answer.reset) this.dispatchEvent(new CustomEvent("continued", { detail: slug }));
    if (answer.more) this.heal(slug);
  }

  #answered(/** @type {string} */ slug) {
    this.dispatchEvent(new CustomEvent("answered", { detail: slug }));
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
