// Keeps the reading place of a list that grows at both ends: at the bottom it stays there, elsewhere nothing moves.

/** This near to the end counts as the end, in pixels. */
const NEAR = 100;

/**
 * The place is remembered while one scrolls, and put back after each layout and before the paint (a ResizeObserver runs
 * just there), so that neither pages loaded above nor late images are seen to move what is read.
 */
export class ScrollKeeper {
  /** @type {HTMLElement | null} */
  scroller = null;
  /** @type {HTMLElement | null} */
  #content = null;
  #sticks = true;
  /** Whether the end of what is shown is the end of all there is. */
  endIsLast = true;
  /** Whether it is on its way to a place, where scrolling says nothing of what somebody wants. */
  #isGoing = false;
  /** @type {{ element: Element, top: number } | null} */
  #anchor = null;
  #observer = new ResizeObserver(() => this.#settle());

  /** @param {(atBottom: boolean) => void} tell called when the end is reached or left */
  constructor(tell) {
    this.tell = tell;
  }

  /** @param {HTMLElement} scroller @param {HTMLElement} content */
  observe(scroller, content) {
    if (this.scroller === scroller) return;
    this.scroller = scroller;
    this.#content = content;
    this.#observer.disconnect();
    this.#observer.observe(scroller);
    this.#observer.observe(content);
  }

  disconnect() {
    this.#observer.disconnect();
    this.scroller = null;
  }

  /** Go to the end and stay there. */
  stick() {
    this.#sticks = true;
    this.#anchor = null;
    this.#go();
    this.tell(true);
  }

  /** Bring an element to a height of the window, 0 the top and 1 the end. @param {HTMLElement} element @param {number} height */
  show(element, height) {
    if (!this.scroller) return;
    this.#sticks = false;
    this.#anchor = { element, top: this.scroller.clientHeight * height };
    this.#go();
  }

  /** What was just put in has no height yet: the place is held while the rest is laid out. */
  #go() {
    this.#isGoing = true;
    this.#settle();
    requestAnimationFrame(() => {
      this.#settle();
      this.#isGoing = false;
      this.scrolled();
      this.tell(this.#sticks);
    });
  }

  /** The place changed: by hand, or by us. */
  scrolled() {
    const { scroller } = this;
    if (!scroller || this.#isGoing) return;
    const left = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
    const sticks = this.endIsLast && left <= NEAR;
    this.#anchor = sticks ? null : this.#topmost(scroller);
    if (sticks === this.#sticks) return;
    this.#sticks = sticks;
    this.tell(sticks);
  }

  #settle() {
    const { scroller } = this;
    if (!scroller) return;
    if (this.#sticks) this.#toEnd(scroller);
    else if (this.#anchor?.element.isConnected) {
      const top = this.#anchor.element.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
      scroller.scrollTop += top - this.#anchor.top;
    }
  }

  #toEnd(/** @type {HTMLElement} */ scroller) {
    scroller.scrollTop = scroller.scrollHeight;
  }

  /** The first row of which something can be read. */
  #topmost(/** @type {HTMLElement} */ scroller) {
    const { top } = scroller.getBoundingClientRect();
    for (const element of this.#content?.querySelectorAll("message-item") ?? []) {
      const box = element.getBoundingClientRect();
      if (box.bottom > top) return { element, top: box.top - top };
    }
    return null;
  }
}
