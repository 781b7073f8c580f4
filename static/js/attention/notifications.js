// Says what concerns this person: in the page while they look at it, else by a notice of the system, once in all tabs.
import { load, save } from "../lib/storage.js";

const KEY = "chat.notifications";
/** A tab that somebody looks at comes first; after this the others may speak, in milliseconds. */
const HEAD_START_MS = 400;
/** As long is the word kept, so that no other tab repeats it. */
const KEPT_MS = 10_000;

/**
 * @typedef {{ kind: "mention" | "direct" | "reply", room: string, message_id: number, text: string }} Notice
 * Events: "notice" (detail: Notice, to be shown in the page), "open" (detail: Notice, it was clicked).
 */
export class Notifications extends EventTarget {
  /** @param {{ looks: () => boolean, title: (notice: Notice) => string }} page */
  constructor(page) {
    super();
    this.page = page;
  }

  /** Whether this browser can show them at all: plain HTTP to another machine cannot. */
  get possible() {
    return globalThis.isSecureContext && "Notification" in globalThis;
  }

  get on() {
    return this.possible && Notification.permission === "granted" && load(KEY, false);
  }

  get denied() {
    return this.possible && Notification.permission === "denied";
  }

  /** Asked for by a button, which says why. @returns {Promise<boolean>} whether they are on now */
  async turnOn() {
    const answer = await Notification.requestPermission();
    save(KEY, answer === "granted");
    return this.on;
  }

  turnOff() {
    save(KEY, null);
  }

  /** @param {Notice} notice @param {boolean} isOnScreen whether the message can be seen here */
  async arrive(notice, isOnScreen) {
    // What comes before they are turned on is not shown after it.
    const [looks, on] = [this.page.looks(), this.on];
    if (looks && !isOnScreen) this.dispatchEvent(new CustomEvent("notice", { detail: notice }));
    if (!looks) await new Promise((resolve) => setTimeout(resolve, HEAD_START_MS));
    this.#once(notice, () => looks || (on && this.#show(notice)));
  }

  /** The first tab that asks has the word. Without locks each has, and the system puts one in place of the other. */
  #once(/** @type {Notice} */ notice, /** @type {() => unknown} */ speak) {
    if (!navigator.locks) {
      speak();
      return;
    }
    navigator.locks.request(`chat.notice.${notice.message_id}`, { ifAvailable: true }, async (lock) => {
      if (!lock) return;
      speak();
      await new Promise((resolve) => setTimeout(resolve, KEPT_MS));
    });
  }

  #show(/** @type {Notice} */ notice) {
    if (!this.on) return;
    const shown = new Notification(this.page.title(notice), { body: notice.text, tag: `chat-${notice.message_id}`, icon: "/static/img/icon.svg" });
    shown.onclick = () => {
      shown.close();
      globalThis.focus();
      this.dispatchEvent(new CustomEvent("open", { detail: notice }));
    };
  }
}
