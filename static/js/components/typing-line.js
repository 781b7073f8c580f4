// Who is typing. Of fixed height, so that nothing moves when somebody starts or stops.
import { html } from "lit";
import { typingSentence } from "../lib/phrases.js";
import { ChatElement } from "./element.js";

class TypingLine extends ChatElement {
  static properties = { ...ChatElement.properties, slug: { attribute: false }, thread: { attribute: false } };

  constructor() {
    super();
    this.slug = "";
    /** @type {number | null} */
    this.thread = null;
  }

  render() {
    const names = this.chat.store.room(this.slug).typists(this.thread);
    return html`
      <p class="typing-line">
        ${names.length > 0 ? html`<span class="typing-dots" aria-hidden="true"><i></i><i></i><i></i></span>` : ""}
        <span class="truncate">${typingSentence(names)}</span>
      </p>
    `;
  }
}

customElements.define("typing-line", TypingLine);
