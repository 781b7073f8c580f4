// The rooms this person is in, those they may look into, and the way to their account.
import { html } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { counted } from "../lib/phrases.js";
import { roomPath } from "../lib/slug.js";
import "./account-menu.js";
import { ChatElement } from "./element.js";
import { icon, roomIcon } from "./icons.js";

class RoomSidebar extends ChatElement {
  static properties = { ...ChatElement.properties, current: { attribute: false } };

  constructor() {
    super();
    /** @type {string | null} */
    this.current = null;
  }

  connectedCallback() {
    super.connectedCallback();
    this.setAttribute("role", "navigation");
    this.setAttribute("aria-label", "Rooms");
  }

  render() {
    const rooms = this.chat.store.listed().filter((state) => !state.room?.archived || state.room.slug === this.current);
    const mine = rooms.filter((state) => state.room?.me?.role);
    const others = rooms.filter((state) => !state.room?.me?.role);
    return html`
      <div class="sidebar-head">
        <a class="brand" href="/"><img class="brand-mark" src="/static/img/icon.svg" alt="" width="28" height="28">Chat</a>
        <button class="icon-button only-narrow" type="button" aria-label="Close the list of rooms" @click=${() => this.emit("close-drawer")}>${icon("close")}</button>
      </div>
      <div class="sidebar-rooms">
        ${mine.length > 0 ? this.#group("Your rooms", mine) : ""}
        ${others.length > 0 ? this.#group(mine.length > 0 ? "More rooms" : "Rooms", others) : ""}
        ${rooms.length === 0 && this.chat.store.ready ? html`<p class="sidebar-empty">No rooms to see yet.</p>` : ""}
        ${this.chat.store.me && this.chat.store.me.kind !== "guest"
          ? html`<button class="sidebar-create" type="button" @click=${() => this.emit("create-room")}>${icon("plus")} New room</button>`
          : ""}
      </div>
      <account-menu .chat=${this.chat}></account-menu>
    `;
  }

  #group(/** @type {string} */ title, /** @type {import("../state/room-state.js").RoomState[]} */ states) {
    return html`
      <h2 class="sidebar-title">${title}</h2>
      <ul>
        ${repeat(states, (state) => state.room?.slug, (state) => html`<li>${this.#room(state)}</li>`)}
      </ul>
    `;
  }

  #room(/** @type {import("../state/room-state.js").RoomState} */ state) {
    const room = /** @type {import("../protocol.js").Room} */ (state.room);
    const isCurrent = room.slug === this.current;
    const isNew = state.unread > 0 && !state.isMuted;
    const { calls } = state;
    return html`
      <a class="sidebar-room ${isNew ? "unread" : ""} ${state.isMuted ? "quiet" : ""}" href=${roomPath(room.slug)} aria-current=${isCurrent ? "page" : "false"}>
        ${roomIcon(room.kind)}
        <span class="truncate">${room.name}</span>
        ${calls > 0
          ? html`<span class="badge"><span aria-hidden="true">${calls > 99 ? "99+" : calls}</span><span class="visually-hidden">${counted(calls, room.kind === "direct" ? "new message" : "mention")}</span></span>`
          : isNew ? html`<span class="dot"><span class="visually-hidden">${counted(state.unread, "new message")}</span></span>` : ""}
      </a>
    `;
  }
}

customElements.define("room-sidebar", RoomSidebar);
