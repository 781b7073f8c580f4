// Tells the server whether somebody is there: idle after a while without a key or a touch, or behind other tabs. No DOM.

/** So long without input, or out of sight, counts as being away, in milliseconds. */
export const IDLE_MS = 5 * 60_000;
const HIDDEN_MS = 60_000;

export class Presence {
  /** @type {"active" | "idle"} */
  state = "active";
  #hidden = false;
  #timer = 0;

  /** @param {(state: "active" | "idle") => void} tell */
  constructor(tell) {
    this.tell = tell;
    this.#wait(IDLE_MS);
  }

  /** Somebody types, clicks, scrolls. */
  moved() {
    this.#become("active");
    this.#wait(this.#hidden ? HIDDEN_MS : IDLE_MS);
  }

  /** @param {boolean} hidden whether the page is out of sight */
  hide(hidden) {
    this.#hidden = hidden;
    if (hidden) this.#wait(HIDDEN_MS);
    else this.moved();
  }

  /** A new connection counts as active until it says otherwise. */
  greet() {
    if (this.state === "idle") this.tell("idle");
  }

  #wait(/** @type {number} */ ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#become("idle"), ms);
  }

  #become(/** @type {"active" | "idle"} */ state) {
    if (this.state === state) return;
    this.state = state;
    this.tell(state);
  }
}
