// Whom one may call while an "@" is being typed: members first. The field keeps the focus and hands its keys on.
import { html } from "lit";
import { fitting, handleOf } from "../lib/mentions.js";
import { counted } from "../lib/phrases.js";
import { mayCallAll } from "../lib/rights.js";
import { ChatElement } from "./element.js";
import { icon } from "./icons.js";
import { userAvatar } from "./user-avatar.js";

const MOST = 8;
/** The word that calls everybody in the room. */
const EVERYBODY = "room";

/** Emits "call-chosen" (detail: the word after the @) and "call-moved" (another one is active). */
export class MentionList extends ChatElement {
  static properties = { ...ChatElement.properties, slug: { attribute: false }, call: { attribute: false }, field: { attribute: false }, members: { state: true }, active: { state: true } };

  constructor() {
    super();
    this.slug = "";
    /** @type {{ start: number, part: string } | null} */
    this.call = null;
    /** The id of the field, which the ids here begin with. */
    this.field = "";
    /** @type {import("../protocol.js").Member[]} */
    this.members = [];
    this.active = 0;
    /** @type {import("../lib/mentions.js").Called[]} */
    this.found = [];
  }

  get followsStore() {
    return false;
  }

  willUpdate(/** @type {Map<string, unknown>} */ changed) {
    if (changed.has("slug")) this.members = [];
    const before = /** @type {{ part: string } | null | undefined} */ (changed.get("call"));
    if (this.call && !before) this.#load();
    if (changed.has("call") && this.call?.part !== before?.part) this.active = 0;
    this.found = this.call ? this.#fitting(this.call.part) : [];
  }

  async #load() {
    const { slug } = this;
    const members = await this.chat.rooms.members(slug).catch(() => []);
    if (slug === this.slug) this.members = members;
  }

  #fitting(/** @type {string} */ part) {
    const { room } = this.chat.store.room(this.slug);
    const me = this.chat.store.me?.id;
    const people = this.members.flatMap((member) => {
      const handle = handleOf(member);
      return handle === null || member.user.id === me ? [] : [{ handle, name: member.user.name, user: member.user, note: "" }];
    });
    const everybody = { handle: EVERYBODY, name: "Everybody here", user: null, note: counted(room?.members ?? 0, "member") };
    // Seldom what one wants, so it comes last.
    const all = mayCallAll(room) ? fitting([everybody], part) : [];
    return [...fitting(people, part).slice(0, MOST - all.length), ...all];
  }

  /** The id of the active option, for the field's aria-activedescendant. */
  get activeId() {
    return this.found.length > 0 && this.call ? `${this.field}-person-${this.active}` : undefined;
  }

  render() {
    return html`
      <ul class="mention-list" id="${this.field}-people" role="listbox" aria-label="People to mention" ?hidden=${this.found.length === 0}>
        ${this.found.map((one, index) => html`
          <li id="${this.field}-person-${index}" class="mention-option" role="option" aria-selected=${index === this.active}
            @pointerdown=${(/** @type {Event} */ event) => event.preventDefault()} @click=${() => this.emit("call-chosen", one.handle)}>
            ${one.user ? userAvatar(one.user) : html`<span class="avatar avatar-empty" aria-hidden="true">${icon("people")}</span>`}
            <span class="truncate"><strong>${one.name}</strong> <span class="muted">@${one.handle}</span></span>
            ${one.note ? html`<span class="muted">${one.note}</span>` : ""}
          </li>`)}
      </ul>
      <p class="visually-hidden" role="status">${this.found.length > 0 ? counted(this.found.length, "person", "people") : ""}</p>
    `;
  }

  updated() {
    this.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
    // The field draws which option is active, and was drawn before this list knew.
    if (this.activeId !== this.toldId) this.emit("call-moved");
    this.toldId = this.activeId;
  }

  /** A key in the field. @param {KeyboardEvent} event @returns {boolean} whether it was meant for this list */
  key(event) {
    if (this.found.length === 0 || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) this.active = (this.active + step + this.found.length) % this.found.length;
    else if (event.key === "Enter" || event.key === "Tab") this.emit("call-chosen", this.found[this.active].handle);
    else return event.key === "Escape";
    return true;
  }
}

customElements.define("mention-list", MentionList);
