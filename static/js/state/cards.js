// The cards that messages show: the newest body of each that is to be had, and for which one is still on its way.

/** @typedef {import("../protocol.js").Card} Card @typedef {import("../protocol.js").Message} Message */

/** How long a body is waited for under a message that was just written, in milliseconds. Most are there in a second. */
const AWAITED_MS = 4_000;
/** Bodies kept; far more than a page shows. */
const MOST = 1_000;

/** Event: "card" (detail: the id of a card that is to be drawn anew). */
export class Cards extends EventTarget {
  /** @type {Map<number, Card>} */
  #bodies = new Map();
  /** @type {Map<number, number>} until when */
  #awaited = new Map();

  /** @param {number} id @returns {Card | null} null: it is a bare link */
  body(id) {
    const card = this.#bodies.get(id);
    return card && !card.withdrawn ? card : null;
  }

  /** How much longer a body may be expected, in milliseconds. @param {number} id */
  awaitedMs(id) {
    return Math.max(0, (this.#awaited.get(id) ?? 0) - Date.now());
  }

  /** The higher version wins. @param {Card} card */
  put(card) {
    const held = this.#bodies.get(card.id);
    if (held && held.version >= card.version) return;
    this.#bodies.delete(card.id);
    this.#bodies.set(card.id, card);
    this.#awaited.delete(card.id);
    if (this.#bodies.size > MOST) this.#bodies.delete(/** @type {number} */ (this.#bodies.keys().next().value));
    this.#tell(card.id);
  }

  /**
   * A page of messages and the bodies of their cards, as far as this person may see them: a private one that is not
   * among them any more was withdrawn while nobody told us.
   * @param {Message[]} messages
   * @param {Card[]} [cards]
   */
  take(messages, cards = []) {
    for (const card of cards) this.put(card);
    const told = new Set(cards.map(({ id }) => id));
    for (const { id } of messages.flatMap((message) => message.cards ?? [])) {
      if (told.has(id) || !this.#bodies.get(id)?.private) continue;
      this.#bodies.delete(id);
      this.#tell(id);
    }
  }

  /** A message that was just written: its cards may be on their way. @param {Message} message */
  expect({ cards }) {
    for (const { id } of cards ?? []) if (!this.#bodies.has(id)) this.#awaited.set(id, Date.now() + AWAITED_MS);
  }

  forget() {
    this.#bodies.clear();
    this.#awaited.clear();
  }

  #tell(/** @type {number} */ id) {
    this.dispatchEvent(new CustomEvent("card", { detail: id }));
  }
}
