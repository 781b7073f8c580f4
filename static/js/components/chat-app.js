// The whole page: rooms on the left, one room or the list of all in the middle, what stands beside it on the right.
import { html } from "lit";
import { messageOf, paneOf, roomPath, slugOfPath } from "../lib/slug.js";
import "./action-menu.js";
import "./confirm-dialog.js";
import "./connection-banner.js";
import { ChatElement } from "./element.js";
import "./emoji-popover.js";
import "./profile-dialog.js";
import "./room-dialog.js";
import "./room-home.js";
import "./room-settings.js";
import "./room-sidebar.js";
import "./room-view.js";
import "./side-pane.js";
import "./toast-stack.js";

/** One pane at a time; layout.css says the same. */
const narrow = matchMedia("(width < 64rem)");
/** Where F6 stops, in the order in which they stand. */
const PLACES = ["room-sidebar", ".room-header", "message-list .log", "message-composer", ".side-pane"];
/** What it lands on in a place, the first that there is. */
const STOPS = ["a[aria-current=page]", "textarea", "[role=article][tabindex='0']", "a, button, input"];

class ChatApp extends ChatElement {
  static properties = { ...ChatElement.properties, drawer: { state: true } };

  constructor() {
    super();
    this.drawer = false;
    /** @type {HTMLElement | null} what had the focus when the pane was opened */
    this.opener = null;
  }

  connectedCallback() {
    // The still picture that the page came with makes room for the real thing.
    this.replaceChildren();
    super.connectedCallback();
    this.addEventListener("click", (event) => this.#follow(event));
    this.addEventListener("keydown", (event) => this.#shortcut(event));
    this.#answer();
    addEventListener("popstate", () => this.#route());
    narrow.addEventListener("change", () => this.requestUpdate());
    this.chat.addEventListener("navigate", (event) => this.#go(/** @type {CustomEvent} */ (event).detail));
    this.chat.addEventListener("missing-room", () => this.#part("room-dialog").open(this.chat.current ?? ""));
    this.#route();
  }

  /** What the elements inside ask for. */
  #answer() {
    /** @type {Record<string, (detail: any) => unknown>} */
    const answers = {
      "open-drawer": () => this.#openDrawer(),
      "create-room": () => this.#part("room-dialog").open(""),
      "open-settings": (slug) => this.#part("room-settings").open(slug),
      "open-profile": () => this.#part("profile-dialog").open(),
      "open-pane": (pane) => this.#openPane(pane),
      "open-thread": (message) => this.#openPane({ kind: "thread", root: message.thread ?? message.id }),
      "go-to": ({ room, id }) => this.chat.openMessage(room, id),
      confirm: (question) => this.#confirm(question),
      delete: (message) => this.#confirm({ title: "Delete this message?", text: "It disappears for everybody, and nothing of it is kept.", yes: "Delete", act: () => this.chat.messages.delete(message) }),
      ban: (user) => this.#confirm({ title: `Ban ${user.name}?`, text: "They are out at once and cannot come back until somebody lets them in again.", yes: "Ban", act: () => this.#ban(user) }),
    };
    for (const [name, answer] of Object.entries(answers)) this.addEventListener(name, (event) => answer(/** @type {CustomEvent} */ (event).detail));
  }

  render() {
    const { current, pane } = this.chat;
    const covered = this.drawer || (pane !== null && current !== null && narrow.matches);
    return html`
      <room-sidebar class=${this.drawer ? "open" : ""} .chat=${this.chat} .current=${current} @close-drawer=${() => this.#closeDrawer()}></room-sidebar>
      <div class="app-scrim" ?hidden=${!this.drawer} @click=${() => this.#closeDrawer()}></div>
      <main id="main" class="app-main" tabindex="-1" ?inert=${covered}>
        <connection-banner .chat=${this.chat}></connection-banner>
        ${current === null
          ? html`<room-home .chat=${this.chat}></room-home>`
          : html`<room-view .chat=${this.chat} .slug=${current}></room-view>`}
      </main>
      ${pane !== null && current !== null ? html`<side-pane .chat=${this.chat} .slug=${current} .pane=${pane}></side-pane>` : ""}
      <room-dialog .chat=${this.chat}></room-dialog>
      <room-settings .chat=${this.chat}></room-settings>
      <profile-dialog .chat=${this.chat}></profile-dialog>
      <confirm-dialog></confirm-dialog>
      <emoji-popover></emoji-popover>
      <action-menu></action-menu>
      <toast-stack .chat=${this.chat}></toast-stack>
    `;
  }

  updated() {
    const { calls, unread } = this.chat.attention;
    const { current } = this.chat;
    const name = current === null ? "Rooms" : (this.chat.store.room(current).room?.name ?? current);
    const count = calls || unread;
    document.title = `${count > 0 ? `(${count}) ` : ""}${name} · Chat`;
    const sign = calls > 0 ? "icon-called.svg" : unread > 0 ? "icon-unread.svg" : "icon.svg";
    const link = /** @type {HTMLLinkElement | null} */ (document.querySelector("link[rel=icon]"));
    if (link && !link.href.endsWith(`/${sign}`)) link.href = `/static/img/${sign}`;
  }

  /** @returns {any} */
  #part(/** @type {string} */ name) {
    return this.querySelector(name);
  }

  async #confirm(/** @type {{ title: string, text: string, yes: string, act: () => unknown }} */ { title, text, yes, act }) {
    const focused = /** @type {HTMLElement | null} */ (document.activeElement);
    if (await this.#part("confirm-dialog").ask(title, text, yes)) await act();
    if (document.activeElement === document.body) (focused?.isConnected ? focused : this.#part("message-composer"))?.focus();
  }

  async #ban(/** @type {import("../protocol.js").User} */ user) {
    const { current } = this.chat;
    if (current === null || !(await this.chat.attempt(this.chat.rooms.ban(current, user.id)))) return;
    this.chat.rooms.membersMayDiffer(current);
    this.chat.emit("notice", `${user.name} is banned.`);
  }

  // Where we are.

  async #route() {
    this.#closeDrawer();
    const hadPane = this.chat.pane !== null;
    const slug = slugOfPath(location.pathname);
    const pane = slug === null ? null : paneOf(location.search);
    const message = messageOf(location.search);
    const shown = this.chat.show(slug, pane);
    if (hadPane && pane === null) this.#leavePane();
    await shown;
    if (slug !== null && message !== null) await this.chat.find(slug, message, pane?.kind === "thread" ? pane.root : null);
  }

  #go(/** @type {string} */ path, replaces = false) {
    if (path !== location.pathname + location.search) {
      if (replaces) history.replaceState(history.state, "", path);
      else history.pushState({ isOurs: true }, "", path);
    }
    this.#route();
  }

  #openPane(/** @type {import("../chat.js").Pane | null} */ pane) {
    const { current, pane: before } = this.chat;
    if (current === null) return;
    if (pane && !before) this.opener = /** @type {HTMLElement | null} */ (document.activeElement);
    // Closing is a step back, as the gesture on a phone is.
    if (!pane && history.state?.isOurs) history.back();
    else this.#go(roomPath(current, pane), Boolean(before));
  }

