// Calling people by "@": what is being typed, who fits, and the word by which each is called.

/** What may follow the @ (chat/markdown.py reads the same). */
const HANDLE = /^[\p{L}\p{N}_+-]+(?:\.[\p{L}\p{N}_+-]+)*$/u;
const CALL = /(?<![\p{L}\p{N}_@.+-])@([\p{L}\p{M}\p{N}_.+-]*)$/u;

/** @typedef {{ handle: string, name: string, user: import("../protocol.js").User | null, note: string }} Called */

/**
 * The call that is being typed right before the caret.
 * @param {string} text
 * @param {number} caret
 * @returns {{ start: number, part: string } | null} `start`: where its @ stands
 */
export function callBefore(text, caret) {
  const found = CALL.exec(text.slice(0, caret));
  return found ? { start: found.index, part: found[1] } : null;
}

/**
 * The word that calls a member: their username, or their name if it is one word.
 * @param {import("../protocol.js").Member} member
 * @returns {string | null} null: they cannot be called
 */
export function handleOf({ username, user }) {
  return [username, user.name].find((word) => word && HANDLE.test(word)) ?? null;
}

/** Letters without accents and case. @param {string} text */
export function plainLetters(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

/**
 * Those whose name or handle begins with the part, or has a word that does; the best first.
 * @param {Called[]} people
 * @param {string} part
 * @returns {Called[]}
 */
export function fitting(people, part) {
  const wanted = plainLetters(part);
  const ranked = people.map((one) => ({ one, rank: rankOf(one, wanted) })).filter(({ rank }) => rank < 3);
  return ranked.sort((a, b) => a.rank - b.rank || a.one.name.localeCompare(b.one.name)).map(({ one }) => one);
}

function rankOf(/** @type {Called} */ { handle, name }, /** @type {string} */ wanted) {
  const [plainHandle, plainName] = [plainLetters(handle), plainLetters(name)];
  if (plainHandle.startsWith(wanted) || plainName.startsWith(wanted)) return 0;
  if (plainName.split(/[\s._-]+/u).some((word) => word.startsWith(wanted))) return 1;
  return plainHandle.includes(wanted) || plainName.includes(wanted) ? 2 : 3;
}
