// One message: who, when, what; its reactions and tools; or one that is not sent yet; or the mark of a deleted one.
import { html } from "lit";
import { unsafeHTML } from "lit/directives/unsafe-html.js";
import { counted, namesSentence, systemSentence } from "../lib/phrases.js";
import { isOnlyEmoji } from "../lib/emoji.js";
import { plainText } from "../lib/plain.js";
import { mayPin, mayPutOut } from "../lib/rights.js";
import { roomPath } from "../lib/slug.js";
import { clockTime, fullTime, shortTime } from "../lib/time.js";
import { ChatElement } from "./element.js";
import { cardsOf } from "./github-card.js";
import { icon } from "./icons.js";
import "./message-editor.js";
import "./time-ago.js";
import { userAvatar, userMark } from "./user-avatar.js";

const QUICK = ["👍", "❤️", "😂"];

class MessageItem extends ChatElement {
  static properties = {
    ...ChatElement.properties,
    message: { attribute: false }, entry: { attribute: false }, quoted: { attribute: false }, continued: { attribute: false },
    inThread: { attribute: false },
    active: { state: true }, editing: { state: true },
  };

  constructor() {
    super();
    /** @type {import("../protocol.js").Message | null} */
    this.message = null;
    /** @type {import("../outbox.js").Entry | null} */
    this.entry = null;
    /** @type {import("../protocol.js").Message | null | undefined} */
    this.quoted = undefined;
    this.continued = false;
    this.inThread = false;
    this.active = false;
    this.editing = false;
  }

  /** The list hands down what changed; hundreds of items need not listen each. */
  get followsStore() {
    return false;
  }

