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
    /** What was asked for last: a thread that cannot be had is not asked for again and again.
     * @type {import("../state/window.js").MessageWindow | null} */
    this.asked = null;
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
    const state = this.chat.store.room(this.slug);
    // A room that begins anew has other windows. Before it has its own page, nobody tells what happens in the thread.
    const window = state.thread(this.root);
    if (!state.loaded || this.asked === window) return;
    this.asked = window;
    this.chat.attempt(this.chat.history.openThread(this.slug, this.root));
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
