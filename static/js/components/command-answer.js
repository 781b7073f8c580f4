// What came of a command, where it was typed: the answer, for one's own eyes and until it is put away, or why there is none.
import { html } from "lit";
import { unsafeHTML } from "lit/directives/unsafe-html.js";
import { ChatElement } from "./element.js";
import { icon } from "./icons.js";

class CommandAnswer extends ChatElement {
  static properties = { ...ChatElement.properties, slug: { attribute: false }, thread: { attribute: false }, problem: { attribute: false } };

  constructor() {
    super();
    this.slug = "";
    /** @type {number | null} */
    this.thread = null;
    this.problem = "";
  }

  render() {
    const answer = this.chat.words.answer(this.slug, this.thread);
    return html`
      <div role="status">${answer ? this.#answer(answer) : ""}</div>
      <div role="alert">${this.problem ? html`<p class="composer-problem">${icon("alert")} <span>${this.problem}</span></p>` : ""}</div>
    `;
  }

  #answer(/** @type {import("../actions/words.js").Answer} */ { text, html: made }) {
    // Rendered and sanitized by the server, as messages are.
    return html`
      <div class="command-answer">
        <div class="command-answer-head"><span class="muted">Only you see this</span>
          <button class="icon-button" type="button" aria-label="Dismiss the answer" @click=${() => this.#dismiss()}>${icon("close")}</button></div>
        ${made ? html`<div class="prose">${unsafeHTML(made)}</div>` : html`<div class="prose plain">${text}</div>`}
      </div>
    `;
  }

  #dismiss() {
    this.chat.words.dismiss(this.slug, this.thread);
    this.emit("dismissed");
  }
}

customElements.define("command-answer", CommandAnswer);
