// Finds people by a part of their name and adds them to a room; those without an account come by a link.
import { html } from "lit";
import { ChatElement } from "./element.js";
import { icon } from "./icons.js";
import { userAvatar } from "./user-avatar.js";

/** So long nothing is typed before the server is asked, in milliseconds. */
const PAUSE_MS = 200;

class PeopleSearch extends ChatElement {
  static properties = { ...ChatElement.properties, slug: { attribute: false }, members: { attribute: false }, found: { state: true }, part: { state: true }, link: { state: true } };

  constructor() {
    super();
    this.slug = "";
    /** @type {import("../protocol.js").Member[]} */
    this.members = [];
    /** @type {import("../protocol.js").User[]} */
    this.found = [];
    this.part = "";
    /** The part to which `found` is the answer. */
    this.asked = "";
    this.link = "";
    this.timer = 0;
  }

  get followsStore() {
    return false;
  }

  willUpdate(/** @type {Map<string, unknown>} */ changed) {
    if (changed.has("slug")) Object.assign(this, { part: "", link: "" });
  }

  render() {
    const inside = new Set(this.members.map(({ user }) => user.id));
    const others = this.part ? this.found.filter(({ id }) => !inside.has(id)) : [];
    return html`
      <div class="people-search" role="search" aria-label="Add people">
        <input class="input" type="search" placeholder="Add people" aria-label="Add people by name" autocomplete="off" .value=${this.part} @input=${(/** @type {any} */ event) => this.#typed(event.target.value)}>
        <ul class="side-list" aria-label="People found">
          ${others.map((user) => html`
            <li class="person">
              <span class="person-picture">${userAvatar(user)}</span>
              <span class="person-name truncate">${user.name}</span>
              <button class="button" type="button" aria-label="Add ${user.name}" @click=${() => this.#add(user)}>${icon("invite")} Add</button>
            </li>`)}
        </ul>
        <p class="muted side-note" role="status">${this.part && this.asked === this.part && others.length === 0 ? "Nobody else is called so." : ""}</p>
        ${this.link
          ? html`<div class="field"><label for="invite-link">Whoever follows this link is in, for the next 7 days</label><input id="invite-link" class="input" readonly .value=${this.link} @focus=${(/** @type {any} */ event) => event.target.select()}></div>`
          : html`<button class="button button-quiet invite" type="button" @click=${() => this.#invite()}>${icon("link")} Invite by link</button>`}
      </div>
    `;
  }

  async #invite() {
    await this.chat.attempt(this.chat.rooms.invite(this.slug).then((url) => (this.link = url)));
    await this.updateComplete;
    /** @type {HTMLElement | null} */ (this.querySelector("#invite-link"))?.focus();
  }

  #typed(/** @type {string} */ part) {
    this.part = part.trim();
    clearTimeout(this.timer);
    if (this.part) this.timer = setTimeout(() => this.#search(this.part), PAUSE_MS);
  }

  async #search(/** @type {string} */ part) {
    const found = await this.chat.rooms.people(part).catch(() => []);
    if (part !== this.part) return;
    this.asked = part;
    this.found = found;
  }

  async #add(/** @type {import("../protocol.js").User} */ user) {
    if (await this.chat.attempt(this.chat.rooms.add(this.slug, user.id))) this.part = "";
    /** @type {HTMLElement | null} */ (this.querySelector("input"))?.focus();
  }
}

customElements.define("people-search", PeopleSearch);
