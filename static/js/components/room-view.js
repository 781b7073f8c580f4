// One room: its head, its messages, who is typing, and the place to write.
import { html } from "lit";
import "./confirm-dialog.js";
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
    this.addEventListener("delete", (event) => this.#confirmDelete(/** @type {CustomEvent} */ (event).detail));
    this.addEventListener("leave", () => this.#confirmLeave());
    this.addEventListener("edit-last", () => this.#list()?.editLast());
    this.addEventListener("to-composer", () => this.#composer()?.focus());
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
    return html`
      <room-header .chat=${this.chat} .slug=${this.slug}></room-header>
      ${state.status === "missing" || state.status === "forbidden" || state.status === "removed" ? this.#closed(state) : this.#room(state)}
      <confirm-dialog></confirm-dialog>
    `;
  }

  #room(/** @type {import("../store.js").RoomState} */ state) {
    return html`
      <message-list .chat=${this.chat} .slug=${this.slug}></message-list>
      <typing-line .chat=${this.chat} .slug=${this.slug}></typing-line>
      <div class="room-foot">${this.#foot(state)}</div>
    `;
  }

  #foot(/** @type {import("../store.js").RoomState} */ { room, loaded }) {
    const { me, ready } = this.chat.store;
    // Not before it is known whether the room exists: the form would move, and lose what was typed into it.
    if (!ready || (!me && !loaded)) return "";
    if (!me) return html`<join-panel .chat=${this.chat}></join-panel>`;
    if (room?.archived) return html`<p class="foot-note">${icon("archive")} This room is archived. It can be read, not written to.</p>`;
    if (me.kind === "guest" && this.chat.store.rules.guests !== "write") {
      return html`<p class="foot-note">Guests read along here. <a class="button" href="/accounts/login/?next=${encodeURIComponent(location.pathname)}">Sign in to write</a></p>`;
    }
    if (room?.kind === "open" && !room.me?.role) {
      return html`<p class="foot-note">Join this room to write in it. <button class="button button-primary" type="button" @click=${() => this.#join()}>Join</button></p>`;
    }
    return html`<message-composer .chat=${this.chat} .slug=${this.slug} .replyTo=${this.replyTo} @cancel-reply=${() => this.#reply(null)}></message-composer>`;
  }

  #closed(/** @type {import("../store.js").RoomState} */ state) {
    const { me, ready } = this.chat.store;
    const isSignIn = ready && !me && state.status === "forbidden";
    const title = isSignIn ? "Sign in to see this room" : { missing: "There is no such room", forbidden: "This room is not open to you", removed: "You are no longer in this room" }[/** @type {"missing"} */ (state.status)];
    const mayCreate = state.status === "missing" && me && me.kind !== "guest";
    const mayOpen = state.status === "missing" && ready && !me && this.chat.store.rules.rooms_on_demand;
    return html`
      <div class="empty room-closed">
        ${icon(state.status === "missing" ? "hash" : "lock")}
        <h2>${title}</h2>
        <p>${mayOpen ? "Come in, and it opens with you." : state.status === "missing" ? "Or it is private, and you have not been invited." : isSignIn ? "This chat is for people with an account." : state.problem || "Ask somebody who is in it."}</p>
        <div class="row">
          ${mayCreate ? html`<button class="button button-primary" type="button" @click=${() => this.chat.dispatchEvent(new Event("missing-room"))}>Create it</button>` : ""}
          ${isSignIn ? "" : html`<a class="button" href="/">See all rooms</a>`}
        </div>
        ${ready && !me ? html`<join-panel .chat=${this.chat}></join-panel>` : ""}
      </div>
    `;
  }

  async #join() {
    await this.chat.join(this.slug).catch((error) => this.#problem(error));
  }

  #reply(/** @type {import("../protocol.js").Message | null} */ message) {
    this.replyTo = message;
    this.updateComplete.then(() => this.#composer()?.focus());
  }

  async #confirmDelete(/** @type {import("../protocol.js").Message} */ message) {
    const sure = await this.#dialog().ask("Delete this message?", "It disappears for everybody, and nothing of it is kept.", "Delete");
    if (sure) await this.chat.delete(message);
    this.#composer()?.focus();
  }

  async #confirmLeave() {
    const { room } = this.chat.store.room(this.slug);
    const text = room?.kind === "private" ? "You need an invitation to come back." : "You can join again at any time.";
    if (!(await this.#dialog().ask(`Leave ${room?.name ?? this.slug}?`, text, "Leave"))) return;
    await this.chat.leave(this.slug).catch((error) => this.#problem(error));
  }

  #problem(/** @type {Error} */ error) {
    this.chat.dispatchEvent(new CustomEvent("problem", { detail: error.message }));
  }

  /** @returns {import("./confirm-dialog.js").ConfirmDialog} */
  #dialog() {
    return /** @type {any} */ (this.querySelector("confirm-dialog"));
  }

  /** What is typed with nothing in focus goes where one writes. */
  #typedAnywhere(/** @type {KeyboardEvent} */ event) {
    if (event.key.length !== 1 || event.key === " " || event.ctrlKey || event.metaKey || event.altKey) return;
    const focused = document.activeElement;
    if (focused && focused !== document.body && focused.id !== "main" && focused.localName !== "message-item") return;
    this.#composer()?.focus();
  }

  /** @returns {import("./message-composer.js").MessageComposer | null} */
  #composer() {
    return this.querySelector("message-composer");
  }

  /** @returns {import("./message-list.js").MessageList | null} */
  #list() {
    return this.querySelector("message-list");
  }
}

customElements.define("room-view", RoomView);
