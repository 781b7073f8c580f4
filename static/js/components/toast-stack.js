// Short notices that pass: what could not be done, that we are back with what was missed, who called one elsewhere.
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
    /** @type {{ id: number, text: string, sign: "alert" | "check" | "bell", open?: () => void }[]} */
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
    this.chat.addEventListener("concern", (event) => this.#concern(/** @type {CustomEvent} */ (event).detail));
  }

  render() {
    return html`
      <div class="toasts" role="status" aria-live="polite">
        ${repeat(this.toasts, (toast) => toast.id, (toast) => html`
          <div class="toast ${toast.sign}">
            ${icon(toast.sign)} <span class="toast-text">${toast.text}</span>
            ${toast.open ? html`<button class="toast-open" type="button" @click=${() => this.#open(toast)}>Show</button>` : ""}
            <button class="icon-button" type="button" aria-label="Dismiss" @click=${() => this.#remove(toast.id)}>${icon("close")}</button>
          </div>`)}
      </div>
    `;
  }

  #show(/** @type {string} */ text, /** @type {"alert" | "check" | "bell"} */ sign, /** @type {(() => void) | undefined} */ open = undefined) {
    const id = ++this.lastId;
    this.toasts = [...this.toasts.filter((toast) => toast.text !== text), { id, text, sign, open }].slice(-MOST);
    setTimeout(() => this.#remove(id), SHOWN_MS);
  }

  /** Somebody mentions this person, answers them, or writes to them directly, in a room that is not on the screen. */
  #concern(/** @type {import("../attention/notifications.js").Notice} */ { room, message_id, text }) {
    const name = this.chat.store.room(room).room?.name ?? room;
    this.#show(`${name}: ${text}`, "bell", () => this.chat.openMessage(room, message_id));
  }

  #open(/** @type {{ id: number, open?: () => void }} */ { id, open }) {
    this.#remove(id);
    open?.();
  }

  #remove(/** @type {number} */ id) {
    this.toasts = this.toasts.filter((toast) => toast.id !== id);
  }
}

customElements.define("toast-stack", ToastStack);
