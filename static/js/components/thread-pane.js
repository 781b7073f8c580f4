// A thread: what it answers, its replies, who is typing there, and the place to reply.
import { html } from "lit";
import { ChatElement } from "./element.js";
import "./message-composer.js";
import "./message-list.js";
import "./typing-line.js";

class ThreadPane extends ChatElement {
  static properties = { ...ChatElement.properties, slug: { attribute: false }, root: { attribute: false }, replyTo: { state: true } };

  constructor() {
    super();
    this.slug = "";
    this.root = 0;
    /** The thread that was asked for last: one that cannot be had is not asked for again and again. */
    this.asked = 0;
    /** @type {import("../protocol.js").Message | null} */
    this.replyTo = null;
  }

  connectedCallback() {
    super.connectedCallback();
    this.addEventListener("reply", (event) => this.#reply(/** @type {CustomEvent} */ (event).detail));
    this.addEventListener("edit-last", () => /** @type {any} */ (this.querySelector("message-list"))?.editLast());
    this.addEventListener("to-composer", () => this.#composer()?.focus());
  }

  willUpdate(/** @type {Map<string, unknown>} */ changed) {
    if (changed.has("root")) this.replyTo = null;
    const window = this.chat.store.room(this.slug).thread(this.root);
    // The room may have begun anew since.
    if (window.loaded) this.asked = 0;
    else if (this.chat.store.ready && this.asked !== this.root) {
      this.asked = this.root;
      this.chat.attempt(this.chat.history.openThread(this.slug, this.root));
    }
  }

  render() {
    const { room } = this.chat.store.room(this.slug);
    const { me, rules } = this.chat.store;
    const mayWrite = me && !room?.archived && (room?.me?.role || (room?.kind === "public" && (me.kind !== "guest" || rules.guests === "write")));
    return html`
      <message-list .chat=${this.chat} .slug=${this.slug} .thread=${this.root}></message-list>
      <typing-line .chat=${this.chat} .slug=${this.slug} .thread=${this.root}></typing-line>
      <div class="side-foot">
        ${mayWrite ? html`<message-composer .chat=${this.chat} .slug=${this.slug} .thread=${this.root} .replyTo=${this.replyTo} @cancel-reply=${() => this.#reply(null)}></message-composer>` : ""}
      </div>
    `;
  }

  #reply(/** @type {import("../protocol.js").Message | null} */ message) {
    this.replyTo = message;
    this.updateComplete.then(() => this.#composer()?.focus());
  }

  /** @returns {import("./message-composer.js").MessageComposer | null} */
  #composer() {
    return this.querySelector("message-composer");
  }
}

customElements.define("thread-pane", ThreadPane);
