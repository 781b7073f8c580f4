// The head of a room: what it is called and about, who is in it, joining and leaving.
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
    const { room } = this.chat.store.room(this.slug);
    return html`
      <header class="room-header">
        <button class="icon-button only-narrow" type="button" data-opens="drawer" aria-label="Open the list of rooms" @click=${() => this.emit("open-drawer")}>${icon("menu")}</button>
        <div class="room-title">
          <h1><span class="room-sign">${roomIcon(room?.kind)}</span><span class="truncate">${room?.name ?? this.slug}</span></h1>
          ${room?.topic ? html`<p class="room-topic truncate" title=${room.topic}>${room.topic}</p>` : ""}
        </div>
        ${room ? html`<span class="room-members" title=${counted(room.members, "member")}>${icon("people")} <span aria-hidden="true">${room.members}</span><span class="visually-hidden">${counted(room.members, "member")}</span></span>` : ""}
        ${this.#membership(room)}
      </header>
    `;
  }

  #membership(/** @type {import("../protocol.js").Room | null} */ room) {
    const { me } = this.chat.store;
    if (!room || !me || me.kind === "guest" || room.kind === "direct") return "";
    if (room.me?.role) {
      return html`<button class="icon-button" type="button" aria-label="Leave this room" title="Leave this room" ?disabled=${this.busy} @click=${() => this.emit("leave", this.slug)}>${icon("leave")}</button>`;
    }
    if (room.archived) return "";
    return html`<button class="button button-primary" type="button" ?disabled=${this.busy} @click=${() => this.#join()}>Join</button>`;
  }

  async #join() {
    this.busy = true;
    try {
      await this.chat.join(this.slug);
    } catch (error) {
      this.chat.dispatchEvent(new CustomEvent("problem", { detail: /** @type {Error} */ (error).message }));
    } finally {
      this.busy = false;
    }
  }
}

customElements.define("room-header", RoomHeader);
