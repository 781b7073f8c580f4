// Loads what lies outside of the windows: older pages, threads, places far back, what is unread. By HTTP.
import * as api from "./api.js";
import { MessageWindow } from "./state/window.js";

const PAGE = 50;
/** What is read before the line "New" is found comes in fewer and larger ones. */
const LARGE_PAGE = 100;
const UNREAD_PAGES = 5;
const REPLY_PAGES = 20;

export class History {
  /** @param {import("./store.js").Store} store */
  constructor(store) {
    this.store = store;
  }

  /**
   * Load the page above what is shown, of the room or of one of its threads.
   * @param {string} slug
   * @param {{ thread?: number | null, limit?: number }} [place]
   */
  loadOlder(slug, { thread = null, limit = PAGE } = {}) {
    const window = this.#shown(slug, thread);
    if (!window.hasOlder || window.loadingOlder) return Promise.resolve();
    const page = { before: window.oldest, thread, limit };
    return this.#load(slug, window, "loadingOlder", async () => this.store.setPage(slug, "addOlder", await api.messages(slug, page), { thread, window }));
  }

  /** Load the page below a place far back; where it reaches the newest messages, it becomes one with them. @param {string} slug */
  loadNewer(slug) {
    const state = this.store.room(slug);
    const { excerpt } = state;
    if (!excerpt || excerpt.loadingNewer) return Promise.resolve();
    return this.#load(slug, excerpt, "loadingNewer", async () => {
      this.store.setPage(slug, "addNewer", await api.messages(slug, { after: excerpt.newest }), { window: excerpt });
      if (excerpt.hasNewer && excerpt.newest < state.oldest) return;
      state.addOlder({ messages: excerpt.list(), has_older: excerpt.hasOlder });
      state.excerpt = null;
    });
  }

  /** The newest replies of a thread. @param {string} slug @param {number} thread */
  openThread(slug, thread) {
    const window = this.store.room(slug).thread(thread);
    if (window.loaded || window.loadingOlder) return Promise.resolve();
    return this.#load(slug, window, "loadingOlder", async () => this.store.setPage(slug, "begin", await api.messages(slug, { thread }), { thread, window }));
  }

  /** Show a message with what stands around it, however far back it is. @param {string} slug @param {number} id */
  async seek(slug, id) {
    const state = this.store.room(slug);
    if (state.messages.has(id)) state.excerpt = null;
    if (state.shown.messages.has(id)) return;
    const page = await api.messages(slug, { around: id });
    if (!page.has_newer) {
      state.excerpt = null;
      this.store.setPage(slug, "addOlder", page);
      return;
    }
    const window = new MessageWindow();
    this.store.setPage(slug, "begin", page, { window });
    state.excerpt = window;
    if (window.newest >= state.oldest) await this.loadNewer(slug);
  }

  /** Have a reply at hand. @param {string} slug @param {number} thread @param {number} id */
  async seekReply(slug, thread, id) {
    await this.openThread(slug, thread);
    const window = this.store.room(slug).thread(thread);
    for (let page = 0; page < REPLY_PAGES && window.hasOlder && window.oldest > id; page += 1) {
      await this.loadOlder(slug, { thread, limit: LARGE_PAGE });
    }
  }

  /** Load what is unread, as far as that is not very much. @param {string} slug */
  async loadUnread(slug) {
    const state = this.store.room(slug);
    for (let page = 0; page < UNREAD_PAGES && state.hasOlder && state.readId !== null && state.oldest > state.readId; page += 1) {
      await this.loadOlder(slug, { limit: LARGE_PAGE });
    }
  }

  #shown(/** @type {string} */ slug, /** @type {number | null} */ thread) {
    const state = this.store.room(slug);
    return thread === null ? state.shown : state.thread(thread);
  }

  async #load(/** @type {string} */ slug, /** @type {MessageWindow} */ window, /** @type {"loadingOlder" | "loadingNewer"} */ flag, /** @type {() => Promise<void>} */ work) {
    const state = this.store.room(slug);
    window[flag] = true;
    this.store.changed(state);
    try {
      await work();
    } finally {
      window[flag] = false;
      window.changed();
      this.store.changed(state);
    }
  }
}
