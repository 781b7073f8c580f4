// For people nobody knows yet: come in as a guest, or sign in. The server decides what it lets them do.
import { html } from "lit";
import { ChatElement } from "./element.js";

class JoinPanel extends ChatElement {
  static properties = { ...ChatElement.properties, problem: { state: true }, busy: { state: true } };

  constructor() {
    super();
    this.problem = "";
    this.busy = false;
  }

  render() {
    const next = encodeURIComponent(location.pathname);
    const { guests, signup } = this.chat.store.rules;
    return html`
      <section class="join-panel" aria-label="Join the conversation">
        ${guests === "off" ? html`<p class="join-title">Sign in to join the conversation.</p>` : this.#guestForm()}
        <p class="join-ways">
          <a class="button ${guests === "off" ? "button-primary" : ""}" href="/accounts/login/?next=${next}">Sign in</a>
          ${signup === "open" ? html`<a class="button button-quiet" href="/accounts/signup/?next=${next}">Create an account</a>` : ""}
        </p>
        <p class="error" role="alert">${this.problem}</p>
      </section>
    `;
  }

  #guestForm() {
    return html`
      <form class="join-form" @submit=${(/** @type {SubmitEvent} */ event) => this.#submit(event)}>
        <label class="join-title" for="guest-name">${this.chat.store.rules.guests === "read" ? "Follow along as a guest" : "Join as a guest"}</label>
        <div class="join-row">
          <input class="input" id="guest-name" name="name" maxlength="60" autocomplete="nickname" placeholder="Your name" aria-describedby="guest-hint">
          <button class="button button-primary" type="submit" ?disabled=${this.busy}>Join</button>
        </div>
        <p class="visually-hidden" id="guest-hint">Without a name you are given one.</p>
      </form>
    `;
  }

  async #submit(/** @type {SubmitEvent} */ event) {
    event.preventDefault();
    const name = String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get("name") ?? "").trim();
    this.busy = true;
    try {
      await this.chat.joinAsGuest(name);
    } catch (error) {
      this.problem = /** @type {Error} */ (error).message;
    } finally {
      this.busy = false;
    }
  }
}

customElements.define("join-panel", JoinPanel);
