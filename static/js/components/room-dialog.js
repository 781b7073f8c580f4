// The form that makes a room.
import { html } from "lit";
import { ChatElement } from "./element.js";
import { icon } from "./icons.js";

/** Those that one may choose, with what they mean. */
export const KINDS = /** @type {const} */ ([
  ["public", "Public", "Everybody may read and write, guests too."],
  ["open", "Open", "Everybody with an account may read; members write."],
  ["private", "Private", "Only members know that it exists."],
]);

export class RoomDialog extends ChatElement {
  static properties = { ...ChatElement.properties, problem: { state: true }, busy: { state: true } };

  constructor() {
    super();
    /** @type {{ message: string, field: string | null } | null} */
    this.problem = null;
    this.busy = false;
  }

  get followsStore() {
    return false;
  }

  /** @param {string} name put into the form to begin with */
  async open(name) {
    this.problem = null;
    await this.updateComplete;
    this.form.reset();
    this.dialog.showModal();
    const field = /** @type {HTMLInputElement} */ (this.form.elements.namedItem("name"));
    field.value = name;
    field.focus();
  }

  /** @returns {HTMLDialogElement} */
  get dialog() {
    return /** @type {any} */ (this.querySelector("dialog"));
  }

  /** @returns {HTMLFormElement} */
  get form() {
    return /** @type {any} */ (this.querySelector("form"));
  }

  render() {
    const wrong = this.problem?.field === "name" || this.problem?.field === "slug";
    return html`
      <dialog class="modal" aria-labelledby="room-dialog-title">
        <form class="modal-body" @submit=${(/** @type {SubmitEvent} */ event) => this.#submit(event)}>
          <div class="modal-head">
            <h2 id="room-dialog-title">New room</h2>
            <button class="icon-button" type="button" aria-label="Close" @click=${() => this.dialog.close()}>${icon("close")}</button>
          </div>
          <div class="field">
            <label for="room-name">Name</label>
            <input id="room-name" name="name" required maxlength="80" autocomplete="off" placeholder="release party" aria-invalid=${wrong} aria-describedby="room-problem">
          </div>
          <div class="field">
            <label for="room-topic">What is it about? <span class="muted">(optional)</span></label>
            <input id="room-topic" name="topic" maxlength="250" autocomplete="off">
          </div>
          <fieldset class="choices">
            <legend class="label">Who may come in?</legend>
            ${KINDS.map(([value, title, text], index) => html`
              <label class="choice"><input type="radio" name="kind" value=${value} ?checked=${index === 0}><span><strong>${title}</strong><span>${text}</span></span></label>`)}
          </fieldset>
          <p class="error" id="room-problem" role="alert">${this.problem?.message ?? ""}</p>
          <div class="row row-end">
            <button class="button" type="button" @click=${() => this.dialog.close()}>Cancel</button>
            <button class="button button-primary" type="submit" ?disabled=${this.busy}>Create room</button>
          </div>
        </form>
      </dialog>
    `;
  }

  async #submit(/** @type {SubmitEvent} */ event) {
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(this.form));
    if (!fields.topic) delete fields.topic;
    this.busy = true;
    try {
      await this.chat.rooms.create(fields);
      this.dialog.close();
    } catch (error) {
      const { message, field } = /** @type {import("../protocol.js").ChatError} */ (error);
      this.problem = { message, field };
    } finally {
      this.busy = false;
    }
  }
}

customElements.define("room-dialog", RoomDialog);
