// The settings of a room, as far as one's role reaches: what it is called and about, who may come in, of what one is
// told, putting it away, leaving it.
import { html } from "lit";
import { mayArchive, mayChangeKind, mayRename } from "../lib/rights.js";
import { ChatElement } from "./element.js";
import { icon } from "./icons.js";
import { KINDS } from "./room-dialog.js";

const LEVELS = /** @type {const} */ ([["all", "Everything that concerns me"], ["mentions", "Only when somebody mentions me"], ["none", "Nothing: keep the room quiet"]]);

class RoomSettings extends ChatElement {
  static properties = { ...ChatElement.properties, slug: { state: true }, problem: { state: true }, busy: { state: true } };

  constructor() {
    super();
    /** @type {string | null} */
    this.slug = null;
    /** @type {{ message: string, field: string | null } | null} */
    this.problem = null;
    this.busy = false;
  }

  /** @param {string} slug */
  async open(slug) {
    Object.assign(this, { slug, problem: null });
    await this.updateComplete;
    /** @type {HTMLFormElement | null} */ (this.querySelector("form"))?.reset();
    this.dialog.showModal();
  }

  /** @returns {HTMLDialogElement} */
  get dialog() {
    return /** @type {any} */ (this.querySelector("dialog"));
  }

  render() {
    const room = this.slug === null ? null : this.chat.store.rooms.get(this.slug)?.room;
    return html`
      <dialog class="modal" aria-labelledby="room-settings-title" @close=${() => (this.slug = null)}>
        <div class="modal-body">
          <div class="modal-head">
            <h2 id="room-settings-title">Room settings</h2>
            <button class="icon-button" type="button" aria-label="Close" @click=${() => this.dialog.close()}>${icon("close")}</button>
          </div>
          ${room ? [mayRename(room) ? this.#about(room) : "", this.#notify(room), this.#ending(room)] : ""}
          <p class="error" role="alert">${this.problem?.message ?? ""}</p>
        </div>
      </dialog>
    `;
  }

  #about(/** @type {import("../protocol.js").Room} */ room) {
    return html`
      <form class="stack" @submit=${(/** @type {SubmitEvent} */ event) => this.#save(event)}>
        <div class="field">
          <label for="settings-name">Name</label>
          <input id="settings-name" name="name" required maxlength="80" autocomplete="off" value=${room.name} aria-invalid=${this.problem?.field === "name"}>
        </div>
        <div class="field">
          <label for="settings-topic">What is it about?</label>
          <input id="settings-topic" name="topic" maxlength="250" autocomplete="off" value=${room.topic} aria-invalid=${this.problem?.field === "topic"}>
        </div>
        ${mayChangeKind(room) ? html`
          <fieldset class="choices">
            <legend class="label">Who may come in?</legend>
            ${KINDS.map(([value, title, text]) => html`
              <label class="choice"><input type="radio" name="kind" value=${value} ?checked=${room.kind === value}><span><strong>${title}</strong><span>${text}</span></span></label>`)}
          </fieldset>` : ""}
        <div class="row row-end"><button class="button button-primary" type="submit" ?disabled=${this.busy}>Save</button></div>
      </form>
    `;
  }

  #notify(/** @type {import("../protocol.js").Room} */ room) {
    return html`
      <div class="field">
        <label for="settings-notify">Tell me of</label>
        <select id="settings-notify" @change=${(/** @type {any} */ event) => this.#do(this.chat.rooms.setNotify(room.slug, event.target.value))}>
          ${LEVELS.map(([value, text]) => html`<option value=${value} ?selected=${room.me?.notify === value}>${text}</option>`)}
        </select>
      </div>
    `;
  }

  #ending(/** @type {import("../protocol.js").Room} */ room) {
    const archive = { title: `Archive ${room.name}?`, text: "It can be read, and nobody writes in it until it is opened again.", yes: "Archive" };
    const isAlone = room.kind === "private";
    const leave = { title: `Leave ${room.name}?`, text: isAlone ? "You need an invitation to come back." : "You can join again at any time.", yes: "Leave" };
    return html`
      <div class="row settings-ending">
        ${mayArchive(room) && room.archived ? html`<button class="button" type="button" @click=${() => this.#do(this.chat.rooms.archive(room.slug, false))}>${icon("archive")} Open again</button>` : ""}
        ${mayArchive(room) && !room.archived ? html`<button class="button" type="button" @click=${() => this.#ask(archive, () => this.chat.rooms.archive(room.slug, true))}>${icon("archive")} Archive</button>` : ""}
        <button class="button" type="button" @click=${() => this.#ask(leave, () => this.chat.rooms.leave(room.slug))}>${icon("leave")} Leave this room</button>
      </div>
    `;
  }

  async #save(/** @type {SubmitEvent} */ event) {
    event.preventDefault();
    const { slug } = this;
    const room = slug === null ? null : this.chat.store.room(slug).room;
    if (slug === null || !room) return;
    const fields = Object.fromEntries(new FormData(/** @type {HTMLFormElement} */ (event.target)));
    const changed = Object.fromEntries(Object.entries(fields).filter(([name, value]) => value !== room[/** @type {"name"} */ (name)]));
    if (Object.keys(changed).length === 0 || (await this.#do(this.chat.rooms.change(slug, changed)))) this.dialog.close();
  }

  /** The question takes the place of this dialog; a refusal is said on the page. */
  #ask(/** @type {{ title: string, text: string, yes: string }} */ question, /** @type {() => Promise<unknown>} */ act) {
    this.dialog.close();
    this.emit("confirm", { ...question, act: () => this.chat.attempt(act()) });
  }

  async #do(/** @type {Promise<unknown>} */ doing) {
    this.busy = true;
    this.problem = null;
    try {
      await doing;
      return true;
    } catch (error) {
      const { message, field } = /** @type {import("../protocol.js").ChatError} */ (error);
      this.problem = { message, field };
      return false;
    } finally {
      this.busy = false;
    }
  }
}

customElements.define("room-settings", RoomSettings);
