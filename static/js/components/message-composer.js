// Where one writes: grows with the text, keeps drafts per room and thread, sends on Enter, shows what is answered.
import { html, nothing } from "lit";
import { callBefore } from "../lib/mentions.js";
import { plainText } from "../lib/plain.js";
import { load, save } from "../lib/storage.js";
import "./command-answer.js";
import "./command-list.js";
import { ChatElement } from "./element.js";
import { icon } from "./icons.js";
import "./mention-list.js";

const DRAFT = "chat.draft.";
/** From here on the number of characters left is shown. */
const WARN_LEFT = 500;
/** On touch screens Enter breaks the line; the button sends. */
const touch = matchMedia("(hover: none) and (pointer: coarse)");

export class MessageComposer extends ChatElement {
  static properties = {
    ...ChatElement.properties, slug: { attribute: false }, thread: { attribute: false }, replyTo: { attribute: false },
    text: { state: true }, call: { state: true }, command: { state: true }, problem: { state: true }, busy: { state: true },
  };

  constructor() {
    super();
    this.slug = "";
    /** @type {import("../protocol.js").Message | null} */
    this.replyTo = null;
    /** @type {number | null} */
    this.thread = null;
    this.text = "";
    /** @type {{ start: number, part: string } | null} the "@…" that is being typed */
    this.call = null;
    /** @type {string | null} the "/…" that is being typed */
    this.command = null;
    /** Why a command was not done. */
    this.problem = "";
    /** Whether a command has no reply yet. */
    this.busy = false;
    this.draftTimer = 0;
    this.draftKey = "";
  }

  willUpdate(/** @type {Map<string, unknown>} */ changed) {
    if (!changed.has("slug") && !changed.has("thread")) return;
    if (this.draftKey) this.#keepDraft();
    this.draftKey = DRAFT + this.slug + (this.thread === null ? "" : `.${this.thread}`);
    this.text = load(this.draftKey, "");
    this.call = this.command = null;
    this.problem = "";
    this.busy = false;
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#keepDraft();
  }

  /** The id of the field; it stays the same over rooms. */
  get fieldId() {
    return this.thread === null ? "composer-text" : "thread-text";
  }

