// What may stand behind a "/" at the beginning of a text: each command with what to type and what it does.
import { html } from "lit";
import { counted } from "../lib/phrases.js";
import { OptionList } from "./option-list.js";

/** @extends {OptionList<import("../actions/words.js").Usage>} */
export class CommandList extends OptionList {
  static properties = { ...OptionList.properties, part: { attribute: false }, found: { state: true } };

  constructor() {
    super();
    /** @type {string | null} the beginning of a word, or of one behind it; null: none is being typed */
    this.part = null;
  }

  get kind() {
    return "command";
  }

  /** @param {import("../actions/words.js").Usage} one */
  wordOf({ name }) {
    return name;
  }

  willUpdate(/** @type {Map<string, unknown>} */ changed) {
    if (!changed.has("part")) return;
    this.active = 0;
    this.#find(this.part);
  }

  /** Those of before stay until these are known. */
  async #find(/** @type {string | null} */ part) {
    const found = part === null ? [] : await this.chat.words.fitting(part).catch(() => []);
    if (part === this.part) this.found = found;
  }

  render() {
    return html`
      <ul class="option-list" id=${this.listId} role="listbox" tabindex="0" aria-label="Commands" ?hidden=${this.found.length === 0}>
        ${this.found.map((one, index) => html`
          <li id=${this.optionId(index)} class="option command" role="option" aria-selected=${index === this.active}
            @pointerdown=${(/** @type {Event} */ event) => event.preventDefault()} @click=${() => this.choose(one)}>
            <code>${one.usage}</code> <span class="muted">${one.help}</span>
          </li>`)}
      </ul>
      <p class="visually-hidden" role="status">${this.found.length > 0 ? counted(this.found.length, "command") : ""}</p>
    `;
  }
}

customElements.define("command-list", CommandList);
