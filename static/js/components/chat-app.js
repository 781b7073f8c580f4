// The whole page: rooms on the left, one room or the list of all on the right; routes, shortcuts, dialogs, title.
import { html } from "lit";
import { roomPath, slugOfPath } from "../lib/slug.js";
import { ChatElement } from "./element.js";
import "./connection-banner.js";
import "./emoji-popover.js";
import "./room-dialog.js";
import "./room-home.js";
import "./room-sidebar.js";
import "./room-view.js";
import "./toast-stack.js";

class ChatApp extends ChatElement {
  static properties = { ...ChatElement.properties, drawer: { state: true } };

  constructor() {
    super();
    this.drawer = false;
  }

  connectedCallback() {
    // The still picture that the page came with makes room for the real thing.
    this.replaceChildren();
    super.connectedCallback();
    this.addEventListener("click", (event) => this.#follow(event));
    this.addEventListener("open-drawer", () => this.#openDrawer());
    this.addEventListener("create-room", () => this.#dialog().open(""));
    this.addEventListener("keydown", (event) => this.#shortcut(event));
    addEventListener("popstate", () => this.#route());
    this.chat.addEventListener("navigate", (event) => this.#go(/** @type {CustomEvent} */ (event).detail));
    this.chat.addEventListener("missing-room", () => this.#dialog().open(this.chat.current ?? ""));
    this.#route();
  }

  render() {
    const { current } = this.chat;
    return html`
      <room-sidebar class=${this.drawer ? "open" : ""} .chat=${this.chat} .current=${current} @close-drawer=${() => this.#closeDrawer()}></room-sidebar>
      <div class="app-scrim" ?hidden=${!this.drawer} @click=${() => this.#closeDrawer()}></div>
      <main id="main" class="app-main" tabindex="-1" ?inert=${this.drawer}>
        <connection-banner .chat=${this.chat}></connection-banner>
        ${current === null
          ? html`<room-home .chat=${this.chat}></room-home>`
          : html`<room-view .chat=${this.chat} .slug=${current}></room-view>`}
      </main>
      <room-dialog .chat=${this.chat}></room-dialog>
      <emoji-popover></emoji-popover>
      <toast-stack .chat=${this.chat}></toast-stack>
    `;
  }

  updated() {
    const unread = this.chat.attention.total();
    const { current } = this.chat;
    const name = current === null ? "Rooms" : (this.chat.store.room(current).room?.name ?? current);
    document.title = `${unread > 0 ? `(${unread}) ` : ""}${name} · Chat`;
  }

  /** @returns {import("./room-dialog.js").RoomDialog} */
  #dialog() {
    return /** @type {any} */ (this.querySelector("room-dialog"));
  }

  // Where we are.

  #route() {
    this.#closeDrawer();
    this.chat.show(slugOfPath(location.pathname));
  }

  #go(/** @type {string} */ path) {
    if (path !== location.pathname) history.pushState(null, "", path);
    this.#route();
  }

  /** Links between rooms change the room, not the page. */
  #follow(/** @type {MouseEvent} */ event) {
    const link = /** @type {Element} */ (event.target).closest?.("a[href]");
    if (!(link instanceof HTMLAnchorElement) || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    if (link.origin !== location.origin) {
      link.target = "_blank";
      link.rel = "noopener noreferrer";
      return;
    }
    const here = link.pathname === "/" || this.#isKnown(slugOfPath(link.pathname));
    if (!here || link.hash) return;
    event.preventDefault();
    this.#go(link.pathname);
  }

  #isKnown(/** @type {string | null} */ slug) {
    return slug !== null && Boolean(this.chat.store.rooms.get(slug)?.room);
  }

  // On a narrow screen the rooms lie over the room.

  #openDrawer() {
    this.drawer = true;
    this.updateComplete.then(() => /** @type {HTMLElement} */ (this.querySelector("room-sidebar a[aria-current], room-sidebar a, room-sidebar button"))?.focus());
  }

  #closeDrawer() {
    if (!this.drawer) return;
    this.drawer = false;
    this.updateComplete.then(() => /** @type {HTMLElement} */ (this.querySelector("[data-opens=drawer]"))?.focus());
  }

  #shortcut(/** @type {KeyboardEvent} */ event) {
    if (event.key === "Escape" && this.drawer) this.#closeDrawer();
    else if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      this.#step(event.key === "ArrowUp" ? -1 : 1);
    }
  }

  #step(/** @type {number} */ by) {
    const slugs = this.chat.store.listed().map((state) => state.room?.slug ?? "");
    if (slugs.length === 0) return;
    const at = slugs.indexOf(this.chat.current ?? "");
    this.#go(roomPath(slugs[(at + by + slugs.length) % slugs.length]));
  }
}

customElements.define("chat-app", ChatApp);
