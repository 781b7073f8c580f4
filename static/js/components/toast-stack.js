// Short notices that pass: what could not be done, and that we are back with what was missed.
import { html } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { ChatElement } from "./element.js";
import { icon } from "./icons.js";

const SHOWN_MS = 6_000;
const MOST = 3;

class ToastStack extends ChatElement {
  static properties = { ...ChatElement.properties, toasts: { state: true } };

  constructor() {
    super();
    /** @type {{ id: number, text: string, sign: "alert" | "check" }[]} */
    this.toasts = [];
    this.lastId = 0;
  }

  get followsStore() {
    return false;
  }

  connectedCallback() {
    super.connectedCallback();
    this.chat.addEventListener("problem", (event) => this.#show(/** @type {CustomEvent} */ (event).detail, "alert"));
    this.chat.addEventListener("notice", (event) => this.#show(/** @type {CustomEvent} */ (event).detail, "check"));
  }

  render() {
    return html`
      <div class="toasts" role="status" aria-live="polite">
        ${repeat(this.toasts, (toast) => toast.id, (toast) => html`
          <div class="toast ${toast.sign}">
            ${icon(toast.sign)} <span>${toast.text}</span>
            <button class="icon-button" type="button" aria-label="Dismiss" @click=${() => this.#remove(toast.id)}>${icon("close")}</button>
          </div>`)}
      </div>
    `;
  }

  #show(/** @type {string} */ text, /** @type {"alert" | "check"} */ sign) {
    const id = ++this.lastId;
    this.toasts = [...this.toasts.filter((toast) => toast.text !== text), { id, text, sign }].slice(-MOST);
    setTimeout(() => this.#remove(id), SHOWN_MS);
  }

  #remove(/** @type {number} */ id) {
    this.toasts = this.toasts.filter((toast) => toast.id !== id);
  }
}

customElements.define("toast-stack", ToastStack);
