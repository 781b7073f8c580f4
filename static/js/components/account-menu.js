// Who you are, at the foot of the rooms: theme, administration, sign out; or the way in.
import { html } from "lit";
import { csrfToken } from "../api.js";
import { ChatElement } from "./element.js";
import { icon } from "./icons.js";
import { userAvatar } from "./user-avatar.js";

/** The pages that other apps of this installation bring, as the page itself names them. */
const PAGES = /** @type {HTMLLinkElement[]} */ ([...document.querySelectorAll('link[rel="related"]')]);
const THEMES = /** @type {const} */ ([["light", "Light", "sun"], ["dark", "Dark", "moon"], ["system", "System", "screen"]]);

class AccountMenu extends ChatElement {
  static properties = { ...ChatElement.properties, open: { state: true } };

  constructor() {
    super();
    this.open = false;
  }

  connectedCallback() {
    super.connectedCallback();
    this.addEventListener("focusout", (event) => {
      if (event.relatedTarget instanceof Node && !this.contains(event.relatedTarget)) this.open = false;
    });
    this.addEventListener("keydown", (event) => this.#keys(event));
    this.outside = (/** @type {Event} */ event) => {
      if (!this.contains(/** @type {Node} */ (event.target))) this.open = false;
    };
    addEventListener("pointerdown", this.outside);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    removeEventListener("pointerdown", /** @type {any} */ (this.outside));
  }

  render() {
    const { me, ready } = this.chat.store;
    if (!ready) return html`<div class="account-trigger" aria-hidden="true"></div>`;
    return html`
      ${this.open ? this.#menu(me) : ""}
      <button class="account-trigger" type="button" aria-expanded=${this.open} aria-controls="account-panel" @click=${() => (this.open = !this.open)}>
        ${me ? userAvatar(me) : html`<span class="avatar avatar-empty" aria-hidden="true">${icon("person")}</span>`}
        <span class="account-name">
          <span class="truncate">${me ? me.name : "Not signed in"}</span>
          <span class="muted">${me ? (me.kind === "guest" ? "Guest" : `@${me.username ?? me.name}`) : "Just looking"}</span>
        </span>
        ${icon("chevron")}
        <span class="visually-hidden">, your account</span>
      </button>
    `;
  }

  #menu(/** @type {import("../protocol.js").Me | null} */ me) {
    const next = encodeURIComponent(location.pathname);
    const isMember = me && me.kind !== "guest";
    return html`
      <div class="account-panel" id="account-panel" role="group" aria-label="Your account">
        <fieldset class="theme-switch">
          <legend class="visually-hidden">Theme</legend>
          ${THEMES.map(([value, label, sign]) => html`
            <label>
              <input class="visually-hidden" type="radio" name="theme" value=${value} .checked=${globalThis.chatTheme.get() === value} @change=${() => this.#theme(value)}>
              ${icon(sign)} ${label}
            </label>`)}
        </fieldset>
        ${me ? html`<button class="menu-item" type="button" @click=${() => this.#profile()}>${icon("person")} Profile and notifications</button>` : ""}
        ${isMember ? PAGES.map(({ href, title }) => html`<a class="menu-item" href=${href}>${icon("people")} ${title}</a>`) : ""}
        ${isMember ? html`<a class="menu-item" href="/accounts/password/change/">${icon("key")} Change password</a>` : ""}
        ${isMember ? html`<a class="menu-item" href="/accounts/sessions/">${icon("screen")} Sessions and tokens</a>` : ""}
        ${me?.staff ? html`<a class="menu-item" href="/admin/">${icon("shield")} Administration</a>` : ""}
        ${isMember ? "" : html`<a class="menu-item" href="/accounts/login/?next=${next}">${icon("person")} Sign in</a>`}
        ${isMember || this.chat.store.rules.signup !== "open" ? "" : html`<a class="menu-item" href="/accounts/signup/?next=${next}">${icon("plus")} Create an account</a>`}
        ${me ? html`<form method="post" action="/accounts/logout/">
          <input type="hidden" name="csrfmiddlewaretoken" .value=${csrfToken()}>
          <button class="menu-item" type="submit">${icon("leave")} Sign out</button>
        </form>` : ""}
      </div>
    `;
  }

  #profile() {
    this.open = false;
    this.emit("open-profile");
  }

  #theme(/** @type {string} */ value) {
    globalThis.chatTheme.set(value);
    this.requestUpdate();
  }

  #keys(/** @type {KeyboardEvent} */ event) {
    if (event.key !== "Escape" || !this.open) return;
    event.stopPropagation();
    this.open = false;
    /** @type {HTMLElement} */ (this.querySelector(".account-trigger")).focus();
  }
}

customElements.define("account-menu", AccountMenu);
