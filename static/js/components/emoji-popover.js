// The emoji picker, one for the whole page: opened beside whatever asks for an emoji. Loaded when first wanted.
import { html } from "lit";
import { ChatElement } from "./element.js";

const DATA = "/static/vendor/emoji-picker-element-data/en/emojibase/data.json";
const GAP = 8;

class EmojiPopover extends ChatElement {
  static properties = {};

  constructor() {
    super();
    /** @type {(emoji: string) => void} */
    this.picked = () => {};
    /** @type {HTMLElement | null} */
    this.opener = null;
  }

  get followsStore() {
    return false;
  }

  connectedCallback() {
    super.connectedCallback();
    document.addEventListener("pick-emoji", (event) => this.#open(/** @type {CustomEvent} */ (event).detail));
  }

  render() {
    return html`<div class="emoji-popover" popover @toggle=${(/** @type {any} */ event) => this.#toggled(event)}></div>`;
  }

  /** @returns {HTMLElement} */
  get panel() {
    return /** @type {any} */ (this.querySelector(".emoji-popover"));
  }

  async #open(/** @type {{ anchor: HTMLElement, picked: (emoji: string) => void }} */ { anchor, picked }) {
    this.picked = picked;
    this.opener = anchor;
    const place = anchor.getBoundingClientRect();
    if (!this.panel.firstElementChild) await this.#load();
    this.panel.showPopover();
    this.#place(place);
    this.#search()?.focus();
  }

  async #load() {
    const { default: Picker } = await import("emoji-picker-element/picker.js");
    const picker = new Picker({ dataSource: DATA });
    picker.addEventListener("emoji-click", (/** @type {any} */ event) => this.#choose(event.detail.unicode));
    this.panel.append(picker);
  }

  #search() {
    return /** @type {HTMLElement | undefined} */ (this.panel.firstElementChild?.shadowRoot?.querySelector("input"));
  }

  #choose(/** @type {string} */ emoji) {
    this.panel.hidePopover();
    this.picked(emoji);
  }

  /** Above what asked for it if there is room, else below; always inside the window. */
  #place(/** @type {DOMRect} */ anchor) {
    const { width, height } = this.panel.getBoundingClientRect();
    const above = anchor.top - height - GAP;
    const top = above > GAP ? above : Math.min(anchor.bottom + GAP, innerHeight - height - GAP);
    const left = Math.min(Math.max(GAP, anchor.right - width), innerWidth - width - GAP);
    this.panel.style.top = `${Math.max(GAP, top)}px`;
    this.panel.style.left = `${Math.max(GAP, left)}px`;
  }

  #toggled(/** @type {{ newState: string }} */ event) {
    if (event.newState === "closed") this.opener?.focus();
  }
}

customElements.define("emoji-popover", EmojiPopover);
