// The page: the form that adds and removes, the figures side by side, and a card for each account.
import { html } from "lit";
import { icon } from "/static/js/components/icons.js";
import { ChatElement } from "/static/js/components/element.js";
import { clockTime } from "/static/js/lib/time.js";
import { MOST_LOGINS, addressOf, isLogin, loginsIn, loginsTyped } from "../address.js";
import { LineUp } from "../line-up.js";
import { figures } from "./user-figures.js";
import "./user-card.js";

const EXAMPLES = ["torvalds", "gvanrossum"];
/** How long "Copied" stands there. */
const COPIED_MS = 3000;

class GitHubUsers extends ChatElement {
  static properties = { fault: { state: true }, copied: { state: true } };

  constructor() {
    super();
    this.lineUp = new LineUp();
    this.lineUp.addEventListener("change", () => this.schedule());
    this.fault = "";
    this.copied = false;
    this.onPopState = () => this.lineUp.show(loginsIn(location.search));
    this.onPageHide = () => this.lineUp.stop();
  }

  connectedCallback() {
    super.connectedCallback();
    addEventListener("popstate", this.onPopState);
    addEventListener("pagehide", this.onPageHide);
    // Back from the browser's memory, what was ended there is asked for again.
    addEventListener("pageshow", (event) => event.persisted && location.reload());
    this.lineUp.show(loginsIn(location.search));
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    removeEventListener("popstate", this.onPopState);
    removeEventListener("pagehide", this.onPageHide);
    this.lineUp.stop();
  }

  render() {
    const { people, languages, busiest } = this.lineUp;
    return html`
      ${this.#form()}
      <p class="visually-hidden" role="status">${this.#progress()}</p>
      ${people.length === 0 ? this.#empty() : ""}
      ${people.length > 0 ? figures(people) : ""}
      <ul class="github-cards">
        ${people.map((person) => html`
          <li>
            <github-user-card .person=${person} .version=${this.#version(person)} .languages=${languages} .busiest=${busiest}
              @retry-person=${() => this.lineUp.retry(person)} @remove-person=${() => this.#remove(person.login)}></github-user-card>
          </li>`)}
      </ul>
    `;
  }

  #form() {
    const { people } = this.lineUp;
    const isFull = people.length >= MOST_LOGINS;
    return html`
      <form class="github-form" @submit=${this.#submit}>
        <div class="field">
          <label for="github-login">GitHub login</label>
          <div class="github-add">
            <input id="github-login" name="login" autocomplete="off" autocapitalize="none" spellcheck="false" placeholder="octocat" ?disabled=${isFull}
              aria-invalid=${this.fault ? "true" : "false"} aria-describedby="github-login-help" @input=${() => (this.fault = "")}>
            <button class="button button-primary" type="submit" ?disabled=${isFull}>${icon("plus")} Add</button>
          </div>
          <p id="github-login-help" class=${this.fault ? "error" : "hint"} role=${this.fault ? "alert" : "note"}>
            ${this.fault || (isFull ? `${MOST_LOGINS} are the most that fit. Remove somebody to add another.` : "One login, or several with commas between them.")}
          </p>
        </div>
        <div class="github-foot">
          ${this.#quota()}
          ${people.length > 0 ? html`
            <button class="button button-quiet" type="button" @click=${this.#copy}>${icon(this.copied ? "check" : "link")} ${this.copied ? "Copied" : "Copy the link"}</button>` : ""}
        </div>
      </form>
    `;
  }

  #quota() {
    const { quota } = this.lineUp;
    if (!quota?.limit) return html`<p class="muted">GitHub grants a number of calls an hour; what is left shows up here.</p>`;
    const left = quota.remaining === null ? "some" : quota.remaining.toLocaleString();
    const anew = quota.reset ? `, and ${quota.limit.toLocaleString()} again at ${clockTime(quota.reset)}` : "";
    const isLow = quota.remaining !== null && quota.remaining * 10 < quota.limit;
    return html`<p class=${isLow ? "github-low" : "muted"}>GitHub has ${left} of ${quota.limit.toLocaleString()} calls left${anew}.</p>`;
  }

  #empty() {
    return html`
      <div class="empty github-empty">
        ${icon("people")}
        <h2>Nobody here yet</h2>
        <p>Add a GitHub login above, or look at
          <a href=${addressOf(EXAMPLES)} @click=${this.#example}>${EXAMPLES.join(" and ")}</a>.</p>
      </div>
    `;
  }

  #progress() {
    const { people, isComplete } = this.lineUp;
    if (people.length === 0) return "";
    const there = people.filter((person) => person.trouble || person.overview || person.missing).length;
    const failed = people.filter((person) => person.trouble || person.missing).length;
    if (!isComplete) return `${there} of ${people.length} loaded.`;
    return failed > 0 ? `All loaded; ${failed} of ${people.length} failed.` : "All loaded.";
  }

  /** Changes whenever there is something new to draw of somebody. @param {import("../line-up.js").Person} person */
  #version(person) {
    return [person.user, person.overview, person.trouble, person.missing].map(Boolean).join();
  }

  #submit(/** @type {SubmitEvent} */ event) {
    event.preventDefault();
    const input = /** @type {HTMLInputElement} */ (this.querySelector("#github-login"));
    const typed = loginsTyped(input.value);
    const known = new Set(this.lineUp.logins.map((login) => login.toLowerCase()));
    const fresh = typed.filter((login) => !known.has(login.toLowerCase()));
    this.fault = this.#wrong(typed, fresh);
    if (!this.fault) {
      input.value = "";
      this.#go([...this.lineUp.logins, ...fresh]);
    }
    input.focus();
  }

  /** @param {string[]} typed @param {string[]} fresh */
  #wrong(typed, fresh) {
    const odd = typed.find((login) => !isLogin(login));
    if (typed.length === 0) return "Type a login first.";
    if (odd !== undefined) return `“${odd}” is no GitHub login: letters, digits and single hyphens, at most 39 characters.`;
    if (fresh.length === 0) return `${typed.join(", ")} ${typed.length > 1 ? "are" : "is"} here already.`;
    if (this.lineUp.people.length + fresh.length > MOST_LOGINS) return `At most ${MOST_LOGINS} fit side by side.`;
    return "";
  }

  #example(/** @type {MouseEvent} */ event) {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    this.#go(EXAMPLES);
  }

  /** @param {string[]} logins */
  #go(logins) {
    history.pushState(null, "", addressOf(logins));
    this.lineUp.show(logins);
  }

  /** @param {string} login */
  async #remove(login) {
    this.#go(this.lineUp.logins.filter((other) => other !== login));
    await this.updateComplete;
    // The button that was pressed has gone; the keyboard goes on where one adds.
    /** @type {HTMLElement} */ (this.querySelector("#github-login")).focus();
  }

  async #copy() {
    try {
      await navigator.clipboard.writeText(location.href);
    } catch {
      this.fault = "The browser does not let the page copy. The address is in its address bar.";
      return;
    }
    this.copied = true;
    setTimeout(() => (this.copied = false), COPIED_MS);
  }

  get followsStore() {
    return false;
  }
}

customElements.define("github-users", GitHubUsers);
