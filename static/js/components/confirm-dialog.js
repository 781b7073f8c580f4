// Asks before something that cannot be undone.
import { html } from "lit";
import { ChatElement } from "./element.js";

export class ConfirmDialog extends ChatElement {
  static properties = { ...ChatElement.properties, question: { state: true } };

  constructor() {
    super();
    this.question = { title: "", text: "", yes: "" };
    /** @type {(sure: boolean) => void} */
    this.settle = () => {};
  }

  get followsStore() {
    return false;
  }

  /**
   * @param {string} title
   * @param {string} text
   * @param {string} yes the word on the button that does it
   * @returns {Promise<boolean>}
   */
  async ask(title, text, yes) {
    this.question = { title, text, yes };
    await this.updateComplete;
    this.dialog.showModal();
    return new Promise((resolve) => (this.settle = resolve));
  }

  /** @returns {HTMLDialogElement} */
  get dialog() {
    return /** @type {any} */ (this.querySelector("dialog"));
  }

  render() {
    const { title, text, yes } = this.question;
    return html`
      <dialog class="modal" aria-labelledby="confirm-title" @close=${() => this.settle(this.dialog.returnValue === "yes")}>
        <form class="modal-body" method="dialog">
          <h2 id="confirm-title">${title}</h2>
          <p class="muted">${text}</p>
          <div class="row row-end">
            <button class="button" type="submit" value="no">Cancel</button>
            <button class="button button-danger" type="submit" value="yes">${yes}</button>
          </div>
        </form>
      </dialog>
    `;
  }

  updated() {
    this.dialog.returnValue = "";
  }
}

customElements.define("confirm-dialog", ConfirmDialog);
