// Whom one may call while an "@" is being typed: members first.
import { html } from "lit";
import { fitting, handleOf } from "../lib/mentions.js";
import { counted } from "../lib/phrases.js";
import { mayCallAll } from "../lib/rights.js";
import { icon } from "./icons.js";
import { OptionList } from "./option-list.js";
import { userAvatar } from "./user-avatar.js";

const MOST = 8;
/** The word that calls everybody in the room. */
const EVERYBODY = "room";

/** @extends {OptionList<import("../lib/mentions.js").Called>} */
export class MentionList extends OptionList {
  static properties = { ...OptionList.properties, slug: { attribute: false }, call: { attribute: false }, members: { state: true } };

  constructor() {
    super();
    this.slug = "";
    /** @type {{ start: number, part: string } | null} */
    this.call = null;
    /** @type {import("../protocol.js").Member[]} */
    this.members = [];
  }

  get kind() {
    return "person";
  }

  /** The word after the @. @param {import("../lib/mentions.js").Called} one */
  wordOf({ handle }) {
    return handle;
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

  render() {
    return html`
      <ul class="option-list" id=${this.listId} role="listbox" tabindex="0" aria-label="People to mention" ?hidden=${this.found.length === 0}>
        ${this.found.map((one, index) => html`
          <li id=${this.optionId(index)} class="option" role="option" aria-selected=${index === this.active}
            @pointerdown=${(/** @type {Event} */ event) => event.preventDefault()} @click=${() => this.choose(one)}>
            ${one.user ? userAvatar(one.user) : html`<span class="avatar avatar-empty" aria-hidden="true">${icon("people")}</span>`}
            <span class="truncate"><strong>${one.name}</strong> <span class="muted">@${one.handle}</span></span>
            ${one.note ? html`<span class="muted">${one.note}</span>` : ""}
          </li>`)}
      </ul>
      <p class="visually-hidden" role="status">${this.found.length > 0 ? counted(this.found.length, "person", "people") : ""}</p>
    `;
  }
}

customElements.define("mention-list", MentionList);
