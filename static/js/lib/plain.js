// A message in one plain line, for quotes.

/** @type {WeakMap<object, string>} */
const known = new WeakMap();

/**
 * What a message says without its Markdown. The parser is inert: nothing of the HTML is put in the page, loaded or run.
 * @param {import("../protocol.js").Message} message
 */
export function plainText(message) {
  let text = known.get(message);
  if (text === undefined) {
    const parsed = message.html ? new DOMParser().parseFromString(message.html, "text/html").body.textContent : message.text;
    text = (parsed ?? "").replace(/\s+/gu, " ").trim();
    known.set(message, text);
  }
  return text;
}
