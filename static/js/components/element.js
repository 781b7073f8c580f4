// What every element of the chat shares: light DOM, so that the stylesheets reach it, and an ear for the store.
import { LitElement } from "lit";

/** A hidden page has no frames; it still keeps its title and live region up to date. */
const HIDDEN_MS = 250;

export class ChatElement extends LitElement {
  static properties = { chat: { attribute: false } };

  constructor() {
    super();
    /** @type {import("../chat.js").Chat} */
    this.chat = /** @type {any} */ (undefined);
    /** Elements that show what the store holds draw again when it changes, at most once a frame. */
    this.scheduled = false;
    this.onStoreChange = () => this.schedule();
  }

  createRenderRoot() {
    return this;
  }

  /** Whether this element shows what the store holds. */
  get followsStore() {
    return true;
  }

  connectedCallback() {
    super.connectedCallback();
    if (this.followsStore) this.chat?.store.addEventListener("change", this.onStoreChange);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.chat?.store.removeEventListener("change", this.onStoreChange);
  }

  schedule() {
    if (this.scheduled) return;
    this.scheduled = true;
    const draw = () => {
      this.scheduled = false;
      this.requestUpdate();
    };
    if (document.hidden) setTimeout(draw, HIDDEN_MS);
    else requestAnimationFrame(draw);
  }

  /** Tell the elements above. @param {string} name @param {unknown} [detail] */
  emit(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  }
}
