// One account: who it is, its languages, what it did lately, its best known repositories; or why it is not there.
import { html } from "lit";
import { ChatElement } from "/static/js/components/element.js";
import { icon } from "/static/js/components/icons.js";
import { initials } from "/static/js/lib/identity.js";
import { counted } from "/static/js/lib/phrases.js";
import "/static/js/components/time-ago.js";
import { columns, shares, toneOf } from "../plots.js";

/** @typedef {import("../ask.js").Overview} Overview @typedef {import("../ask.js").Day} Day */

/** As many as one reads of each of several people. */
const REPOSITORIES_SHOWN = 3;
const EVENTS_SHOWN = 5;
const PARTS = { profile: "The profile", repositories: "Repositories and languages", activity: "The activity" };

const dayFormat = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", timeZone: "UTC" });

class UserCard extends ChatElement {
  static properties = { person: { attribute: false }, version: { attribute: false }, languages: { attribute: false }, busiest: { attribute: false } };

  constructor() {
    super();
    /** @type {import("../line-up.js").Person} */
    this.person = /** @type {any} */ (undefined);
    this.version = "";
    /** What it shares with the others, so that colours and heights can be compared. */
    this.languages = /** @type {string[]} */ ([]);
    this.busiest = 1;
  }

  get followsStore() {
    return false;
  }

  render() {
    const { user, trouble, login, overview, tone } = this.person;
    const name = user?.name || user?.username || login;
    return html`
      <article class="github-card ${toneOf(tone)}" aria-label=${user?.username ?? login} aria-busy=${!trouble && !overview && !this.person.missing}>
        <header>
          <span class="avatar" aria-hidden="true">${initials(name)}</span>
          <div class="github-who">
            <h2>${name}</h2>
            ${user ? html`<a href=${user.html_url} rel="noreferrer">@${user.username}</a>` : html`<span class="muted">@${login}</span>`}
          </div>
          <button class="icon-button" type="button" aria-label="Remove ${login}" @click=${() => this.emit("remove-person")}>${icon("close")}</button>
        </header>
        ${trouble ? this.#trouble(trouble.detail, trouble) : ""}
        ${user && overview ? this.#overview(overview, user) : ""}
        ${this.person.missing ? this.#trouble(`The rest could not be fetched: ${this.person.missing.detail}`, this.person.missing) : ""}
        ${!trouble && !overview && !this.person.missing ? skeleton() : ""}
      </article>
    `;
  }

  /** @param {string} detail @param {import("../ask.js").Trouble} trouble */
  #trouble(detail, { code, retry_after }) {
    const wait = retry_after ? ` Try again in ${counted(Math.ceil(retry_after), "second")}.` : "";
    const isFinal = code === "not_found" || code === "invalid";
    return html`
      <div class="notice notice-error github-trouble">
        <p>${detail}${wait}</p>
        ${code === "unauthenticated" ? html`<a class="button" href="/accounts/login/?next=${encodeURIComponent(location.pathname + location.search)}">Sign in</a>` : ""}
        ${isFinal || code === "unauthenticated" ? "" : html`<button class="button" type="button" @click=${() => this.emit("retry-person")}>${icon("retry")} Try again</button>`}
      </div>
    `;
  }

  /** @param {Overview} overview @param {import("../ask.js").User} user */
  #overview(overview, user) {
    const { profile, errors } = overview;
    const facts = [profile?.company, profile?.location].filter(Boolean).join(" · ");
    return html`
      ${profile?.bio ? html`<p class="github-bio">${profile.bio}</p>` : ""}
      ${facts ? html`<p class="muted">${facts}</p>` : ""}
      ${overview.languages ? languages(overview.languages, this.languages) : ""}
      ${overview.activity ? activity(overview.activity, this.busiest) : ""}
      ${overview.top_repositories?.length ? repositories(overview) : ""}
      ${overview.recent_activity?.length ? events(overview.recent_activity, user) : ""}
      ${errors.length > 0 ? this.#parts(errors) : ""}
      <p class="github-age">${age(overview)}</p>
    `;
  }

  /** @param {Overview["errors"]} errors */
  #parts(errors) {
    const words = errors.map(({ part, detail }) => `${PARTS[/** @type {"profile"} */ (part)] ?? part}: ${detail}`);
    return this.#trouble(words.join(" "), errors[0]);
  }
}

