// The commands behind a "/": which there are, sending one, and what it was answered with. They are never kept for later.
import * as api from "../api.js";
import { ChatError } from "../protocol.js";

/**
 * @typedef {{ name: string, usage: string, help: string }} Usage
 * @typedef {Usage & { then: Usage[] }} Word
 * @typedef {{ text: string, html: string }} Answer
 */

const OFFLINE = "Commands need the connection, and it is away just now. Send it again when it is back.";

export class Words {
  /** @type {Promise<Word[]> | null} */
  #known = null;
  /** @type {Map<string, Answer>} by place */
  #answers = new Map();
  /** @type {{ room: string, place: string }[]} commands without a reply yet */
  #running = [];

  /** @param {import("../chat.js").Chat} chat */
  constructor(chat) {
    this.chat = chat;
  }

  /** All commands of this installation, asked for once. @returns {Promise<Word[]>} */
  known() {
    this.#known ??= api.commands().then(({ commands }) => commands);
    // What failed is asked for again.
    this.#known.catch(() => (this.#known = null));
    return this.#known;
  }

  /** The beginning of a command that is being typed at the caret, without the slash: one word or two. @param {string} text @param {number} caret */
  partOf(text, caret) {
    return /^\/([^\s/]*(?: [^\s/@]*)?)$/u.exec(text.slice(0, caret))?.[1].toLowerCase() ?? null;
  }

  /** What it may become: commands, and behind one of them the words that it has of its own. @param {string} part @returns {Promise<Usage[]>} */
  async fitting(part) {
    const words = await this.known();
    const behind = words.find(({ name }) => part.startsWith(`${name} `));
    const offered = behind ? behind.then.map((one) => ({ ...one, name: `${behind.name} ${one.name}` })) : words;
    return offered.filter(({ name }) => name.startsWith(part));
  }

  /** Whether a text is a command; two slashes stand for one. @param {string} text */
  isCommand(text) {
    return text.startsWith("/") && !text.startsWith("//");
  }

  /** What is sent of a text that is no command. @param {string} text */
  literal(text) {
    return text.startsWith("//") ? text.slice(1) : text;
  }

  /** Have it done; its answer is shown at the place. Rejects with what is wrong. @param {string} text @param {string} room @param {number | null} thread */
  async run(text, room, thread) {
    const { connection } = this.chat;
    if (!connection.isOpen) throw new ChatError({ code: "disconnected", detail: OFFLINE, retryable: true });
    await this.#checkWord(text);
    const running = { room, place: placeOf(room, thread) };
    this.dismiss(room, thread);
    this.#running.push(running);
    try {
      await connection.request({ type: "slash", room, text, ...(thread ? { thread } : {}) });
    } finally {
      this.#running.splice(this.#running.indexOf(running), 1);
    }
  }

  /** Nothing that is no command is sent as one, whatever else it may hold. */
  async #checkWord(/** @type {string} */ text) {
    const word = text.slice(1).split(/\s/u, 1)[0].toLowerCase();
    const words = await this.known().catch(() => null);
    if (!words || words.some(({ name }) => name === word)) return;
    throw new ChatError({ code: "invalid", detail: `There is no command /${word}. /help lists them; two slashes send it as a message.` });
  }

  /** A `result` of the server. @param {Answer & { room: string }} frame */
  answered({ room, text, html }) {
    const place = this.#running.find((one) => one.room === room)?.place ?? placeOf(room, null);
    this.#answers.set(place, { text, html });
    this.chat.store.changed();
  }

  /** @param {string} room @param {number | null} thread */
  answer(room, thread) {
    return this.#answers.get(placeOf(room, thread)) ?? null;
  }

  /** @param {string} room @param {number | null} thread */
  dismiss(room, thread) {
    if (this.#answers.delete(placeOf(room, thread))) this.chat.store.changed();
  }
}

function placeOf(/** @type {string} */ room, /** @type {number | null} */ thread) {
  return `${room}/${thread ?? ""}`;
}