  render() {
    const name = this.chat.store.room(this.slug).room?.name ?? this.slug;
    const title = this.thread === null ? `Message ${name}` : "Reply in this thread";
    const left = this.chat.store.limits.message_chars - [...this.text].length;
    const canSend = this.text.trim() !== "" && left >= 0 && !this.busy;
    return html`
      <command-answer .chat=${this.chat} .slug=${this.slug} .thread=${this.thread} .problem=${this.problem} @dismissed=${() => this.focus()}></command-answer>
      ${this.replyTo ? this.#replyBar(this.replyTo) : ""}
      <mention-list .chat=${this.chat} .slug=${this.slug} .call=${this.call} .field=${this.fieldId} @option-chosen=${(/** @type {CustomEvent} */ event) => this.#insertCall(event.detail)} @option-moved=${() => this.requestUpdate()}></mention-list>
      <command-list .chat=${this.chat} .part=${this.command} .field=${this.fieldId} @option-chosen=${(/** @type {CustomEvent} */ event) => this.#insertCommand(event.detail)} @option-moved=${() => this.requestUpdate()}></command-list>
      <form class="composer" @submit=${(/** @type {SubmitEvent} */ event) => this.#submit(event)}>
        <label class="visually-hidden" for=${this.fieldId}>${this.thread === null ? `Message to ${name}` : title}</label>
        <textarea
          id=${this.fieldId} name="text" rows="1" placeholder=${title} autocomplete="off" aria-autocomplete="list"
          aria-controls=${this.list?.listId ?? nothing} aria-activedescendant=${this.list?.activeId ?? nothing} enterkeyhint=${touch.matches ? "enter" : "send"}
          .value=${this.text}
          @input=${(/** @type {any} */ event) => this.#typed(event.target.value)}
          @click=${() => this.#lookAround()}
          @blur=${() => this.#closeLists()}
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

  /** The list that belongs to what is being typed. @returns {import("./option-list.js").OptionList<any> | null} */
  get list() {
    return this.querySelector(this.command === null ? "mention-list" : "command-list");
  }

  #typed(/** @type {string} */ text) {
    this.text = text;
    this.problem = "";
    this.#lookAround();
    clearTimeout(this.draftTimer);
    this.draftTimer = setTimeout(() => this.#keepDraft(), 300);
    if (text.trim() && !this.chat.words.isCommand(text)) this.chat.messages.typing(this.thread);
  }

  #keepDraft() {
    clearTimeout(this.draftTimer);
    save(this.draftKey, this.text.trim() ? this.text : null);
  }

  /** What stands right before the caret may be the beginning of a command, or of a call. */
  #lookAround() {
    const { selectionStart: start, selectionEnd: end, value } = this.field;
    this.command = start === end ? this.chat.words.partOf(value, start) : null;
    this.call = start === end && this.command === null ? callBefore(value, start) : null;
  }

  #closeLists() {
    this.call = this.command = null;
  }

  #insertCommand(/** @type {string} */ name) {
    if (this.command === null) return;
    this.#insert(0, 1 + this.command.length, `/${name} `);
    this.command = null;
  }

  #insertCall(/** @type {string} */ handle) {
    if (!this.call) return;
    const { start, part } = this.call;
    this.#insert(start, start + 1 + part.length, `@${handle} `);
    this.call = null;
  }

  /** Put something in place of a part of the text. */
  #insert(/** @type {number} */ start, /** @type {number} */ end, /** @type {string} */ piece) {
    const { value } = this.field;
    this.#typed(value.slice(0, start) + piece + value.slice(end));
    this.updateComplete.then(() => {
      this.focus();
      this.field.setSelectionRange(start + piece.length, start + piece.length);
      // A word may have words of its own behind it.
      this.#lookAround();
    });
  }

  #key(/** @type {KeyboardEvent} */ event) {
    // While an input method composes, Enter belongs to it (229: Safari's way to say so).
    if (event.isComposing || event.keyCode === 229) return;
    // A command that is typed to its end is sent, not picked once more.
    const isWhole = event.key === "Enter" && this.command !== null && this.command === this.list?.word;
    if ((this.call || this.command !== null) && !isWhole && this.list?.key(event)) {
      event.preventDefault();
      event.stopPropagation();
      if (event.key === "Escape") this.#closeLists();
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey || (!event.shiftKey && !touch.matches))) {
      event.preventDefault();
      this.#send();
    } else if (event.key === "ArrowUp" && this.text === "") {
      event.preventDefault();
      this.emit("edit-last");
    } else if (event.key === "Escape" && this.replyTo) {
      event.stopPropagation();
      this.emit("cancel-reply");
    }
  }

  #submit(/** @type {SubmitEvent} */ event) {
    event.preventDefault();
    this.#send();
  }

  #send() {
    const { words } = this.chat;
    if (this.text.trim() === "" || this.busy || [...this.text].length > this.chat.store.limits.message_chars) return;
    if (words.isCommand(this.text)) {
      this.#run(this.text);
      return;
    }
    this.chat.messages.send(words.literal(this.text), { replyTo: this.replyTo?.id ?? null, thread: this.thread });
    this.#clear();
  }

  /** The text stays until it is known that the command was done. */
  async #run(/** @type {string} */ text) {
    const { draftKey } = this;
    Object.assign(this, { busy: true, problem: "", command: null });
    const problem = await this.chat.words.run(text, this.slug, this.thread).then(() => "", (error) => error.message);
    // Whoever went to another room meanwhile finds the text there again as long as it was not done.
    if (draftKey !== this.draftKey) {
      if (!problem) save(draftKey, null);
      return;
    }
    Object.assign(this, { busy: false, problem });
    if (!problem && this.text === text) this.#clear();
  }

  #clear() {
    this.text = "";
    this.#closeLists();
    this.#keepDraft();
    this.emit("cancel-reply");
    this.focus();
  }

  #emoji(/** @type {HTMLElement} */ anchor) {
    this.emit("pick-emoji", { anchor, picked: (/** @type {string} */ emoji) => this.#insert(this.field.selectionStart, this.field.selectionEnd, emoji) });
  }
}

customElements.define("message-composer", MessageComposer);
