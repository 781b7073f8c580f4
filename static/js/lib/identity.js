// How people look without a picture: initials and a colour that stays theirs.

/** As many as user-avatar.css has tones. */
const TONES = 10;

/**
 * @param {string} name
 * @returns {string} one or two characters
 */
export function initials(name) {
  const words = name.trim().split(/[\s._-]+/u).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const letters = words.map((word) => firstCharacter(word.replace(/^[^\p{L}\p{N}]+/u, "")));
  if (letters.length === 0) return firstCharacter(name) || "?";
  const last = letters.length > 1 ? letters[letters.length - 1] : "";
  return (letters[0] + last).toUpperCase();
}

/**
 * @param {number | string} id
 * @returns {number} 0 … TONES - 1, the same for the same id
 */
export function tone(id) {
  let hash = 7;
  for (const character of String(id)) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 9973;
  return hash % TONES;
}

/** A whole character as people see it: an emoji or a letter with its marks is one. @param {string} text */
function firstCharacter(text) {
  const segments = new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(text);
  return segments[Symbol.iterator]().next().value?.segment ?? "";
}
