// The emoji picker, one for the whole page: opened beside whatever asks for an emoji. Its data is loaded when first wanted.
import { html } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { canonicalEmoji } from "../lib/emoji.js";
import { ChatElement } from "./element.js";

const DATA = "/static/vendor/emoji-picker-element-data/en/emojibase/data.json";
const COLUMNS = 8;
const GAP = 8;
const FAVOURITES = 24;
/** The groups of Unicode, by their number there; -1: what this person uses most. */
const GROUPS = /** @type {const} */ ([
  [-1, "🕘", "Often used"], [0, "😀", "Smileys"], [1, "👋", "People"], [3, "🐻", "Animals and nature"], [4, "🍎", "Food and drink"],
  [5, "🚗", "Travel and places"], [6, "⚽", "Activities"], [7, "💡", "Objects"], [8, "🔣", "Symbols"], [9, "🏁", "Flags"],
]);
const STARTERS = ["👍", "❤️", "😂", "🎉", "😮", "😢", "🙏", "👀", "🚀", "✅", "🔥", "💯", "🤔", "👏", "😄", "☕"];

/** @typedef {{ unicode: string, annotation: string }} Emoji */

class EmojiPopover extends ChatElement {
  static properties = { ...ChatElement.properties, emoji: { state: true }, group: { state: true }, query: { state: true } };

  constructor() {
    super();
    /** @type {Emoji[]} */
    this.emoji = [];
    this.group = -1;
    this.query = "";
    /** @type {(emoji: string) => void} */
    this.picked = () => {};
    /** @type {HTMLElement | null} */
    this.opener = null;
    /** @type {HTMLElement | null} what the opener belongs to: a message takes its tools away when the focus leaves it */
    this.around = null;
    /** @type {any} the vendored database: search words, groups, favourites */
    this.database = null;
  }

  get followsStore() {
    return false;
  }

  connectedCallback() {
    super.connectedCallback();
    document.addEventListener("pick-emoji", (event) => this.#open(/** @type {CustomEvent} */ (event).detail));
  }

  render() {
    return html`
      <div class="emoji-popover" popover role="dialog" aria-label="Choose an emoji" @keydown=${(/** @type {KeyboardEvent} */ event) => this.#walk(event)} @toggle=${(/** @type {any} */ event) => this.#toggled(event)}>
        <input class="input emoji-search" type="search" placeholder="Search" aria-label="Search emoji" autocomplete="off" .value=${this.query} @input=${(/** @type {any} */ event) => this.#search(event.target.value)}>
        <div class="emoji-groups" role="group" aria-label="Groups">
          ${GROUPS.map(([group, sign, name]) => html`<button type="button" aria-label=${name} title=${name} aria-pressed=${this.query === "" && this.group === group} @click=${() => this.#show(group)}>${sign}</button>`)}
        </div>
        <div class="emoji-grid" role="group" aria-label="Emoji">
          ${repeat(this.emoji, (one) => one.unicode, (one, index) => html`<button type="button" class="emoji" tabindex=${index === 0 ? 0 : -1} title=${one.annotation} aria-label=${one.annotation} @click=${() => this.#choose(one.unicode)}>${one.unicode}</button>`)}
          ${this.emoji.length === 0 && this.query ? html`<p class="muted">Nothing found.</p>` : ""}
        </div>
      </div>
    `;
  }

  /** @returns {HTMLElement} */
  get panel() {
    return /** @type {any} */ (this.querySelector(".emoji-popover"));
  }

  async #open(/** @type {{ anchor: HTMLElement, picked: (emoji: string) => void }} */ { anchor, picked }) {
    Object.assign(this, { picked, opener: anchor, around: anchor.closest("[tabindex]"), query: "" });
    const place = anchor.getBoundingClientRect();
    this.panel.showPopover();
    this.#place(place);
    /** @type {HTMLElement} */ (this.panel.querySelector("input")).focus();
    if (!this.database) {
      const { default: Database } = await import("emoji-picker-element/database.js");
      this.database = new Database({ dataSource: DATA });
    }
    // Whoever types fast is ahead of the loading.
    await (this.query ? this.#search(this.query) : this.#show(-1));
  }

  async #show(/** @type {number} */ group) {
    this.group = group;
    this.query = "";
    const found = group === -1 ? await this.#favourites() : await this.database.getEmojiByGroup(group);
    // Meanwhile somebody may have typed, or wants another group.
    if (this.query !== "" || this.group !== group) return;
    this.emoji = found;
    this.panel.querySelector(".emoji-grid")?.scrollTo(0, 0);
  }

  /** @returns {Promise<Emoji[]>} */
  async #favourites() {
    const used = await this.database.getTopFavoriteEmoji(FAVOURITES);
    const starters = await Promise.all(STARTERS.map((one) => this.#known(one)));
    const known = new Set(used.map((/** @type {Emoji} */ one) => one.unicode));
    return [...used, ...starters.filter((one) => one && !known.has(one.unicode))].slice(0, FAVOURITES);
  }

  /** The database writes some with a sign for "as a picture" that others leave out. */
  async #known(/** @type {string} */ emoji) {
    return (await this.database.getEmojiByUnicodeOrName(emoji)) ?? this.database.getEmojiByUnicodeOrName(`${emoji}\uFE0F`);
  }

  async #search(/** @type {string} */ query) {
    this.query = query;
    if (!this.database) return;
    if (query.trim().length < 2) {
      if (query.trim() === "") await this.#show(this.group);
      return;
    }
    const found = await this.database.getEmojiBySearchQuery(query.trim());
    const exact = (/** @type {any} */ one) => (one.annotation === query.trim() || one.shortcodes?.includes(query.trim()) ? 0 : 1);
    if (query === this.query) this.emoji = found.sort((/** @type {any} */ a, /** @type {any} */ b) => exact(a) - exact(b));
  }

  #choose(/** @type {string} */ emoji) {
    this.panel.hidePopover();
    this.database.incrementFavoriteEmojiCount(emoji);
    this.picked(canonicalEmoji(emoji));
  }

  #walk(/** @type {KeyboardEvent} */ event) {
    const items = /** @type {HTMLElement[]} */ ([...this.panel.querySelectorAll(".emoji")]);
    const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    if (at === -1) {
      const isSearch = document.activeElement?.localName === "input";
      if (isSearch && event.key === "ArrowDown") items[0]?.focus();
      else if (isSearch && event.key === "Enter") items[0]?.click();
      else return;
      event.preventDefault();
      return;
    }
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -COLUMNS, ArrowDown: COLUMNS }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    items[at + step]?.focus();
    if (at + step < 0) this.panel.querySelector("input")?.focus();
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
    const focused = document.activeElement;
    if (event.newState !== "closed" || (focused && focused !== document.body && !this.contains(focused))) return;
    (this.opener?.isConnected ? this.opener : this.around)?.focus();
  }
}

customElements.define("emoji-popover", EmojiPopover);
