// The plots: inline SVG, sized by attributes and coloured by the style sheet. What they show stands beside them in words.
import { html, svg } from "lit";

/** @typedef {import("./ask.js").Day} Day @typedef {import("./ask.js").Language} Language */

/** Units of the drawing, not pixels: it stretches to the width that there is. */
const COLUMN = 10;
const GAP = 2;
const HEIGHT = 60;
/** A day with anything at all is seen, and one with nothing leaves a mark on the ground. */
const LEAST = 6;
const GROUND = 2;
/** Between the parts of a band, in hundredths of its length. */
const SEAM = 0.6;

/** The tones of the design, so ordered that neighbours differ at a glance. */
const TONES = [5, 0, 3, 7, 1, 8, 4, 6, 2, 9];

/** The class that colours the n-th of several. @param {number} number */
export function toneOf(number) {
  return `tone-${TONES[number % TONES.length]}`;
}

/** How much of the most there is. @param {number} value @param {number} most */
export function bar(value, most) {
  const width = most > 0 ? Math.max((100 * value) / most, value > 0 ? 1 : 0) : 0;
  return html`
    <svg class="plot-bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">
      <rect class="plot-rest" width="100" height="10"></rect>
      ${svg`<rect class="plot-value" width=${width.toFixed(2)} height="10"></rect>`}
    </svg>`;
}

/**
 * A column for each day. Days of which nothing is known stay empty.
 * @param {Day[]} days the oldest first
 * @param {string} since the first day that is known
 * @param {number} most as high as the plot
 * @param {(day: Day) => string} words what a column says when one points at it
 */
export function columns(days, since, most, words) {
  const width = days.length * COLUMN - GAP;
  return html`
    <svg class="plot-columns" viewBox="0 0 ${width} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true" focusable="false">
      ${days.map((day, number) => (day.day < since ? "" : column(day, number, most, words)))}
    </svg>`;
}

/** @param {Day} day @param {number} number @param {number} most @param {(day: Day) => string} words */
function column(day, number, most, words) {
  const height = day.events > 0 ? Math.max((HEIGHT * day.events) / most, LEAST) : GROUND;
  return svg`
    <rect class=${day.events > 0 ? "plot-value" : "plot-rest"} x=${number * COLUMN} y=${(HEIGHT - height).toFixed(2)}
      width=${COLUMN - GAP} height=${height.toFixed(2)}><title>${words(day)}</title></rect>`;
}

/**
 * One band, in parts.
 * @param {Language[]} languages
 * @param {string[]} all in the order of their colours
 */
export function shares(languages, all) {
  const whole = languages.reduce((sum, { repositories }) => sum + repositories, 0);
  let from = 0;
  const parts = languages.map(({ name, repositories }) => {
    const width = (100 * repositories) / whole;
    from += width;
    const drawn = Math.max(width - SEAM, SEAM);
    return svg`<rect class="plot-share ${toneOf(all.indexOf(name))}" x=${(from - width).toFixed(2)} width=${drawn.toFixed(2)} height="10"></rect>`;
  });
  return html`<svg class="plot-shares" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">${parts}</svg>`;
}
