// The messages of a room: scrolls, stays at the bottom, keeps its place while pages load above, walks by arrow keys.
import { html } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { counted } from "../lib/phrases.js";
import { rowsOf } from "../lib/rows.js";
import { ScrollKeeper } from "../lib/scroll.js";
import { dayName, fullTime } from "../lib/time.js";
import { MOST_ROWS } from "../store.js";
import { ChatElement } from "./element.js";
import { icon, roomIcon } from "./icons.js";
import "./message-item.js";

/** Older messages are asked for when this little is left above, in pixels. */
const LOAD_AHEAD = 1_000;
/** More at once than this are announced as a number. */
const BURST = 3;
/** How long a screen reader may need to notice that a change is not to be read out. */
const QUIET_MS = 400;
/** How many pages a jump to a quoted message may load. */
const JUMP_PAGES = 20;

export class MessageList extends ChatElement {
  static properties = { ...ChatElement.properties, slug: { attribute: false }, away: { state: true }, live: { state: true }, burst: { state: true } };

  constructor() {
    super();
    this.slug = "";
    this.away = false;
    this.live = false;
    this.burst = "";
    /** @type {import("../lib/rows.js").Row[]} */
    this.rows = [];
    this.drawnVersion = "";
    this.newestDrawn = 0;
    this.shownUnread = false;
    this.focusedKey = "";
    this.keeper = new ScrollKeeper((atBottom) => this.#atBottomChanged(atBottom));
  }

  connectedCallback() {
    super.connectedCallback();
    this.addEventListener("show-message", (event) => this.#jumpTo(/** @type {CustomEvent} */ (event).detail));
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.keeper.disconnect();
  }

  get state() {
    return this.chat.store.room(this.slug);
  }

  willUpdate(/** @type {Map<string, unknown>} */ changed) {
    if (changed.has("slug")) this.#enterRoom();
    const { state } = this;
    const unsent = this.chat.unsent(this.slug);
    const marks = unsent.map((entry) => entry.client_id + entry.state).join();
    const version = `${this.slug}/${state.version}/${marks}`;
    if (version === this.drawnVersion) return;
    this.drawnVersion = version;
    const unsentBefore = this.rows.filter((row) => row.type === "pending").length;
    this.rows = state.loaded ? rowsOf(state.list(), unsent, this.chat.store.me, state.unreadFrom) : [];
    if (unsent.length > unsentBefore) this.keeper.stick();
    this.#chooseVoice();
  }

  #enterRoom() {
    Object.assign(this, { newestDrawn: 0, shownUnread: false, focusedKey: "", rows: [], away: false, burst: "" });
    this.keeper.stick();
  }

  /** Only a few new messages of others are read out one by one: no history, nothing of one's own, no flood. */
  #chooseVoice() {
    const { state } = this;
    const me = this.chat.store.me?.id;
    const fresh = this.newestDrawn === 0 ? [] : state.list().filter((message) => message.id > this.newestDrawn && message.author.id !== me);
    this.live = fresh.length > 0 && fresh.length <= BURST;
    if (fresh.length > BURST) this.burst = counted(fresh.length, "new message");
    this.newestDrawn = Math.max(this.newestDrawn, state.newest);
    clearTimeout(this.quietTimer);
    if (!this.live) this.quietTimer = setTimeout(() => (this.live = true), QUIET_MS);
  }

  render() {
    const { state } = this;
    const name = state.room?.name ?? this.slug;
    return html`
      <div class="log-scroll" @scroll=${() => this.#scrolled()}>
        <div class="log" role="log" aria-live=${this.live ? "polite" : "off"} aria-relevant="additions" aria-label="Messages in ${name}" aria-busy=${!state.loaded} @keydown=${(/** @type {KeyboardEvent} */ event) => this.#walk(event)} @focusin=${(/** @type {any} */ event) => this.#focused(event.target)}>
          ${this.#top(state)}
          ${repeat(byDay(this.rows), (day) => day.key, (day) => html`
            <div class="day">
              <div class="day-line"><span title=${fullTime(day.at)}>${dayName(day.at)}</span></div>
              ${repeat(day.rows, (row) => row.key, (row) => this.#row(row))}
            </div>`)}
        </div>
      </div>
      <p class="visually-hidden" role="status">${this.burst}</p>
      ${this.away ? this.#jumpButton(state) : ""}
    `;
  }

  #top(/** @type {import("../store.js").RoomState} */ state) {
    if (!state.loaded) return html`<div class="log-skeleton" aria-hidden="true">${[1, 2, 3, 4, 5, 6].map(() => html`<div><i></i><b></b><s></s></div>`)}</div>`;
    if (state.hasOlder) return html`<p class="log-older">${state.loadingOlder ? "Loading older messages …" : ""}</p>`;
    return html`
      <div class="log-start">
        <span class="log-sign">${roomIcon(state.room?.kind)}</span>
        <h2>${state.room?.name ?? this.slug}</h2>
        <p>${state.room?.topic || "This is where the room begins."} ${this.rows.length === 0 ? "Nobody has said anything yet: be the first." : ""}</p>
      </div>
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
      .chat=${this.chat} .message=${message} .entry=${entry} .continued=${row.continued} .quoted=${replyTo ? this.#quoted(replyTo) : null}
      data-key=${row.key} data-id=${message?.id ?? ""} role="article" tabindex=${isFocusable ? 0 : -1} aria-label=${labelOf(message, entry)}
    ></message-item>`;
  }

  #quoted(/** @type {number} */ id) {
    const message = this.chat.store.message(this.slug, id);
    if (message === undefined) this.chat.fetchQuoted(id);
    return message;
  }

