// Whether a text is nothing but a few emoji, which are then shown large.

const MOST = 5;
const EMOJI = /^(?:\p{RGI_Emoji})+$/v;

/** @param {string} text */
export function isOnlyEmoji(text) {
  const packed = text.replace(/\s+/gu, "");
  if (packed.length === 0 || packed.length > MOST * 14 || !EMOJI.test(packed)) return false;
  return [...new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(packed)].length <= MOST;
}

/** One way to write each: pictures by nature need no sign that says so. @param {string} emoji */
export function canonicalEmoji(emoji) {
  return emoji.replace(/^(\p{Emoji_Presentation})\uFE0F$/u, "$1");
}
