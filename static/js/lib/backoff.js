// How long to wait before the next try: doubling, with jitter so that clients of one server do not come back all at once.

/** The first wait and the longest one, in milliseconds, as the protocol says. */
export const FIRST_MS = 500;
export const LONGEST_MS = 30_000;

/**
 * @param {number} attempt 0 for the first try after a loss
 * @param {() => number} [random] in [0, 1)
 * @returns {number} milliseconds, between half and the whole of the doubled wait
 */
export function backoff(attempt, random = Math.random) {
  const whole = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 16));
  return whole * (0.5 + random() / 2);
}
