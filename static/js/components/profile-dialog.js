// What others see of you, and what this device tells you.
import { html } from "lit";
import { ChatElement } from "./element.js";
import { icon } from "./icons.js";

class ProfileDialog extends ChatElement {
  static properties = { ...ChatElement.properties, problem: { state: true }, busy: { state: true } };

  constructor() {
    super();
    this.problem = "";
    this.busy = false;
  }

  async open() {
    this.problem = "";
    await this.updateComplete;
    /** @type {HTMLFormElement} */ (this.querySelector("form")).reset();
    this.dialog.showModal();
  }

  /** @returns {HTMLDialogElement} */
  get dialog() {
    return /** @type {any} */ (this.querySelector("dialog"));
  }

  render() {
    const { me } = this.chat.store;
    return html`
      <dialog class="modal" aria-labelledby="profile-title">
        <form class="modal-body" @submit=${(/** @type {SubmitEvent} */ event) => this.#save(event)}>
          <div class="modal-head">
            <h2 id="profile-title">Your profile</h2>
            <button class="icon-button" type="button" aria-label="Close" @click=${() => this.dialog.close()}>${icon("close")}</button>
          </div>
          <div class="field">
            <label for="profile-name">Name</label>
            <input id="profile-name" name="name" required maxlength="80" autocomplete="name" value=${me?.name ?? ""} aria-describedby="profile-problem">
          </div>
          <label class="check"><input type="checkbox" name="hides_presence" ?checked=${me?.hides_presence}> Do not show others when I am online</label>
          <p class="error" id="profile-problem" role="alert">${this.problem}</p>
          ${this.#notifications()}
          <div class="row row-end">
            <button class="button" type="button" @click=${() => this.dialog.close()}>Cancel</button>
            <button class="button button-primary" type="submit" ?disabled=${this.busy}>Save</button>
          </div>
        </form>
      </dialog>
    `;
  }

  #notifications() {
    const { notifications } = this.chat;
    if (!notifications.possible) return "";
    const why = notifications.denied
      ? "Your browser forbids it for this page; its settings can allow it again."
      : "A notice from your system when somebody mentions you, answers you or writes to you directly while you look at something else.";
    return html`
      <section class="profile-notices" aria-label="Notifications">
        <p><strong>Notifications on this device</strong><span class="hint">${why}</span></p>
        ${notifications.denied ? "" : notifications.on
          ? html`<button class="button" type="button" @click=${() => this.#turn(false)}>Turn off</button>`
          : html`<button class="button" type="button" @click=${() => this.#turn(true)}>${icon("bell")} Turn on</button>`}
      </section>
    `;
  }

  async #turn(/** @type {boolean} */ on) {
    const { notifications } = this.chat;
    if (on) await notifications.turnOn();
    else notifications.turnOff();
    this.requestUpdate();
  }

  async #save(/** @type {SubmitEvent} */ event) {
    event.preventDefault();
    const fields = new FormData(/** @type {HTMLFormElement} */ (event.target));
    this.busy = true;
    try {
      await this.chat.changeProfile({ name: String(fields.get("name")), hides_presence: fields.has("hides_presence") });
      this.dialog.close();
    } catch (error) {
      this.problem = /** @type {Error} */ (error).message;
    } finally {
      this.busy = false;
    }
  }
}

customElements.define("profile-dialog", ProfileDialog);
