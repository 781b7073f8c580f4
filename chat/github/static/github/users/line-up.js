// Everybody on the page and what is known of them so far: starts what must be asked, ends what nobody wants any more.
import { accounts, overview, troubleOf } from "./ask.js";
import { MOST_LOGINS } from "./address.js";

/**
 * @typedef {object} Person
 * @property {string} login as it was asked for
 * @property {number} tone the colour that stays theirs
 * @property {AbortController} asking
 * @property {import("./ask.js").User | null} user
 * @property {import("./ask.js").Source | null} source
 * @property {number | null} age in seconds, of what is in `user`
 * @property {import("./ask.js").Trouble | null} trouble with the account itself
 * @property {import("./ask.js").Overview | null} overview
 * @property {import("./ask.js").Trouble | null} missing why there is no overview
 */

/** So many overviews are asked for at once: what is at the top of the page is there first. */
const OVERVIEWS_AT_ONCE = 3;

/** @type {import("./ask.js").Trouble} */
const BROKEN_OFF = { status: 0, code: "disconnected", detail: "The answer broke off before this account came." };

/** Tells of a "change" whenever there is something new to draw. */
export class LineUp extends EventTarget {
  constructor() {
    super();
    /** @type {Person[]} */
    this.people = [];
    /** @type {import("./ask.js").Quota | null} */
    this.quota = null;
    /** @type {Person[]} */
    this.waiting = [];
    this.busy = 0;
  }

  get logins() {
    return this.people.map((person) => person.login);
  }

  /** Whether everything that was asked for has come, or failed. */
  get isComplete() {
    return this.people.every((person) => person.trouble || person.overview || person.missing);
  }

  /** Every language of anybody here: each has one colour on the whole page. */
  get languages() {
    const names = this.people.flatMap(({ overview }) => overview?.languages ?? []).map(({ name }) => name);
    return [...new Set(names)];
  }

  /** The most that anybody did on a day: everybody's days are drawn on one scale. */
  get busiest() {
    return Math.max(1, ...this.people.flatMap(({ overview }) => overview?.activity?.days ?? []).map(({ events }) => events));
  }

  /** Show exactly these, in this order; who is here already stays as they are. @param {string[]} logins */
  show(logins) {
    const known = new Map(this.people.map((person) => [person.login.toLowerCase(), person]));
    const wanted = new Set(logins.map((login) => login.toLowerCase()));
    for (const person of this.people) if (!wanted.has(person.login.toLowerCase())) person.asking.abort();
    this.people = this.people.filter((person) => wanted.has(person.login.toLowerCase()));
    const fresh = /** @type {Person[]} */ ([]);
    this.people = logins.map((login) => {
      const person = known.get(login.toLowerCase()) ?? this.#newcomer(login);
      if (!known.has(login.toLowerCase())) fresh.push(person);
      if (!this.people.includes(person)) this.people.push(person);
      return person;
    });
    if (fresh.length > 0) this.#ask(fresh);
    this.#changed();
  }

  /** Ask again for what failed. @param {Person} person */
  retry(person) {
    const known = person.user !== null;
    person.asking.abort();
    Object.assign(person, { asking: new AbortController(), trouble: null, overview: null, missing: null });
    if (known) this.#line(person);
    else this.#ask([person]);
    this.#changed();
  }

  /** End everything that is under way. */
  stop() {
    for (const person of this.people) person.asking.abort();
  }

  /** @param {string} login @returns {Person} */
  #newcomer(login) {
    const taken = new Set(this.people.map((person) => person.tone));
    const tone = Array.from({ length: MOST_LOGINS }, (_, number) => number).find((number) => !taken.has(number)) ?? 0;
    return { login, tone, asking: new AbortController(), user: null, source: null, age: null, trouble: null, overview: null, missing: null };
  }

  /** One stream for all who are new; it ends when none of them is wanted any more. @param {Person[]} people */
  async #ask(people) {
    const stream = new AbortController();
    const signals = people.map((person) => person.asking.signal);
    const isWanted = (/** @type {Person} */ person, /** @type {number} */ number) => !signals[number].aborted && !person.user && !person.trouble;
    for (const signal of signals) signal.addEventListener("abort", () => people.some(isWanted) || stream.abort());
    let trouble = BROKEN_OFF;
    try {
      for await (const item of accounts(people.map(({ login }) => login), stream.signal)) {
        if (item.done) this.quota = item.quota;
        else if (!signals[item.index].aborted) this.#arrived(people[item.index], item);
        this.#changed();
      }
    } catch (error) {
      trouble = troubleOf(error);
    }
    for (const person of people.filter(isWanted)) person.trouble = trouble;
    this.#changed();
  }

  /** @param {Person} person @param {import("./ask.js").Item} item */
  #arrived(person, item) {
    Object.assign(person, { user: item.user ?? null, source: item.source, age: item.age, trouble: item.error ?? null });
    if (item.user) this.#line(person);
  }

  /** Let them wait for their overview. @param {Person} person */
  #line(person) {
    this.waiting.push(person);
    this.#next();
  }

  #next() {
    // The order of the page, not of arrival.
    this.waiting = this.people.filter((person) => this.waiting.includes(person));
    while (this.busy < OVERVIEWS_AT_ONCE && this.waiting.length > 0) {
      this.busy += 1;
      this.#look(/** @type {Person} */ (this.waiting.shift()));
    }
  }

  /** @param {Person} person */
  async #look(person) {
    const { signal } = person.asking;
    try {
      const found = await overview(person.login, signal);
      this.quota = found.quota;
      if (!signal.aborted) person.overview = found;
    } catch (error) {
      if (!signal.aborted) person.missing = troubleOf(error);
    }
    this.busy -= 1;
    this.#next();
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}
