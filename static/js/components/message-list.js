// The messages of a room or of a thread: scrolls, stays at the bottom, keeps its place while pages load above, walks by arrow keys.
import { html } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { counted } from "../lib/phrases.js";
import { byDay, labelOf, rowsOf } from "../lib/rows.js";
import { ScrollKeeper } from "../lib/scroll.js";
import { dayName, fullTime } from "../lib/time.js";
import { MOST_ROWS } from "../state/window.js";
import { ChatElement } from "./element.js";
import { icon, roomIcon } from "./icons.js";
import "./message-item.js";

/** Older messages are asked for when this little is left above, in pixels. */
const LOAD_AHEAD = 1_000;
/** More at once than this are announced as a number. */
const BURST = 3;
/** How long a screen reader may need to notice that a change is not to be read out. */
const QUIET_MS = 400;

/**
 * With `thread` the replies to that message, else the room. What happens to a message inside bubbles up as "reply",
 * "delete", "open-thread" and "open-menu".
 */
export class MessageList extends ChatElement {
  static properties = {
    ...ChatElement.properties, slug: { attribute: false }, thread: { attribute: false },
    away: { state: true }, live: { state: true }, burst: { state: true },
  };

  constructor() {
    super();
    this.slug = "";
    /** @type {number | null} */
    this.thread = null;
    this.away = false;
    this.live = false;
    this.burst = "";
    /** @type {import("../lib/rows.js").Row[]} */
    this.rows = [];
    this.drawnVersion = "";
    this.newestDrawn = 0;
    this.isPlaced = false;
    this.focusedKey = "";
    /** @type {number | null} a message to go to as soon as it is drawn */
    this.wanted = null;
    /** @type {import("../state/window.js").MessageWindow | null} */
    this.drawnWindow = null;
    this.keeper = new ScrollKeeper((atBottom) => (this.away = !atBottom));
    this.onFound = (/** @type {any} */ event) => this.#found(event.detail);
  }

  connectedCallback() {
    super.connectedCallback();
    this.addEventListener("show-message", (event) => this.chat.find(this.slug, /** @type {CustomEvent} */ (event).detail, this.thread));
    this.chat.addEventListener("found", this.onFound);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.chat.removeEventListener("found", this.onFound);
    this.chat.reading.see(this.#place, 0);
    this.keeper.disconnect();
  }

  get state() {
    return this.chat.store.room(this.slug);
  }

  get window() {
    return this.thread === null ? this.state.shown : this.state.thread(this.thread);
  }

  get #place() {
    return this.thread === null ? /** @type {const} */ ("room") : /** @type {const} */ ("thread");
  }

  willUpdate(/** @type {Map<string, unknown>} */ changed) {
    if (changed.has("slug") || changed.has("thread")) this.#enterRoom();
    const { window } = this;
    const unsent = this.chat.messages.unsent(this.slug, this.thread);
    const marks = unsent.map((entry) => entry.client_id + entry.state).join();
    const version = `${this.slug}/${this.thread}/${this.state.version}/${window.version}/${marks}`;
    if (version === this.drawnVersion && window === this.drawnWindow) return;
    Object.assign(this, { drawnVersion: version, drawnWindow: window });
    this.keeper.endIsLast = !window.hasNewer;
    const unsentBefore = this.rows.filter((row) => row.type === "pending").length;
    this.rows = window.loaded ? rowsOf(window.list(), window.hasNewer ? [] : unsent, this.chat.store.me, window.unreadFrom) : [];
    if (unsent.length > unsentBefore) this.toLatest();
    this.#chooseVoice();
  }

  #enterRoom() {
    Object.assign(this, { newestDrawn: 0, isPlaced: false, focusedKey: "", rows: [], away: false, burst: "", wanted: null });
    this.chat.reading.see(this.#place, 0);
    this.keeper.stick();
  }