/** @param {import("../ask.js").Language[]} found @param {string[]} all */
function languages(found, all) {
  if (found.length === 0) return html`<section><h3>Languages</h3><p class="muted">None that GitHub knows.</p></section>`;
  return html`
    <section>
      <h3>Languages <span class="muted">by repositories</span></h3>
      ${shares(found, all)}
      <ul class="github-legend">
        ${found.map(({ name, repositories }) => html`
          <li class=${toneOf(all.indexOf(name))}><svg class="plot-dot" viewBox="0 0 10 10" aria-hidden="true"><circle cx="5" cy="5" r="5"></circle></svg>${name} <span class="muted">${repositories}</span></li>`)}
      </ul>
    </section>
  `;
}

/** @param {import("../ask.js").Activity} shown @param {number} busiest */
function activity(shown, busiest) {
  const known = shown.days.filter(({ day }) => day >= shown.since);
  const busy = known.filter(({ events }) => events > 0);
  const since = shown.complete ? "the last 30 days" : `since ${dayName(shown.since)}`;
  return html`
    <section>
      <h3>Activity <span class="muted">${counted(shown.counted, "public event")}, ${since}</span></h3>
      ${columns(shown.days, shown.since, busiest, words)}
      <p class="github-axis" aria-hidden="true"><span>${dayName(shown.days[0].day)}</span><span>today</span></p>
      ${busy.length === 0 ? "" : html`
        <details>
          <summary>As a list</summary>
          <ul class="github-days">${busy.toReversed().map((day) => html`<li>${words(day)}</li>`)}</ul>
        </details>`}
    </section>
  `;
}

/** @param {Overview} overview */
function repositories({ top_repositories, repositories: sums }) {
  const of = sums && !sums.complete ? html` <span class="muted">of the ${sums.counted} changed last</span>` : "";
  return html`
    <section>
      <h3>Most stars${of}</h3>
      <ul class="github-list">
        ${(top_repositories ?? []).slice(0, REPOSITORIES_SHOWN).map((each) => html`
          <li>
            <a href=${each.html_url} rel="noreferrer">${each.name}</a>
            <span class="muted">${counted(each.stars, "star")}${each.language ? ` · ${each.language}` : ""}</span>
          </li>`)}
      </ul>
    </section>
  `;
}

/** @param {import("../ask.js").RecentEvent[]} recent @param {import("../ask.js").User} user */
function events(recent, user) {
  return html`
    <section>
      <h3>Lately</h3>
      <ul class="github-list">
        ${recent.slice(0, EVENTS_SHOWN).map((event) => html`
          <li>
            <a href=${event.url ?? new URL(`/${event.repository}`, user.html_url).href} rel="noreferrer">${event.text}</a>
            <span class="muted">${event.repository} · <time-ago .at=${event.at}></time-ago></span>
          </li>`)}
      </ul>
    </section>
  `;
}

function skeleton() {
  return html`<div class="github-skeleton" aria-hidden="true"><span class="skeleton-line"></span><span class="skeleton-line"></span><span class="skeleton-block"></span></div>`;
}

/** Where it is from, by the oldest of its parts. @param {Overview} overview */
function age({ sources }) {
  const oldest = Object.values(sources).sort((one, other) => other.age - one.age)[0];
  if (!oldest) return "";
  const when = oldest.age < 1 ? "just now" : `${counted(Math.round(oldest.age), "second")} ago`;
  const isStale = Object.values(sources).some(({ source }) => source === "stale");
  return isStale ? `GitHub does not answer now. This is what it said ${when}.` : `As GitHub said ${when}.`;
}

/** @param {Day} day */
function words({ day, events }) {
  return `${dayName(day)}: ${counted(events, "event")}`;
}

/** @param {string} day */
function dayName(day) {
  return dayFormat.format(new Date(`${day}T00:00:00Z`));
}

customElements.define("github-user-card", UserCard);