  connectedCallback() {
    super.connectedCallback();
    this.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && (this.active = true));
    this.addEventListener("pointerleave", () => (this.active = this.matches(":focus-within")));
    this.addEventListener("focusin", () => (this.active = true));
    this.addEventListener("focusout", (event) => (this.active = this.contains(/** @type {Node} */ (event.relatedTarget))));
  }

  willUpdate() {
    const { message } = this;
    const kind = message?.kind === "system" ? "system" : "";
    const called = message?.mentions?.includes(this.chat.store.me?.id ?? 0) ? "called" : "";
    this.className = `message ${called} ${kind} ${this.continued ? "continued" : ""} ${this.entry ? this.entry.state : ""} ${this.active ? "active" : ""}`;
    if (message?.deleted) this.editing = false;
  }

  updated() {
    // Code may be wider than the room; the keyboard must be able to scroll it.
    for (const code of this.querySelectorAll(".prose pre")) /** @type {HTMLElement} */ (code).tabIndex = 0;
  }

  render() {
    if (this.message) return this.message.kind === "system" ? this.#system(this.message) : this.#message(this.message);
    return this.entry ? this.#pending(this.entry) : "";
  }

  #system(/** @type {import("../protocol.js").Message} */ message) {
    return html`<p class="message-system"><span>${systemSentence(message)}</span> ${this.#time(message.at)}</p>`;
  }

  #message(/** @type {import("../protocol.js").Message} */ message) {
    return html`
      ${this.#side(message.author, message.at)}
      <div class="message-body">
        ${this.continued ? "" : this.#head(message.author, message.at)}
        ${message.reply_to && !message.deleted ? this.#quote(message.reply_to) : ""}
        ${this.editing ? html`<message-editor .chat=${this.chat} .message=${message} @done=${() => this.#edited()}></message-editor>` : this.#content(message)}
        ${cardsOf(this.chat, message)}
        ${message.reactions.length > 0 ? this.#reactions(message) : ""}
        ${message.replies > 0 && !this.inThread ? this.#thread(message) : ""}
      </div>
      ${this.active && !message.deleted && !this.editing && this.chat.store.me ? this.#tools(message) : ""}
    `;
  }

  #pending(/** @type {import("../outbox.js").Entry} */ entry) {
    const me = this.chat.store.me ?? { id: 0, name: "?", avatar: null, kind: /** @type {const} */ ("user") };
    return html`
      ${this.#side(me, entry.at)}
      <div class="message-body">
        ${this.continued ? "" : this.#head(me, entry.at)}
        ${entry.reply_to ? this.#quote(entry.reply_to) : ""}
        <div class="prose plain ${isOnlyEmoji(entry.text) ? "jumbo" : ""}">${entry.text}</div>
        ${entry.state === "failed" ? this.#failure(entry) : html`<span class="visually-hidden">sending</span>`}
      </div>
    `;
  }

  #failure(/** @type {import("../outbox.js").Entry} */ entry) {
    return html`
      <div class="message-failed" role="alert">
        ${icon("alert")} <span>Not sent. ${entry.error}</span>
        <button class="button" type="button" @click=${() => this.chat.messages.outbox.retry(entry.client_id)}>${icon("retry")} Retry</button>
        <button class="button button-quiet" type="button" @click=${() => this.chat.messages.outbox.remove(entry.client_id)}>${icon("trash")} Delete</button>
      </div>
    `;
  }

  #side(/** @type {import("../protocol.js").User} */ author, /** @type {string} */ at) {
    return html`<div class="message-side">${this.continued ? html`<time class="message-time" datetime=${at} title=${fullTime(at)}>${shortTime(at)}</time>` : userAvatar(author)}</div>`;
  }

  #head(/** @type {import("../protocol.js").User} */ author, /** @type {string} */ at) {
    const pinned = this.message?.pinned ? html`<span class="message-pinned">${icon("pin")} Pinned</span>` : "";
    return html`<div class="message-head"><strong class="message-author">${author.name}</strong>${userMark(author)} ${this.#time(at)} ${pinned}</div>`;
  }

  #time(/** @type {string} */ at) {
    return html`<time class="message-time" datetime=${at} title=${fullTime(at)}>${clockTime(at)}</time>`;
  }

  #content(/** @type {import("../protocol.js").Message} */ message) {
    if (message.deleted) return html`<p class="message-deleted">${icon("trash")} Message deleted</p>`;
    const edited = message.edited_at ? html`<span class="message-edited" title=${fullTime(message.edited_at)}>(edited)</span>` : "";
    const jumbo = isOnlyEmoji(message.text) ? "jumbo" : "";
    // The one place where HTML is set: the server rendered and sanitized it.
    if (message.html) return html`<div class="prose ${jumbo}">${unsafeHTML(message.html)}${edited}</div>`;
    return html`<div class="prose plain ${jumbo}">${message.text}${edited ? html` ${edited}` : ""}</div>`;
  }

  #quote(/** @type {number} */ id) {
    const { quoted } = this;
    if (!quoted || quoted.deleted) {
      return html`<p class="quote gone">${icon("reply")} <span>${quoted?.deleted ? "Answers a message that was deleted" : "Answers an earlier message"}</span></p>`;
    }
    return html`
      <button class="quote" type="button" @click=${() => this.emit("show-message", id)}>
        ${icon("reply")}<span class="visually-hidden">Answers</span> <strong>${quoted.author.name}</strong> <span class="truncate">${plainText(quoted)}</span>
      </button>
    `;
  }

  #thread(/** @type {import("../protocol.js").Message} */ message) {
    return html`
      <button class="thread-line" type="button" @click=${() => this.emit("open-thread", message)}>
        ${icon("thread")} <strong>${counted(message.replies, "reply", "replies")}</strong>
        ${message.last_reply_at ? html`<span class="thread-when">last one <time-ago .at=${message.last_reply_at}></time-ago></span>` : ""}
      </button>
    `;
  }

  #reactions(/** @type {import("../protocol.js").Message} */ message) {
    const { me, people } = this.chat.store;
    return html`
      <div class="reactions">
        ${message.reactions.map((reaction) => {
          const names = reaction.users.map((id) => (id === me?.id ? "you" : people.get(id)?.name)).filter((name) => name !== undefined);
          const title = `${namesSentence(names, reaction.count)} reacted with ${reaction.emoji}`;
          return html`<button class="reaction" type="button" title=${title} aria-label="${reaction.emoji} ${reaction.count}: ${title}" ?disabled=${!me} aria-pressed=${reaction.users.includes(me?.id ?? 0)}
            @click=${() => this.chat.messages.toggleReaction(message, reaction.emoji)}><span aria-hidden="true">${reaction.emoji}</span> <span>${reaction.count}</span></button>`;
        })}
        ${me ? html`<button class="reaction add" type="button" aria-label="Add a reaction" @click=${(/** @type {any} */ event) => this.#pick(event.currentTarget, message)}>${icon("react")}</button>` : ""}
      </div>
    `;
  }

  #tools(/** @type {import("../protocol.js").Message} */ message) {
    const { me } = this.chat.store;
    const { room } = this.chat.store.room(message.room);
    const isMine = message.author.id === me?.id;
    const mayDelete = isMine || room?.me?.role === "owner" || room?.me?.role === "moderator";
    return html`
      <div class="message-tools" role="group" aria-label="Message actions">
        ${QUICK.map((emoji) => html`<button class="icon-button quick" type="button" aria-label="React with ${emoji}" @click=${() => this.chat.messages.toggleReaction(message, emoji)}>${emoji}</button>`)}
        <button class="icon-button" type="button" title="React" aria-label="Choose a reaction" @click=${(/** @type {any} */ event) => this.#pick(event.currentTarget, message)}>${icon("react")}</button>
        <button class="icon-button" type="button" title="Reply" aria-label="Reply" @click=${() => this.emit("reply", message)}>${icon("reply")}</button>
        ${this.inThread ? "" : html`<button class="icon-button" type="button" title="Thread" aria-label="Thread" @click=${() => this.emit("open-thread", message)}>${icon("thread")}</button>`}
        ${isMine ? html`<button class="icon-button" type="button" title="Edit" aria-label="Edit" @click=${() => this.edit()}>${icon("edit")}</button>` : ""}
        ${mayDelete ? html`<button class="icon-button" type="button" title="Delete" aria-label="Delete" @click=${() => this.emit("delete", message)}>${icon("trash")}</button>` : ""}
        <button class="icon-button" type="button" title="More" aria-label="More actions" aria-haspopup="menu" @click=${(/** @type {any} */ event) => this.emit("open-menu", { anchor: event.currentTarget, items: this.#more(message) })}>${icon("more")}</button>
      </div>
    `;
  }

  /** @returns {import("./action-menu.js").Item[]} */
  #more(/** @type {import("../protocol.js").Message} */ message) {
    const { me } = this.chat.store;
    const { room } = this.chat.store.room(message.room);
    const pane = message.thread ? /** @type {const} */ ({ kind: "thread", root: message.thread }) : null;
    const address = new URL(roomPath(message.room, pane, message.id), location.origin);
    const items = [
      mayPin(room) && { sign: "pin", text: message.pinned ? "Unpin" : "Pin", act: () => this.chat.messages.togglePin(message) },
      !this.inThread && { sign: "unread", text: "Mark unread from here", act: () => this.chat.attempt(this.chat.reading.markUnread(message)) },
      { sign: "link", text: "Copy link", act: () => this.#copy(address.href) },
      message.author.id !== me?.id && mayPutOut(room, null) && { sign: "ban", text: `Ban ${message.author.name}`, isGrave: true, act: () => this.emit("ban", message.author) },
    ];
    return /** @type {any} */ (items.filter(Boolean));
  }

  async #copy(/** @type {string} */ text) {
    // Plain HTTP to another machine has no clipboard.
    const isDone = await navigator.clipboard?.writeText(text).then(() => true, () => false);
    this.chat.emit(isDone ? "notice" : "problem", isDone ? "The link is copied." : text);
  }

  #pick(/** @type {HTMLElement} */ anchor, /** @type {import("../protocol.js").Message} */ message) {
    this.emit("pick-emoji", { anchor, picked: (/** @type {string} */ emoji) => this.chat.messages.toggleReaction(message, emoji) });
  }

  /** Write it anew in place. */
  edit() {
    this.editing = true;
  }

  #edited() {
    this.editing = false;
    this.emit("to-composer");
  }
}

customElements.define("message-item", MessageItem);
