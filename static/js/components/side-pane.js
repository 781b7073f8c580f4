// What stands beside a room: a thread, its members, or what is pinned. A landmark of its own; Escape closes it.
import { html } from "lit";
import { ChatElement } from "./element.js";
import { icon } from "./icons.js";
import "./members-pane.js";
import "./pins-pane.js";
import "./thread-pane.js";

const TITLES = { thread: "Thread", members: "Members", pins: "Pinned messages" };

class SidePane extends ChatElement {
  static properties = { ...ChatElement.properties, slug: { attribute: false }, pane: { attribute: false } };

  constructor() {
    super();
    this.slug = "";
    /** @type {import("../chat.js").Pane} */
    this.pane = { kind: "members" };
  }

  get followsStore() {
    return false;
  }

  connectedCallback() {
    super.connectedCallback();
    this.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      event.preventDefault();
      this.emit("open-pane", null);
    });
  }

  render() {
    const { pane } = this;
    const title = TITLES[pane.kind];
    return html`
      <aside class="side-pane" aria-label=${title} tabindex="-1">
        <header class="side-head">
          <h2>${title}</h2>
          <button class="icon-button" type="button" aria-label="Close" @click=${() => this.emit("open-pane", null)}>${icon("close")}</button>
        </header>
        ${pane.kind === "thread" ? html`<thread-pane .chat=${this.chat} .slug=${this.slug} .root=${pane.root}></thread-pane>` : ""}
        ${pane.kind === "members" ? html`<members-pane .chat=${this.chat} .slug=${this.slug}></members-pane>` : ""}
        ${pane.kind === "pins" ? html`<pins-pane .chat=${this.chat} .slug=${this.slug}></pins-pane>` : ""}
      </aside>
    `;
  }

  /** Where one goes on: writing in a thread, else at the top. */
  updated(/** @type {Map<string, unknown>} */ changed) {
    const before = /** @type {import("../chat.js").Pane | undefined} */ (changed.get("pane"));
    if (changed.has("pane") && JSON.stringify(before) !== JSON.stringify(this.pane)) this.focusInside();
  }

  async focusInside() {
    const thread = /** @type {import("lit").LitElement | null} */ (this.querySelector("thread-pane"));
    await thread?.updateComplete;
    const composer = /** @type {import("./message-composer.js").MessageComposer | null} */ (this.querySelector("message-composer"));
    await composer?.updateComplete;
    (composer ?? /** @type {HTMLElement | null} */ (this.querySelector(".side-pane")))?.focus();
  }
}

customElements.define("side-pane", SidePane);