  /** Only a few new messages of others are read out one by one: no history, nothing of one's own, no flood. */
  #chooseVoice() {
    const { window } = this;
    const me = this.chat.store.me?.id;
    const fresh = this.newestDrawn === 0 ? [] : window.list().filter((message) => message.id > this.newestDrawn && message.author.id !== me);
    this.live = !window.hasNewer && fresh.length > 0 && fresh.length <= BURST;
    if (fresh.length > BURST && !window.hasNewer) this.burst = counted(fresh.length, "new message");
    this.newestDrawn = Math.max(this.newestDrawn, window.newest);
    clearTimeout(this.quietTimer);
    if (!this.live) this.quietTimer = setTimeout(() => (this.live = true), QUIET_MS);
  }

  render() {
    const { window } = this;
    const name = this.state.room?.name ?? this.slug;
    const label = this.thread === null ? `Messages in ${name}` : "Replies in this thread";
    return html`
      <div class="log-scroll" @scroll=${() => this.#scrolled()}>
        <div class="log" role="log" aria-live=${this.live ? "polite" : "off"} aria-relevant="additions" aria-label=${label} aria-busy=${!window.loaded} @keydown=${(/** @type {KeyboardEvent} */ event) => this.#walk(event)} @focusin=${(/** @type {any} */ event) => this.#focused(event.target)}>
          ${this.#top(window)}
          ${repeat(byDay(this.rows), (day) => day.key, (day) => html`
            <div class="day">
              <div class="day-line"><span title=${fullTime(day.at)}>${dayName(day.at)}</span></div>
              ${repeat(day.rows, (row) => row.key, (row) => this.#row(row))}
            </div>`)}
          ${window.hasNewer ? html`<p class="log-older">${window.loadingNewer ? "Loading newer messages …" : ""}</p>` : ""}
        </div>
      </div>
      <p class="visually-hidden" role="status">${this.burst}</p>
      ${this.away || window.hasNewer ? this.#jumpButton() : ""}
    `;
  }

  #top(/** @type {import("../state/window.js").MessageWindow} */ window) {
    if (!window.loaded) return html`<div class="log-skeleton" aria-hidden="true">${[1, 2, 3, 4, 5, 6].map(() => html`<div><i></i><b></b><s></s></div>`)}</div>`;
    if (window.hasOlder) return html`<p class="log-older">${window.loadingOlder ? "Loading older messages …" : ""}</p>`;
    return this.thread === null ? this.#beginning() : this.#root(this.thread);
  }

  #beginning() {
    const { room } = this.state;
    return html`
      <div class="log-start">
        <span class="log-sign">${roomIcon(room?.kind)}</span>
        <h2>${room?.name ?? this.slug}</h2>
        <p>${room?.topic || "This is where the room begins."} ${this.rows.length === 0 ? "Nobody has said anything yet: be the first." : ""}</p>
      </div>
    `;
  }

  /** What a thread answers. */
  #root(/** @type {number} */ id) {
    const message = this.#message(id);
    if (!message) return html`<p class="log-older">${message === null ? "The first message of this thread cannot be shown." : ""}</p>`;
    return html`
      <message-item .chat=${this.chat} .message=${message} .inThread=${true} .quoted=${message.reply_to ? this.#message(message.reply_to) : null}
        data-key="root" data-id=${id} role="article" tabindex=${this.focusedKey === "root" || this.rows.length === 0 ? 0 : -1} aria-label=${labelOf(message, null)}></message-item>
      <p class="thread-count"><span>${this.rows.length === 0 ? "No replies yet" : counted(message.replies, "reply", "replies")}</span></p>
    `;
  }

  #row(/** @type {import("../lib/rows.js").Row} */ row) {
    if (row.type === "day") return "";
    if (row.type === "unread") return html`<div class="unread-line"><span>New</span></div>`;
    const message = row.type === "message" ? row.message : null;
    const entry = row.type === "pending" ? row.entry : null;
    const replyTo = message?.reply_to ?? entry?.reply_to ?? null;
    const isFocusable = row.key === (this.focusedKey || this.rows[this.rows.length - 1]?.key);
    return html`<message-item
      .chat=${this.chat} .message=${message} .entry=${entry} .continued=${row.continued} .inThread=${this.thread !== null} .quoted=${replyTo ? this.#message(replyTo) : null}
      data-key=${row.key} data-id=${message?.id ?? ""} role="article" tabindex=${isFocusable ? 0 : -1} aria-label=${labelOf(message, entry)}
    ></message-item>`;
  }

  #message(/** @type {number} */ id) {
    const message = this.chat.store.message(this.slug, id);
    if (message === undefined) this.chat.messages.fetchQuoted(id);
    return message;
  }

  #jumpButton() {
    const { unread, excerpt } = this.state;
    const fresh = this.thread === null ? unread : 0;
    const text = fresh > 0 ? counted(fresh, "new message") : excerpt && this.thread === null ? "Back to latest" : "Jump to latest";
    return html`<button class="jump ${fresh > 0 ? "unread" : ""}" type="button" @click=${() => this.toLatest()}>${icon("down")} ${text}</button>`;
  }

  /** Go to the newest message and stay there. */
  async toLatest() {
    if (this.thread === null && this.state.excerpt) {
      this.state.excerpt = null;
      this.chat.store.changed(this.state);
      this.requestUpdate();
      await this.updateComplete;
    }
    this.keeper.stick();
  }

  updated() {
    this.keeper.observe(/** @type {HTMLElement} */ (this.querySelector(".log-scroll")), /** @type {HTMLElement} */ (this.querySelector(".log")));
    // Whoever reads at the bottom of a busy room does not need all that went by.
    if (!this.away && this.thread === null && this.state.list().length > MOST_ROWS) this.chat.store.trim(this.slug);
    this.#placeOnce();
    if (this.wanted !== null) this.#goTo(this.wanted);
    this.#tellSeen();
  }

  /** Where one begins to read: at what is new, else at the end. */
  #placeOnce() {
    const isKnown = this.thread !== null || this.chat.reading.current === this.slug || !this.chat.store.me;
    if (this.isPlaced || !this.window.loaded || !isKnown) return;
    this.isPlaced = true;
    const line = this.querySelector(".unread-line");
    if (line) this.keeper.show(/** @type {HTMLElement} */ (line), 0.25);
  }

  #scrolled() {
    this.keeper.scrolled();
    this.#tellSeen();
    const { scroller } = this.keeper;
    const { window } = this;
    if (!scroller) return;
    if (scroller.scrollTop < LOAD_AHEAD && window.hasOlder && !window.loadingOlder) this.chat.attempt(this.chat.history.loadOlder(this.slug, { thread: this.thread }));
    const below = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
    if (below < LOAD_AHEAD && window.hasNewer && !window.loadingNewer) this.chat.attempt(this.chat.history.loadNewer(this.slug));
  }

  /** The lowest message of which enough is on the screen. */
  #tellSeen() {
    const { scroller } = this.keeper;
    const isReader = scroller && this.chat.reading.current === this.slug && this.isPlaced && !this.window.hasNewer && !this.closest("[inert]");
    this.chat.reading.see(this.#place, isReader ? this.#lowest(scroller) : 0);
  }

  #lowest(/** @type {HTMLElement} */ scroller) {
    const { bottom, height } = scroller.getBoundingClientRect();
    const items = /** @type {HTMLElement[]} */ ([...this.querySelectorAll("message-item[data-id]")]);
    const seen = items.findLast((item) => {
      const box = item.getBoundingClientRect();
      return item.dataset.id !== "" && box.top + Math.min(box.height, height / 2) <= bottom + 1;
    });
    return Number(seen?.dataset.id ?? 0);
  }

  // Getting to a message.

  #found(/** @type {{ id: number, thread: number | null }} */ { id, thread }) {
    if (thread !== this.thread) return;
    this.wanted = id;
    this.requestUpdate();
  }

  #goTo(/** @type {number} */ id) {
    const item = /** @type {HTMLElement | null} */ (this.querySelector(`message-item[data-id="${id}"]`));
    if (!item) return;
    Object.assign(this, { wanted: null, isPlaced: true });
    this.keeper.show(item, 0.4);
    item.focus({ preventScroll: true });
    item.dataset.found = "";
    setTimeout(() => delete item.dataset.found, 2_000);
  }

  /** Change the last message one wrote here. */
  editLast() {
    const me = this.chat.store.me?.id;
    const last = this.window.list().findLast((message) => message.author.id === me && !message.deleted && message.kind === "text");
    if (!last) return;
    const item = /** @type {any} */ (this.querySelector(`message-item[data-id="${last.id}"]`));
    item?.edit();
  }

  // By keyboard: one stop for Tab, arrows from message to message.

  #focused(/** @type {Element} */ target) {
    const key = target.closest("message-item")?.getAttribute("data-key") ?? "";
    if (key === this.focusedKey) return;
    this.focusedKey = key;
    this.requestUpdate();
  }

  #walk(/** @type {KeyboardEvent} */ event) {
    const target = /** @type {Element} */ (event.target);
    if (event.key === "Escape" && target.localName === "message-item") {
      event.stopPropagation();
      this.emit("to-composer");
    }
    if (target.localName !== "message-item" || event.altKey || event.ctrlKey || event.metaKey) return;
    const items = [...this.querySelectorAll("message-item")];
    const at = items.indexOf(target);
    const next = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: items.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    /** @type {HTMLElement | undefined} */ (items[Math.max(0, Math.min(items.length - 1, next))])?.focus();
  }
}

customElements.define("message-list", MessageList);
