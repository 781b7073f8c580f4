// What the message list shows, in order: day lines, the unread line, messages (grouped by author), unsent ones.
import { counted } from "./phrases.js";
import { dayKey, fullTime } from "./time.js";

/** Messages of one author this close together share one header. */
const GROUP_MS = 5 * 60_000;

/**
 * @typedef {import("../protocol.js").Message} Message
 * @typedef {import("../outbox.js").Entry} Entry
 * @typedef {{ type: "day", key: string, at: string }
 *   | { type: "unread", key: string }
 *   | { type: "message", key: string, message: Message, continued: boolean }
 *   | { type: "pending", key: string, entry: Entry, continued: boolean }} Row
 */

/**
 * @param {Message[]} messages ascending by id
 * @param {Entry[]} entries unsent, in the order of sending
 * @param {{ id: number } | null} me
 * @param {number | null} unreadFrom the id of the first message that was new when the room was opened
 * @returns {Row[]}
 */
export function rowsOf(messages, entries, me, unreadFrom) {
  /** @type {Row[]} */
  const rows = [];
  let before = null;
  for (const message of messages) {
    before = startDay(rows, before, message.at);
    if (message.id === unreadFrom) {
      rows.push({ type: "unread", key: "unread" });
      before = null;
    }
    const now = mark(message.author.id, message.at, message.kind === "text" && !message.reply_to);
    rows.push({ type: "message", key: keyOf(message, me), message, continued: continues(before, now) });
    before = mark(message.author.id, message.at, message.kind === "text");
  }
  for (const entry of entries) {
    before = startDay(rows, before, entry.at);
    const now = mark(me?.id ?? 0, entry.at, !entry.reply_to);
    rows.push({ type: "pending", key: `c:${entry.client_id}`, entry, continued: continues(before, now) });
    before = mark(me?.id ?? 0, entry.at, true);
  }
  return rows;
}

/** A message of mine keeps the key it had while it was pending, so its element stays and nothing jumps. */
function keyOf(/** @type {Message} */ message, /** @type {{ id: number } | null} */ me) {
  return message.client_id && message.author.id === me?.id ? `c:${message.client_id}` : `m:${message.id}`;
}

/** @typedef {{ author: number, at: number, day: string, groups: boolean }} Mark */

/** @returns {Mark} */
function mark(/** @type {number} */ author, /** @type {string} */ at, /** @type {boolean} */ groups) {
  return { author, at: Date.parse(at), day: dayKey(at), groups };
}

/** @returns {Mark | null} what the next row may continue: nothing after a day line */
function startDay(/** @type {Row[]} */ rows, /** @type {Mark | null} */ before, /** @type {string} */ at) {
  const day = dayKey(at);
  if (rows.length > 0 && before?.day === day) return before;
  if (rows.some((row) => row.type === "day" && row.key === `d:${day}`)) return before;
  rows.push({ type: "day", key: `d:${day}`, at });
  return null;
}

function continues(/** @type {Mark | null} */ before, /** @type {Mark} */ now) {
  return Boolean(before?.groups && now.groups && before.author === now.author && now.at - before.at <= GROUP_MS);
}

/** Each day's rows under its line, so that a line sticks to the top only as long as its day lasts. */
export function byDay(/** @type {Row[]} */ rows) {
  /** @type {{ key: string, at: string, rows: Row[] }[]} */
  const days = [];
  for (const row of rows) {
    if (row.type === "day") days.push({ key: row.key, at: row.at, rows: [] });
    else days[days.length - 1].rows.push(row);
  }
  return days;
}

/** What a screen reader says on a row that takes the focus. */
export function labelOf(/** @type {Message | null} */ message, /** @type {Entry | null} */ entry) {
  if (!message) return `Not sent yet: ${entry?.text ?? ""}`;
  const reactions = message.reactions.length > 0 ? `, ${counted(message.reactions.length, "reaction")}` : "";
  return `${message.author.name}, ${fullTime(message.at)}: ${message.deleted ? "message deleted" : message.text}${reactions}`;
}
