// A menu of things to do, one for the whole page: opened beside the button that asks for it.
import { html } from "lit";
import { ChatElement } from "./element.js";
import { icon } from "./icons.js";

const GAP = 6;

/** @typedef {{ sign: any, text: string, isGrave?: boolean, act: () => unknown }} Item */

class ActionMenu extends ChatElement {
  static properties = { ...ChatElement.properties, items: { state: true } };

  constructor() {
    super();
    /** @type {Item[]} */
    this.items = [];
    /** @type {HTMLElement | null} */
    this.opener = null;
    /** @type {HTMLElement | null} what the opener belongs to: a message takes its tools away when the focus leaves it */
    this.around = null;
  }

  get followsStore() {
    return false;
  }

  connectedCallback() {
    super.connectedCallback();
    document.addEventListener("open-menu", (event) => this.#open(/** @type {CustomEvent} */ (event).detail));
  }

  render() {
    return html`
      <div class="action-menu" popover role="menu" aria-label="Actions" @keydown=${(/** @type {KeyboardEvent} */ event) => this.#walk(event)} @toggle=${(/** @type {any} */ event) => this.#toggled(event)}>
        ${this.items.map((item) => html`<button class="menu-item ${item.isGrave ? "grave" : ""}" type="button" role="menuitem" tabindex="-1" @click=${() => this.#choose(item)}>${icon(item.sign)} ${item.text}</button>`)}
      </div>
    `;
  }

  /** @returns {HTMLElement} */
  get panel() {
    return /** @type {any} */ (this.querySelector(".action-menu"));
  }

  async #open(/** @type {{ anchor: HTMLElement, items: Item[] }} */ { anchor, items }) {
    Object.assign(this, { items, opener: anchor, around: anchor.closest("message-item") });
    const place = anchor.getBoundingClientRect();
    await this.updateComplete;
    this.panel.showPopover();
    this.#place(place);
    /** @type {HTMLElement | null} */ (this.panel.querySelector("[role=menuitem]"))?.focus();
  }

  #choose(/** @type {Item} */ item) {
    this.panel.hidePopover();
    item.act();
  }

  #walk(/** @type {KeyboardEvent} */ event) {
    const items = /** @type {HTMLElement[]} */ ([...this.panel.querySelectorAll("[role=menuitem]")]);
    const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (event.key === "Tab") this.panel.hidePopover();
    if (next === undefined) return;
    event.preventDefault();
    items[(next + items.length) % items.length]?.focus();
  }

  /** Below what asked for it if there is room, else above; always inside the window. */
  #place(/** @type {DOMRect} */ anchor) {
    const { width, height } = this.panel.getBoundingClientRect();
    const below = anchor.bottom + GAP;
    const top = below + height < innerHeight ? below : Math.max(GAP, anchor.top - height - GAP);
    this.panel.style.top = `${top}px`;
    this.panel.style.left = `${Math.min(Math.max(GAP, anchor.right - width), innerWidth - width - GAP)}px`;
  }

  #toggled(/** @type {{ newState: string }} */ event) {
    const focused = document.activeElement;
    if (event.newState !== "closed" || (focused && focused !== document.body && !this.contains(focused))) return;
    (this.opener?.isConnected ? this.opener : this.around)?.focus();
  }
}

customElements.define("action-menu", ActionMenu);
