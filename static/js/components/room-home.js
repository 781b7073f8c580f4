// The page "/": every room this person may see, as cards, with the way to make one.
import { html } from "lit";
import { counted } from "../lib/phrases.js";
import { roomPath } from "../lib/slug.js";
import { ChatElement } from "./element.js";
import { icon, roomIcon } from "./icons.js";
import "./join-panel.js";

class RoomHome extends ChatElement {
  render() {
    const { store } = this.chat;
    const rooms = store.listed().filter((state) => !state.room?.archived);
    return html`
      <header class="room-header">
        <button class="icon-button only-narrow" type="button" data-opens="drawer" aria-label="Open the list of rooms" @click=${() => this.emit("open-drawer")}>${icon("menu")}</button>
        <div class="room-title"><h1>Rooms</h1></div>
        ${store.me && store.me.kind !== "guest" ? html`<button class="button button-primary" type="button" @click=${() => this.emit("create-room")}>${icon("plus")} New room</button>` : ""}
      </header>
      <div class="home">
        <div class="home-inner">
          <p class="home-hello">${this.#hello()}</p>
          ${!store.ready ? html`<ul class="home-rooms" aria-hidden="true">${[1, 2, 3].map(() => html`<li class="home-room skeleton"></li>`)}</ul>` : ""}
          ${store.me && rooms.length === 0 ? this.#empty() : ""}
          <ul class="home-rooms">${rooms.map((state) => this.#card(state))}</ul>
          ${store.ready && !store.me ? html`<join-panel .chat=${this.chat}></join-panel>` : ""}
        </div>
      </div>
    `;
  }

  #hello() {
    const { me, ready, rules } = this.chat.store;
    if (!ready) return "";
    if (me) return html`<strong>Hello ${me.name}.</strong> Pick a room, or make one for what you have in mind.`;
    if (rules.guests === "off") return html`<strong>Welcome.</strong> Sign in to see the rooms.`;
    return html`<strong>Welcome.</strong> Have a look around; say who you are to join in.`;
  }

  #empty() {
    return html`
      <div class="empty">
        ${icon("hash")}
        <h2>No rooms yet</h2>
        <p>Rooms that you may enter show up here.</p>
      </div>
    `;
  }

  #card(/** @type {import("../state/room-state.js").RoomState} */ state) {
    const room = /** @type {import("../protocol.js").Room} */ (state.room);
    return html`
      <li>
        <a class="home-room" href=${roomPath(room.slug)}>
          <span class="home-sign">${roomIcon(room.kind)}</span>
          <span class="home-name">${room.name}${state.unread > 0 ? html` <span class="badge">${state.unread}<span class="visually-hidden"> new</span></span>` : ""}</span>
          <span class="home-topic">${room.topic || (room.kind === "public" ? "Open to everybody." : "")}</span>
          <span class="home-facts">
            ${room.me?.role ? html`<span class="chip">${icon("check")} ${room.me.role === "member" ? "Joined" : room.me.role}</span>` : ""}
            <span>${counted(room.members, "member")}</span>
          </span>
        </a>
      </li>
    `;
  }
}

customElements.define("room-home", RoomHome);