  async #leavePane() {
    await this.updateComplete;
    const { opener } = this;
    this.opener = null;
    // A tool of a message goes when the focus does; its message stays.
    const target = opener?.isConnected && opener.checkVisibility?.() !== false ? opener : this.#part("message-composer");
    target?.focus();
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
    this.#go(link.pathname + link.search);
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
    else if (event.key === "F6") this.#cycle(event);
    else if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      this.#step(event.key === "ArrowUp" ? -1 : 1, event.shiftKey);
    }
  }

  /** To the next room, or to the next one with something unread. */
  #step(/** @type {number} */ by, /** @type {boolean} */ isUnread) {
    const { current } = this.chat;
    const states = this.chat.store.listed().filter((state) => !isUnread || state.room?.slug === current || state.unread > 0 || state.mentions > 0);
    const slugs = states.map((state) => state.room?.slug ?? "");
    if (slugs.length === 0) return;
    const at = slugs.indexOf(current ?? "");
    this.#go(roomPath(slugs[(at + by + slugs.length) % slugs.length]));
  }

  /** From place to place: rooms, head, messages, writing, pane. */
  #cycle(/** @type {KeyboardEvent} */ event) {
    event.preventDefault();
    const places = PLACES.map((name) => this.querySelector(name)).filter((place) => place?.checkVisibility() && !place.closest("[inert]"));
    const at = places.findIndex((place) => place?.contains(document.activeElement));
    const next = places[(at + (event.shiftKey ? places.length - 1 : 1) + (at === -1 && event.shiftKey ? 1 : 0)) % places.length];
    const inside = STOPS.map((name) => next?.querySelector(name)).find(Boolean);
    /** @type {HTMLElement | null | undefined} */ (inside ?? next)?.focus();
  }
}

customElements.define("chat-app", ChatApp);
