// The head of a room: what it is called and about, who is in it and there, what is pinned, and the way to its settings.
import { html } from "lit";
import { counted } from "../lib/phrases.js";
import { ChatElement } from "./element.js";
import { icon, roomIcon } from "./icons.js";

class RoomHeader extends ChatElement {
  static properties = { ...ChatElement.properties, slug: { attribute: false }, busy: { state: true } };

  constructor() {
    super();
    this.slug = "";
    this.busy = false;
  }

  render() {
    const state = this.chat.store.room(this.slug);
    const { room } = state;
    return html`
      <header class="room-header">
        <button class="icon-button only-narrow" type="button" data-opens="drawer" aria-label="Open the list of rooms" @click=${() => this.emit("open-drawer")}>${icon("menu")}</button>
        <div class="room-title">
          <h1><span class="room-sign">${roomIcon(room?.kind)}</span><span class="truncate">${room?.name ?? this.slug}</span></h1>
          ${room?.topic ? html`<p class="room-topic truncate" title=${room.topic}>${room.topic}</p>` : ""}
        </div>
        ${room && state.loaded ? this.#facts(room, state) : ""}
        ${this.#membership(room)}
      </header>
    `;
  }

  #facts(/** @type {import("../protocol.js").Room} */ room, /** @type {import("../state/room-state.js").RoomState} */ { online, pinned }) {
    const { pane } = this.chat;
    const here = this.chat.store.me ? `, ${online.size} online` : "";
    return html`
      ${pinned && pinned.size > 0 ? this.#toggle("pins", counted(pinned.size, "pinned message"), html`${icon("pin")} <span aria-hidden="true">${pinned.size}</span>`, pane) : ""}
      ${this.#toggle("members", counted(room.members, "member") + here, html`
        ${icon("people")} <span aria-hidden="true">${room.members}</span>
        ${here ? html`<span class="header-online" aria-hidden="true"><i class="presence online"></i>${online.size}</span>` : ""}`, pane)}
    `;
  }

  #toggle(/** @type {"pins" | "members"} */ kind, /** @type {string} */ label, /** @type {unknown} */ content, /** @type {import("../chat.js").Pane | null} */ pane) {
    const isOpen = pane?.kind === kind;
    return html`<button class="header-button" type="button" title=${label} aria-expanded=${isOpen} @click=${() => this.emit("open-pane", isOpen ? null : { kind })}>${content}<span class="visually-hidden">${label}</span></button>`;
  }

  #membership(/** @type {import("../protocol.js").Room | null} */ room) {
    const { me } = this.chat.store;
    if (!room || !me || me.kind === "guest") return "";
    if (room.me?.role) {
      return html`<button class="icon-button" type="button" aria-label="Room settings" title="Room settings" aria-haspopup="dialog" @click=${() => this.emit("open-settings", this.slug)}>${icon("gear")}</button>`;
    }
    if (room.archived) return "";
    return html`<button class="button button-primary" type="button" ?disabled=${this.busy} @click=${() => this.#join()}>Join</button>`;
  }

  async #join() {
    this.busy = true;
    await this.chat.attempt(this.chat.rooms.join(this.slug));
    this.busy = false;
  }
}

customElements.define("room-header", RoomHeader);
