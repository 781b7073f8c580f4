// Who is in a room, in what role and whether they are there; adding, removing, banning, and giving roles.
import { html } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { counted } from "../lib/phrases.js";
import { mayChangeRoles, mayInvite, mayPutOut, maySeeBans } from "../lib/rights.js";
import { ChatElement } from "./element.js";
import { icon } from "./icons.js";
import "./people-search.js";
import { presenceDot, userAvatar, userMark } from "./user-avatar.js";

const ROLES = { owner: "Owner", moderator: "Moderator", member: "" };
const ORDER = ["owner", "moderator", "member"];

/** @typedef {import("../protocol.js").Member} Member */

class MembersPane extends ChatElement {
  static properties = { ...ChatElement.properties, slug: { attribute: false }, members: { state: true }, bans: { state: true }, problem: { state: true } };

  constructor() {
    super();
    this.slug = "";
    /** @type {Member[] | null} */
    this.members = null;
    /** @type {import("../protocol.js").Ban[]} */
    this.bans = [];
    this.problem = "";
    /** The room and the role for which it was asked: with another role one sees more, or less. */
    this.askedFor = "";
    this.onMembers = (/** @type {any} */ event) => event.detail === this.slug && this.#load();
  }

  connectedCallback() {
    super.connectedCallback();
    this.chat.addEventListener("members", this.onMembers);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.chat.removeEventListener("members", this.onMembers);
  }

  willUpdate(/** @type {Map<string, unknown>} */ changed) {
    if (changed.has("slug")) this.members = null;
    // Before the room's page is here, nobody would tell who came since.
    if (this.chat.store.room(this.slug).loaded && this.askedFor !== this.#asking) this.#load();
  }

  get #asking() {
    return `${this.slug}/${this.chat.store.room(this.slug).room?.me?.role}`;
  }

  async #load() {
    const { slug } = this;
    this.askedFor = this.#asking;
    const { room } = this.chat.store.room(slug);
    try {
      const [members, bans] = await Promise.all([this.chat.rooms.members(slug), maySeeBans(room) ? this.chat.rooms.bans(slug) : []]);
      if (slug === this.slug) Object.assign(this, { members, bans, problem: "" });
    } catch (error) {
      this.problem = /** @type {Error} */ (error).message;
    }
  }

  render() {
    const { room } = this.chat.store.room(this.slug);
    const { presence } = this.chat.store;
    const isAway = (/** @type {Member} */ { user }) => (presence.has(user.id) ? 0 : 1);
    const sorted = [...(this.members ?? [])].sort((a, b) => ORDER.indexOf(a.role) - ORDER.indexOf(b.role) || isAway(a) - isAway(b) || a.user.name.localeCompare(b.user.name));
    return html`
      <div class="side-scroll">
        ${mayInvite(room) ? html`<people-search .chat=${this.chat} .slug=${this.slug} .members=${this.members ?? []}></people-search>` : ""}
        <p class="error" role="alert">${this.problem}</p>
        <ul class="side-list" aria-label="Members">${repeat(sorted, ({ user }) => user.id, (member) => this.#member(member))}</ul>
        ${this.members && this.members.length === 0 ? html`<p class="side-empty">Nobody has joined this room.</p>` : ""}
        ${room && this.members && room.members > this.members.length ? html`<p class="side-empty">${counted(room.members - this.members.length, "more member")}</p>` : ""}
        ${this.bans.length > 0 ? this.#banned() : ""}
      </div>
    `;
  }

  #member(/** @type {Member} */ { user, role }) {
    const { me, presence } = this.chat.store;
    const items = this.#items(user, role);
    return html`
      <li class="person">
        <span class="person-picture">${userAvatar(user)}${presenceDot(presence.get(user.id))}</span>
        <span class="person-name truncate">${user.name}${userMark(user)}${user.id === me?.id ? html` <span class="muted">(you)</span>` : ""}</span>
        ${ROLES[role] ? html`<span class="role">${ROLES[role]}</span>` : ""}
        ${items.length > 0 ? html`<button class="icon-button" type="button" aria-haspopup="menu" aria-label="What to do with ${user.name}" @click=${(/** @type {any} */ event) => this.emit("open-menu", { anchor: event.currentTarget, items })}>${icon("more")}</button>` : ""}
      </li>
    `;
  }

  /** @returns {import("./action-menu.js").Item[]} */
  #items(/** @type {import("../protocol.js").User} */ user, /** @type {Member["role"]} */ role) {
    const { room } = this.chat.store.room(this.slug);
    const isMe = user.id === this.chat.store.me?.id;
    const roles = /** @type {const} */ ([["owner", "Make owner"], ["moderator", "Make moderator"], ["member", role === "owner" ? "Take ownership away" : "Make ordinary member"]]);
    const changes = roles.filter(([other]) => mayChangeRoles(room) && other !== role).map(([other, text]) => ({ sign: "shield", text, act: () => this.#do(this.chat.rooms.add(this.slug, user.id, other)) }));
    if (isMe || !mayPutOut(room, role)) return changes;
    return [
      ...changes,
      { sign: "leave", text: "Remove from the room", isGrave: true, act: () => this.#remove(user) },
      { sign: "ban", text: "Ban from the room", isGrave: true, act: () => this.emit("ban", user) },
    ];
  }

  #banned() {
    return html`
      <h3 class="side-title">Banned</h3>
      <ul class="side-list" aria-label="Banned">
        ${this.bans.map(({ user, by }) => html`
          <li class="person">
            <span class="person-picture">${userAvatar(user)}</span>
            <span class="person-name truncate">${user.name}${by ? html` <span class="muted">by ${by.name}</span>` : ""}</span>
            <button class="button" type="button" @click=${() => this.#do(this.chat.rooms.liftBan(this.slug, user.id))}>Let in again</button>
          </li>`)}
      </ul>
    `;
  }

  #remove(/** @type {import("../protocol.js").User} */ user) {
    const act = () => this.#do(this.chat.rooms.remove(this.slug, user.id));
    this.emit("confirm", { title: `Remove ${user.name}?`, text: "They are out at once. Add them again when you like.", yes: "Remove", act });
  }

  async #do(/** @type {Promise<unknown>} */ doing) {
    await this.chat.attempt(doing);
    this.chat.rooms.membersMayDiffer(this.slug);
  }
}

customElements.define("members-pane", MembersPane);
