// Where one writes: grows with the text, keeps drafts per room, sends on Enter, shows what is answered.
import { html } from "lit";
import { plainText } from "../lib/plain.js";
import { load, save } from "../lib/storage.js";
import { ChatElement } from "./element.js";
import { icon } from "./icons.js";

const DRAFT = "chat.draft.";
/** From here on the number of characters left is shown. */
const WARN_LEFT = 500;
/** On touch screens Enter breaks the line; the button sends. */
const touch = matchMedia("(hover: none) and (pointer: coarse)");

export class MessageComposer extends ChatElement {
  static properties = { ...ChatElement.properties, slug: { attribute: false }, replyTo: { attribute: false }, text: { state: true } };

  constructor() {
    super();
    this.slug = "";
    /** @type {import("../protocol.js").Message | null} */
    this.replyTo = null;
    this.text = "";
    this.draftTimer = 0;
  }

  willUpdate(/** @type {Map<string, unknown>} */ changed) {
    if (!changed.has("slug")) return;
    if (changed.get("slug")) this.#keepDraft(String(changed.get("slug")));
    this.text = load(DRAFT + this.slug, "");
  }

  render() {
    const name = this.chat.store.room(this.slug).room?.name ?? this.slug;
    const left = this.chat.store.limits.message_chars - [...this.text].length;
    const canSend = this.text.trim() !== "" && left >= 0;
    return html`
      ${this.replyTo ? this.#replyBar(this.replyTo) : ""}
      <form class="composer" @submit=${(/** @type {SubmitEvent} */ event) => this.#submit(event)}>
        <label class="visually-hidden" for="composer-text">Message to ${name}</label>
        <textarea
          id="composer-text" name="text" rows="1" placeholder="Message ${name}" autocomplete="off" enterkeyhint=${touch.matches ? "enter" : "send"}
          .value=${this.text}
          @input=${(/** @type {any} */ event) => this.#typed(event.target.value)}
          @keydown=${(/** @type {KeyboardEvent} */ event) => this.#key(event)}
        ></textarea>
        ${left < WARN_LEFT ? html`<output class="composer-left ${left < 0 ? "over" : ""}">${left.toLocaleString()}</output>` : ""}
        <button class="icon-button" type="button" aria-label="Insert an emoji" @click=${(/** @type {any} */ event) => this.#emoji(event.currentTarget)}>${icon("smile")}</button>
        <button class="composer-send" type="submit" aria-label="Send" ?disabled=${!canSend}>${icon("send")}</button>
      </form>
    `;
  }

  #replyBar(/** @type {import("../protocol.js").Message} */ message) {
    return html`
      <div class="composer-reply">
        ${icon("reply")}
        <span class="truncate"><span class="muted">Reply to</span> <strong>${message.author.name}</strong> <span class="muted">${plainText(message)}</span></span>
        <button class="icon-button" type="button" aria-label="Do not reply" @click=${() => this.emit("cancel-reply")}>${icon("close")}</button>
      </div>
    `;
  }

  updated() {
    this.#grow();
  }

  focus() {
    this.field?.focus();
  }

  /** @returns {HTMLTextAreaElement} */
  get field() {
    return /** @type {any} */ (this.querySelector("textarea"));
  }

  #grow() {
    const { field } = this;
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight}px`;
  }

  #typed(/** @type {string} */ text) {
    this.text = text;
    clearTimeout(this.draftTimer);
    this.draftTimer = setTimeout(() => this.#keepDraft(this.slug), 300);
    if (text.trim()) this.chat.typing();
  }

  #keepDraft(/** @type {string} */ slug) {
    clearTimeout(this.draftTimer);
    save(DRAFT + slug, this.text.trim() ? this.text : null);
  }

  #key(/** @type {KeyboardEvent} */ event) {
    // While an input method composes, Enter belongs to it (229: Safari's way to say so).
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey || (!event.shiftKey && !touch.matches))) {
      event.preventDefault();
      this.#send();
    } else if (event.key === "ArrowUp" && this.text === "") {
      event.preventDefault();
      this.emit("edit-last");
    } else if (event.key === "Escape" && this.replyTo) this.emit("cancel-reply");
  }

  #submit(/** @type {SubmitEvent} */ event) {
    event.preventDefault();
    this.#send();
  }

  #send() {
    if (this.text.trim() === "" || [...this.text].length > this.chat.store.limits.message_chars) return;
    this.chat.send(this.text, this.replyTo?.id ?? null);
    this.text = "";
    this.#keepDraft(this.slug);
    this.emit("cancel-reply");
    this.focus();
  }

  #emoji(/** @type {HTMLElement} */ anchor) {
    const picked = (/** @type {string} */ emoji) => {
      const { selectionStart: start, selectionEnd: end, value } = this.field;
      this.#typed(value.slice(0, start) + emoji + value.slice(end));
      this.updateComplete.then(() => {
        this.focus();
        this.field.setSelectionRange(start + emoji.length, start + emoji.length);
      });
    };
    this.emit("pick-emoji", { anchor, picked });
  }
}

customElements.define("message-composer", MessageComposer);
