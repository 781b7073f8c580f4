// Changes a message in place: Enter saves, Escape leaves it as it was.
import { html } from "lit";
import { ChatElement } from "./element.js";

class MessageEditor extends ChatElement {
  static properties = { ...ChatElement.properties, message: { attribute: false }, problem: { state: true } };

  constructor() {
    super();
    /** @type {import("../protocol.js").Message} */
    this.message = /** @type {any} */ (undefined);
    /** @type {import("../protocol.js").Message} as it was when the writing began: a change since then is a conflict */
    this.original = this.message;
    this.problem = "";
  }

  get followsStore() {
    return false;
  }

  render() {
    return html`
      <form class="editor" @submit=${(/** @type {SubmitEvent} */ event) => this.#submit(event)}>
        <textarea class="input" name="text" rows="1" aria-label="Edit the message" @keydown=${(/** @type {KeyboardEvent} */ event) => this.#key(event)} @input=${() => this.#grow()}></textarea>
        <p class="editor-foot">
          <span class="error" role="alert">${this.problem}</span>
          <button class="button button-quiet" type="button" @click=${() => this.emit("done")}>Cancel</button>
          <button class="button button-primary" type="submit">Save</button>
        </p>
      </form>
    `;
  }

  firstUpdated() {
    this.original = this.message;
    const { field } = this;
    field.value = this.message.text;
    this.#grow();
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
  }

  /** @returns {HTMLTextAreaElement} */
  get field() {
    return /** @type {any} */ (this.querySelector("textarea"));
  }

  #grow() {
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight + 2}px`;
  }

  #key(/** @type {KeyboardEvent} */ event) {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      this.emit("done");
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#save();
    }
  }

  #submit(/** @type {SubmitEvent} */ event) {
    event.preventDefault();
    this.#save();
  }

  async #save() {
    const text = this.field.value;
    if (text === this.original.text || text.trim() === "") {
      this.emit("done");
      return;
    }
    try {
      await this.chat.messages.edit(this.original, text);
      this.emit("done");
    } catch (error) {
      this.problem = /** @type {Error} */ (error).message;
    }
  }
}

customElements.define("message-editor", MessageEditor);
