// What is pinned in a room; each leads to its place.
import { html } from "lit";
import { plainText } from "../lib/plain.js";
import { mayPin } from "../lib/rights.js";
import { fullTime } from "../lib/time.js";
import { ChatElement } from "./element.js";
import { cardsOf } from "./github-card.js";
import { icon } from "./icons.js";
import "./time-ago.js";
import { userAvatar } from "./user-avatar.js";

class PinsPane extends ChatElement {
  static properties = { ...ChatElement.properties, slug: { attribute: false } };

  constructor() {
    super();
    this.slug = "";
  }

  render() {
    const { pinned, room } = this.chat.store.room(this.slug);
    const messages = [...(pinned?.values() ?? [])].sort((a, b) => b.id - a.id);
    if (messages.length === 0) return html`<p class="side-empty">${pinned ? "Nothing is pinned here." : ""}</p>`;
    return html`
      <ul class="side-list">
        ${messages.map((message) => html`
          <li class="pin">
            <button class="pin-message" type="button" title=${fullTime(message.at)} @click=${() => this.emit("go-to", message)}>
              ${userAvatar(message.author)}
              <span class="pin-head"><strong>${message.author.name}</strong> <span class="muted"><time-ago .at=${message.at}></time-ago></span></span>
              <span class="pin-text">${plainText(message)}</span>
            </button>
            ${cardsOf(this.chat, message)}
            ${mayPin(room) ? html`<button class="icon-button" type="button" aria-label="Unpin the message of ${message.author.name}" title="Unpin" @click=${() => this.chat.messages.togglePin(message)}>${icon("close")}</button>` : ""}
          </li>`)}
      </ul>
    `;
  }
}

customElements.define("pins-pane", PinsPane);
