// Says when the connection is away for more than a moment, when it tries again, and that it is back.
import { html } from "lit";
import { counted } from "../lib/phrases.js";
import { ChatElement } from "./element.js";
import { icon } from "./icons.js";

/** A shorter loss is nobody's business. */
const PATIENCE_MS = 2_000;
const TICK_MS = 500;

class ConnectionBanner extends ChatElement {
  constructor() {
    super();
    this.wasShown = false;
    this.missed = 0;
    this.timer = 0;
  }

  connectedCallback() {
    super.connectedCallback();
    this.chat.addEventListener("resumed", (event) => (this.missed += /** @type {CustomEvent} */ (event).detail.missed));
    this.chat.connection.addEventListener("hello", () => this.#back());
    this.timer = setInterval(() => {
      if (this.chat.connection.state.lostAt !== null || this.wasShown) this.requestUpdate();
    }, TICK_MS);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.timer);
  }

  render() {
    const { name, lostAt } = this.chat.connection.state;
    const isLost = name === "stopped" || (lostAt !== null && Date.now() - lostAt > PATIENCE_MS);
    if (isLost) this.wasShown = true;
    return html`<div class="banner-place" role="status">${isLost ? this.#banner() : ""}</div>`;
  }

  #banner() {
    const { name, retryAt, code, reason } = this.chat.connection.state;
    if (name === "stopped") return this.#stopped(code);
    if (name === "connecting") return html`<div class="banner">${icon("retry")} <span>Connecting …</span></div>`;
    const seconds = Math.max(0, Math.ceil(((retryAt ?? 0) - Date.now()) / 1000));
    const why = code === 1012 || reason === "restarting" ? "The server is being updated." : "No connection.";
    return html`
      <div class="banner">
        ${icon("alert")}
        <span>${why} <span class="banner-more">What you write is kept and sent later. </span><span aria-hidden="true">Trying again in ${seconds} s.</span></span>
        <button class="button" type="button" @click=${() => this.chat.connection.wake()}>Try now</button>
      </div>
    `;
  }

  #stopped(/** @type {number | null} */ code) {
    const next = encodeURIComponent(location.pathname);
    if (code === 4401) {
      return html`<div class="banner alert">${icon("alert")} <span>Your session has ended.</span> <a class="button" href="/accounts/login/?next=${next}">Sign in</a></div>`;
    }
    return html`
      <div class="banner alert">
        ${icon("alert")} <span>The server has closed this connection.</span>
        <button class="button" type="button" @click=${() => location.reload()}>Reload</button>
      </div>
    `;
  }

  #back() {
    if (!this.wasShown) return;
    this.wasShown = false;
    // The missed messages come right behind the hello.
    setTimeout(() => {
      const text = this.missed > 0 ? `Back online. ${counted(this.missed, "missed message")} loaded.` : "Back online.";
      this.missed = 0;
      this.chat.dispatchEvent(new CustomEvent("notice", { detail: text }));
    }, 700);
  }
}

customElements.define("connection-banner", ConnectionBanner);
