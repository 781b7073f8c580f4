// Who is typing. Of fixed height, so that nothing moves when somebody starts or stops.
import { html } from "lit";
import { typingSentence } from "../lib/phrases.js";
import { ChatElement } from "./element.js";

class TypingLine extends ChatElement {
  static properties = { ...ChatElement.properties, slug: { attribute: false } };

  constructor() {
    super();
    this.slug = "";
  }

  render() {
    const names = [...this.chat.store.room(this.slug).typing.values()].map(({ user }) => user.name);
    return html`
      <p class="typing-line">
        ${names.length > 0 ? html`<span class="typing-dots" aria-hidden="true"><i></i><i></i><i></i></span>` : ""}
        <span class="truncate">${typingSentence(names)}</span>
      </p>
    `;
  }
}

customElements.define("typing-line", TypingLine);
