// One room: its head, its messages, who is typing, and the place to write.
import { html } from "lit";
import { ChatElement } from "./element.js";
import { icon } from "./icons.js";
import "./join-panel.js";
import "./message-composer.js";
import "./message-list.js";
import "./room-header.js";
import "./typing-line.js";

class RoomView extends ChatElement {
  static properties = { ...ChatElement.properties, slug: { attribute: false }, replyTo: { state: true } };

  constructor() {
    super();
    this.slug = "";
    /** @type {import("../protocol.js").Message | null} */
    this.replyTo = null;
    this.onTyped = (/** @type {KeyboardEvent} */ event) => this.#typedAnywhere(event);
  }

  connectedCallback() {
    super.connectedCallback();
    this.addEventListener("reply", (event) => this.#reply(/** @type {CustomEvent} */ (event).detail));
    this.addEventListener("edit-last", () => this.#list()?.editLast());
    this.addEventListener("to-composer", () => this.composer?.focus());
    this.addEventListener("keydown", (event) => this.#escape(event));
    document.addEventListener("keydown", this.onTyped);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    document.removeEventListener("keydown", this.onTyped);
  }

  willUpdate(/** @type {Map<string, unknown>} */ changed) {
    if (changed.has("slug")) this.replyTo = null;
  }

  render() {
    const state = this.chat.store.room(this.slug);
    const isClosed = ["missing", "forbidden", "removed"].includes(state.status);
    return html`
      <room-header .chat=${this.chat} .slug=${this.slug}></room-header>
      ${isClosed ? this.#closed(state) : this.#room(state)}
    `;
  }

  #room(/** @type {import("../state/room-state.js").RoomState} */ state) {
    return html`
      <message-list .chat=${this.chat} .slug=${this.slug}></message-list>
      <typing-line .chat=${this.chat} .slug=${this.slug}></typing-line>
      <div class="room-foot">${this.#foot(state)}</div>
    `;
  }

  #foot(/** @type {import("../state/room-state.js").RoomState} */ { room, loaded }) {
    const { me, ready, rules } = this.chat.store;
    // Not before it is known whether the room exists: the form would move, and lose what was typed into it.
    if (!ready || (!me && !loaded)) return "";
    if (!me) return html`<join-panel .chat=${this.chat}></join-panel>`;
    if (room?.archived) return html`<p class="foot-note">${icon("archive")} This room is archived. It can be read, not written to.</p>`;
    if (me.kind === "guest" && rules.guests !== "write") {
      return html`<p class="foot-note">Guests read along here. <a class="button" href="/accounts/login/?next=${encodeURIComponent(location.pathname)}">Sign in to write</a></p>`;
    }
    if (room?.kind === "open" && !room.me?.role) {
      return html`<p class="foot-note">Join this room to write in it. <button class="button button-primary" type="button" @click=${() => this.chat.attempt(this.chat.rooms.join(this.slug))}>Join</button></p>`;
    }
    return html`<message-composer .chat=${this.chat} .slug=${this.slug} .replyTo=${this.replyTo} @cancel-reply=${() => this.#reply(null)}></message-composer>`;
  }

  #closed(/** @type {import("../state/room-state.js").RoomState} */ state) {
    const { me, ready, rules } = this.chat.store;
    const isSignIn = ready && !me && state.status === "forbidden";
    const title = isSignIn ? "Sign in to see this room" : { missing: "There is no such room", forbidden: "This room is not open to you", removed: "You are no longer in this room" }[/** @type {"missing"} */ (state.status)];
    const mayCreate = state.status === "missing" && me && me.kind !== "guest";
    const mayOpen = state.status === "missing" && ready && !me && rules.rooms_on_demand;
    const mayLookIn = state.status === "removed" && state.room;
    return html`
      <div class="empty room-closed">
        ${icon(state.status === "missing" ? "hash" : "lock")}
        <h2>${title}</h2>
        <p>${mayOpen ? "Come in, and it opens with you." : state.status === "missing" ? "Or it is private, and you have not been invited." : isSignIn ? "This chat is for people with an account." : state.problem || "Ask somebody who is in it."}</p>
        <div class="row">
          ${mayCreate ? html`<button class="button button-primary" type="button" @click=${() => this.chat.dispatchEvent(new Event("missing-room"))}>Create it</button>` : ""}
          ${mayLookIn ? html`<button class="button" type="button" @click=${() => this.#lookIn(state)}>Look in as a visitor</button>` : ""}
          ${isSignIn ? "" : html`<a class="button" href="/">See all rooms</a>`}
        </div>
        ${ready && !me ? html`<join-panel .chat=${this.chat}></join-panel>` : ""}
      </div>
    `;
  }

  /** Everybody may read it, members or not. */
  async #lookIn(/** @type {import("../state/room-state.js").RoomState} */ state) {
    state.status = "unknown";
    await this.chat.sync.open(this.slug);
    await this.chat.enter(this.slug);
  }

  #reply(/** @type {import("../protocol.js").Message | null} */ message) {
    this.replyTo = message;
    this.updateComplete.then(() => this.composer?.focus());
  }

  /** Escape, when it has nothing else to end, means that everything here is read. */
  #escape(/** @type {KeyboardEvent} */ event) {
    const { unread, mentions, unreadFrom } = this.chat.store.room(this.slug);
    if (event.key !== "Escape" || event.defaultPrevented || (unread === 0 && mentions === 0 && unreadFrom === null)) return;
    this.#list()?.toLatest();
    this.chat.attempt(this.chat.reading.markRead(this.slug));
  }

  /** What is typed with nothing in focus goes where one writes. */
  #typedAnywhere(/** @type {KeyboardEvent} */ event) {
    const focused = document.activeElement;
    const isNowhere = !focused || focused === document.body || focused.id === "main";
    if (event.key === "Escape" && isNowhere) this.#escape(event);
    if (event.key.length !== 1 || event.key === " " || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isNowhere || (focused?.localName === "message-item" && this.contains(focused))) this.composer?.focus();
  }

  /** @returns {import("./message-composer.js").MessageComposer | null} */
  get composer() {
    return this.querySelector("message-composer");
  }

  /** @returns {import("./message-list.js").MessageList | null} */
  #list() {
    return this.querySelector("message-list");
  }
}

customElements.define("room-view", RoomView);
