// A list of what may stand at the caret. The field keeps the focus and hands its keys on; the list says which is active.
import { ChatElement } from "./element.js";

/**
 * Emits "option-chosen" (detail: the word) and "option-moved" (another one is active, which the field draws).
 * @template T
 */
export class OptionList extends ChatElement {
  static properties = { ...ChatElement.properties, field: { attribute: false }, active: { state: true } };

  constructor() {
    super();
    /** The id of the field, which the ids here begin with. */
    this.field = "";
    this.active = 0;
    /** @type {T[]} what fits what was typed */
    this.found = [];
  }

  get followsStore() {
    return false;
  }

  /** What the ids of the options are made of. @returns {string} */
  get kind() {
    throw new Error("a list says what its options are");
  }

  /** The word that an option stands for. @param {T} one @returns {string} */
  wordOf(one) {
    throw new Error(`a list says what ${one} is called`);
  }

  get listId() {
    return `${this.field}-${this.kind}-list`;
  }

  /** @param {number} index */
  optionId(index) {
    return `${this.field}-${this.kind}-${index}`;
  }

  /** The id of the active option, for the field's aria-activedescendant. */
  get activeId() {
    return this.found.length > 0 ? this.optionId(this.active) : undefined;
  }

  /** The word of the active option. */
  get word() {
    const one = this.found[this.active];
    return one === undefined ? null : this.wordOf(one);
  }

  updated() {
    this.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
    // The field draws which option is active, and was drawn before this list knew.
    if (this.activeId !== this.toldId) this.emit("option-moved");
    this.toldId = this.activeId;
  }

  /** @param {T} one */
  choose(one) {
    this.emit("option-chosen", this.wordOf(one));
  }

  /** A key in the field. @param {KeyboardEvent} event @returns {boolean} whether it was meant for this list */
  key(event) {
    if (this.found.length === 0 || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) this.active = (this.active + step + this.found.length) % this.found.length;
    else if (event.key === "Enter" || event.key === "Tab") this.choose(this.found[this.active]);
    else return event.key === "Escape";
    return true;
  }
}