  #jumpButton(/** @type {import("../store.js").RoomState} */ state) {
    const text = state.unread > 0 ? counted(state.unread, "new message") : "Jump to latest";
    return html`<button class="jump ${state.unread > 0 ? "unread" : ""}" type="button" @click=${() => this.keeper.stick()}>${icon("down")} ${text}</button>`;
  }

  updated() {
    this.keeper.observe(/** @type {HTMLElement} */ (this.querySelector(".log-scroll")), /** @type {HTMLElement} */ (this.querySelector(".log")));
    // Whoever reads at the bottom of a busy room does not need all that went by.
    if (!this.away && this.state.list().length > MOST_ROWS) this.chat.store.trim(this.slug);
    if (this.state.loaded && !this.shownUnread) {
      this.shownUnread = true;
      const line = this.querySelector(".unread-line");
      if (line) this.keeper.show(/** @type {HTMLElement} */ (line), 0.25);
    }
  }

  #scrolled() {
    this.keeper.scrolled();
    const { scroller } = this.keeper;
    if (scroller && scroller.scrollTop < LOAD_AHEAD && this.state.hasOlder && !this.state.loadingOlder) this.chat.loadOlder();
  }

  #atBottomChanged(/** @type {boolean} */ atBottom) {
    this.away = !atBottom;
    this.chat.attention.atBottom = atBottom;
    if (atBottom) this.chat.attention.look();
  }

  // Getting to a message.

  async #jumpTo(/** @type {number} */ id) {
    for (let page = 0; page < JUMP_PAGES && id < this.state.oldest && this.state.hasOlder; page += 1) await this.chat.loadOlder();
    this.requestUpdate();
    await this.updateComplete;
    const item = /** @type {HTMLElement | null} */ (this.querySelector(`message-item[data-id="${id}"]`));
    if (!item) return;
    this.keeper.show(item, 0.4);
    item.focus({ preventScroll: true });
    item.dataset.found = "";
    setTimeout(() => delete item.dataset.found, 2_000);
  }

  /** Change the last message one wrote here. */
  editLast() {
    const me = this.chat.store.me?.id;
    const last = this.state.list().findLast((message) => message.author.id === me && !message.deleted && message.kind === "text");
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
    if (event.key === "Escape" && target.closest("message-item")) this.emit("to-composer");
    if (target.localName !== "message-item" || event.altKey || event.ctrlKey || event.metaKey) return;
    const items = [...this.querySelectorAll("message-item")];
    const at = items.indexOf(target);
    const next = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: items.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    /** @type {HTMLElement | undefined} */ (items[Math.max(0, Math.min(items.length - 1, next))])?.focus();
  }
}

/** Each day's rows under its line, so that a line sticks to the top only as long as its day lasts. */
function byDay(/** @type {import("../lib/rows.js").Row[]} */ rows) {
  /** @type {{ key: string, at: string, rows: import("../lib/rows.js").Row[] }[]} */
  const days = [];
  for (const row of rows) {
    if (row.type === "day") days.push({ key: row.key, at: row.at, rows: [] });
    else days[days.length - 1].rows.push(row);
  }
  return days;
}

/** What a screen reader says on a row that takes the focus. */
function labelOf(/** @type {import("../protocol.js").Message | null} */ message, /** @type {import("../outbox.js").Entry | null} */ entry) {
  if (!message) return `Not sent yet: ${entry?.text ?? ""}`;
  const reactions = message.reactions.length > 0 ? `, ${counted(message.reactions.length, "reaction")}` : "";
  return `${message.author.name}, ${fullTime(message.at)}: ${message.deleted ? "message deleted" : message.text}${reactions}`;
}

customElements.define("message-list", MessageList);
