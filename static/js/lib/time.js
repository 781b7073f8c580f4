// Times as people read them, in their own language and zone.

const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });
const sameYear = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const otherYear = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long", year: "numeric" });
const ago = new Intl.RelativeTimeFormat(undefined, { numeric: "always" });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });

const DAY_MS = 86_400_000;

/** "14:05" @param {string} at ISO time */
export function clockTime(at) {
  return clock.format(new Date(at));
}

/** "2:05": the same for a narrow place. @param {string} at */
export function shortTime(at) {
  const parts = clock.formatToParts(new Date(at));
  return parts.map(({ type, value }) => (type === "dayPeriod" ? "" : value)).join("").trim();
}

/** The whole date and time with its zone. @param {string} at */
export function fullTime(at) {
  return full.format(new Date(at));
}

/** The local day as a sortable key. @param {string | Date} at */
export function dayKey(at) {
  const date = new Date(at);
  return `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, "0")}-${String(date.getDate()).padStart(2, "0")}`;
}

/**
 * "today", "yesterday", "Monday 3 March", "3 March 2019"
 * @param {string} at
 * @param {Date} [now]
 */
export function dayName(at, now = new Date()) {
  const date = new Date(at);
  const days = Math.round((midnight(date) - midnight(now)) / DAY_MS);
  if (days === 0 || days === -1) return capitalised(relative.format(days, "day"));
  return (date.getFullYear() === now.getFullYear() ? sameYear : otherYear).format(date);
}

/** @type {[Intl.RelativeTimeFormatUnit, number][]} from the largest, in milliseconds */
const UNITS = [["year", 365 * DAY_MS], ["month", 30 * DAY_MS], ["day", DAY_MS], ["hour", 3_600_000], ["minute", 60_000]];

/**
 * "5 minutes ago"
 * @param {string} at
 * @param {number} [now]
 */
export function timeAgo(at, now = Date.now()) {
  const passed = Math.max(0, now - Date.parse(at));
  const [unit, length] = UNITS.find(([, ms]) => passed >= ms) ?? ["second", 0];
  return length === 0 ? "just now" : ago.format(-Math.floor(passed / length), unit);
}

/** @param {Date} date */
function midnight(date) {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

/** @param {string} word */
function capitalised(word) {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
