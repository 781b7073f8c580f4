// The live view of what a message links to: an issue, a pull request, a repository …; without a body, nothing but the link.
import { html, nothing } from "lit";
import { hasLinkTo, shortAddress, webAddress } from "../lib/plain.js";
import { load, save } from "../lib/storage.js";
import { ChatElement } from "./element.js";
import { icon } from "./icons.js";
import "./time-ago.js";

const FOLDED = "chat.cards.folded";
/** Folded cards that are remembered; the first ones are forgotten first. */
const MOST_FOLDED = 200;

/** @type {Record<string, { word: string, sign: import("./icons.js").Sign }>} */
const KINDS = {
  user: { word: "Account", sign: "person" },
  repository: { word: "Repository", sign: "book" },
  issue: { word: "Issue", sign: "issue" },
  pull: { word: "Pull request", sign: "pull" },
  commit: { word: "Commit", sign: "commit" },
  release: { word: "Release", sign: "tag" },
  code: { word: "Code", sign: "code" },
};
const OTHER = /** @type {const} */ ({ word: "Link", sign: "link" });
/** Those of the protocol; later ones are drawn as plain words. */
const STATES = new Set(["open", "closed", "merged", "draft", "prerelease", "archived"]);
/** The kinds that are taller, as an address tells them before there is a body. */
const CODE = /\/blob\//u;
const NUMBERED = /\/(?:issues|pull)\/\d+$/u;
/** The facts that somebody waits for. */
const VERDICTS = new Set(["review", "checks"]);
/** The ends of names that are shown whole. */
const REF = /[#@ ][^#@ ]*$/u;
const FILE = /[/ ][^/]*$/u;
const COLOUR = /^[0-9a-f]{6}$/iu;

/** The cards of a message, in its order. They change by themselves, which is not read out. @param {import("../chat.js").Chat} chat @param {import("../protocol.js").Message} message */
export function cardsOf(chat, message) {
  if (message.deleted || !message.cards?.length) return "";
  return html`<div class="cards" aria-live="off">${message.cards.map((link) => html`<github-card .chat=${chat} .link=${link} .isInText=${hasLinkTo(message, link.url)}></github-card>`)}</div>`;
}

/** It has one height, whatever it shows, so that nothing below it moves when its body comes or changes. */
class GitHubCard extends ChatElement {
  static properties = { ...ChatElement.properties, link: { attribute: false }, isInText: { attribute: false } };

  constructor() {
    super();
    /** @type {import("../protocol.js").CardLink} */
    this.link = { id: 0, url: "" };
    /** Whether the text of the message links there already. */
    this.isInText = true;
    /** The version that is on the screen. */
    this.drawn = 0;
    this.timer = 0;
    this.onCard = (/** @type {any} */ event) => event.detail === this.link.id && this.schedule();
    this.onFold = () => this.requestUpdate();
  }

  /** It listens to the cards alone. */
  get followsStore() {
    return false;
  }

  connectedCallback() {
    super.connectedCallback();
    this.chat.store.cards.addEventListener("card", this.onCard);
    document.addEventListener("card-folded", this.onFold);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.chat.store.cards.removeEventListener("card", this.onCard);
    document.removeEventListener("card-folded", this.onFold);
    clearTimeout(this.timer);
  }

  willUpdate(/** @type {Map<string, unknown>} */ changed) {
    const before = /** @type {import("../protocol.js").CardLink | undefined} */ (changed.get("link"));
    if (before && before.id !== this.link.id) this.drawn = 0;
  }

  get card() {
    return this.chat.store.cards.body(this.link.id);
  }

  render() {
    const { card } = this;
    if (card) return this.#card(card);
    const awaitedMs = this.chat.store.cards.awaitedMs(this.link.id);
    clearTimeout(this.timer);
    if (awaitedMs === 0) return this.#bare();
    this.timer = setTimeout(() => this.requestUpdate(), awaitedMs);
    return html`<div class="card skeleton kind-${kindAt(this.link.url)} ${this.folded ? "folded" : ""}" aria-hidden="true"><i></i><b></b><s></s></div>`;
  }

  /** `owner/name#12` in a text is no link by itself, and there may never be a body that is one. */
  #bare() {
    const address = this.isInText ? null : webAddress(this.link.url);
    if (!address) return nothing;
    return html`<a class="card-bare" href=${address.href} target="_blank" rel="noopener noreferrer nofollow">${icon("link")} <span class="truncate">${shortAddress(address)}</span></a>`;
  }

  #card(/** @type {import("../protocol.js").Card} */ card) {
    const { word, sign } = KINDS[card.kind] ?? OTHER;
    const { folded } = this;
    const title = card.kind === "code" ? "" : this.#link(card, "card-title", card.title || card.name);
    const name = `${word} ${wholeName(card)}${card.state ? `, ${card.state}` : ""}${card.private ? ", private" : ""}`;
    return html`
      <section class="card kind-${KINDS[card.kind] ? card.kind : "other"} ${folded ? "folded" : ""}" aria-label=${name}>
        <header class="card-head">
          <span class="card-sign ${stateClass(card.state)}" title=${word}>${icon(sign)}</span>
          ${card.kind === "code" ? this.#link(card, "card-name", nameParts(wholeName(card), FILE)) : html`<span class="card-name">${nameParts(card.name, REF)}</span>`}
          ${card.state ? html`<span class="card-state ${stateClass(card.state)}">${card.state}</span>` : ""}
          ${card.private ? html`<span class="card-private" title="Only people whose own GitHub account may see it are shown this card">${icon("lock")} <span class="card-private-word">Private</span></span>` : ""}
          ${folded ? title : ""}
          <button class="card-fold icon-button" type="button" aria-expanded=${!folded} aria-label="${folded ? "Unfold" : "Fold"} the card of ${wholeName(card)}" @click=${() => this.#fold()}>${icon("chevron")}</button>
        </header>
        ${folded ? "" : html`
          ${title}
          ${this.#excerpt(card)}
          ${this.#foot(card)}`}
      </section>
    `;
  }

  #link(/** @type {import("../protocol.js").Card} */ card, /** @type {string} */ look, /** @type {unknown} */ text) {
    return html`<a class=${look} href=${card.url} title=${look === "card-name" ? wholeName(card) : nothing} target="_blank" rel="noopener noreferrer">${text}</a>`;
  }

  #excerpt(/** @type {import("../protocol.js").Card} */ card) {
    const { kind, excerpt } = card;
    if (!excerpt) return "";
    if (kind !== "code") return html`<p class="card-excerpt">${excerpt}</p>`;
    return html`<pre class="card-code" tabindex="0" role="region" aria-label="Lines of ${wholeName(card)}"><code>${excerpt}</code></pre>`;
  }

  /** What is decided or checked comes before the labels, of which there may be many. */
  #foot(/** @type {import("../protocol.js").Card} */ card) {
    const { author, facts, labels } = card;
    const all = [...(author ? [`by ${author}`] : []), ...facts.map(({ name, value }) => `${name} ${value}`), ...labels.map(({ name }) => name)];
    return html`
      <footer class="card-foot" title=${all.join(" · ") || nothing}>
        <ul class="card-facts">
          ${author ? html`<li>by ${author}</li>` : ""}
          ${facts.map(({ name, value }) => html`<li class=${VERDICTS.has(name) ? "card-verdict" : nothing}><span class="muted">${name}</span> ${value}</li>`)}
          ${labels.map(({ name, color }) => html`<li class="card-label" data-color=${COLOUR.test(color) ? color : nothing}>${name}</li>`)}
        </ul>
        <span class="card-as-of ${card.stale ? "stale" : ""}" title=${card.stale ? "GitHub could not be asked since" : nothing}>
          ${card.stale ? html`${icon("alert")} not up to date, ` : ""}as of <time-ago .at=${card.as_of}></time-ago>
        </span>
      </footer>
    `;
  }

  updated() {
    // A colour is no word of ours, and the policy of the page allows no style in its HTML.
    for (const label of /** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll("[data-color]"))) label.style.setProperty("--label", `#${label.dataset.color}`);
    const version = this.card?.version ?? 0;
    if (this.drawn > 0 && version > this.drawn) this.#flash();
    this.drawn = version;
  }

  /** Once, and with nothing that moves. */
  #flash() {
    const shown = /** @type {HTMLElement | null} */ (this.querySelector(".card"));
    shown?.classList.remove("fresh");
    requestAnimationFrame(() => shown?.classList.add("fresh"));
    shown?.addEventListener("animationend", () => shown.classList.remove("fresh"), { once: true });
  }

  /** Whether somebody wanted less of it; by address, so that it holds in every room and after an import. */
  get folded() {
    return load(FOLDED, /** @type {string[]} */ ([])).includes(this.link.url);
  }

  #fold() {
    const others = load(FOLDED, /** @type {string[]} */ ([])).filter((url) => url !== this.link.url);
    save(FOLDED, (this.folded ? others : [...others, this.link.url]).slice(-MOST_FOLDED));
    document.dispatchEvent(new Event("card-folded"));
  }
}

/** What a card is of. Code has its file as its title, without which one card of a repository is like the next. @param {import("../protocol.js").Card} card */
function wholeName({ kind, name, title }) {
  return kind === "code" && title ? `${name} ${title}` : name;
}

/** Where room is short, the end is what tells one from the other: a number, the name of a file. */
function nameParts(/** @type {string} */ name, /** @type {RegExp} */ end) {
  const at = name.search(end);
  return at < 1 ? html`<span class="truncate">${name}</span>` : html`<span class="truncate">${name.slice(0, at)}</span><span class="card-ref">${name.slice(at)}</span>`;
}

/** As far as it decides about the height. */
function kindAt(/** @type {string} */ url) {
  return CODE.test(url) ? "code" : NUMBERED.test(url) ? "pull" : "other";
}

function stateClass(/** @type {string | null} */ state) {
  return state && STATES.has(state) ? `is-${state}` : "";
}

customElements.define("github-card", GitHubCard);
