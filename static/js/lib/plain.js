// What is in the HTML of a message: its words in one plain line, for quotes, and where its links lead, in few words.

/** @type {WeakMap<object, string>} */
const known = new WeakMap();
/** @type {WeakMap<object, Set<string>>} */
const linked = new WeakMap();
/** GitHub calls a pull request an issue too, and leads from either address to the other. */
const NUMBERED = /^\/([^/]+\/[^/]+)\/(?:issues|pull)\/(\d+)$/u;

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

/** Nothing but the web: no other scheme may become a link. @param {string} url @returns {URL | null} */
export function webAddress(url) {
  const address = URL.canParse(url) ? new URL(url) : null;
  return address && /^https?:$/u.test(address.protocol) ? address : null;
}

/** `owner/name#12`, or the path; of the address alone, so that it tells nothing that the message does not. @param {URL} address */
export function shortAddress({ host, pathname, hash }) {
  const numbered = NUMBERED.exec(pathname);
  if (numbered) return `${numbered[1]}#${numbered[2]}`;
  return pathname === "/" ? host : `${pathname.slice(1)}${hash}`;
}

/**
 * Whether the text of a message has a link to this address, or to a page below it.
 * @param {import("../protocol.js").Message} message
 * @param {string} url
 */
export function hasLinkTo(message, url) {
  const wanted = placeOf(url);
  return [...linksOf(message)].some((place) => place === wanted || place.startsWith(`${wanted}/`));
}

/** The parser is inert: nothing of the HTML is put in the page, loaded or run. @param {import("../protocol.js").Message} message */
function linksOf(message) {
  let links = linked.get(message);
  if (!links) {
    const parsed = message.html.includes("<a ") ? new DOMParser().parseFromString(message.html, "text/html").links : [];
    links = new Set([...parsed].map(({ href }) => placeOf(href)));
    linked.set(message, links);
  }
  return links;
}

/** The same for every way to write one address, wherever on its page it leads to: the server takes them for one. @param {string} url */
function placeOf(url) {
  const address = webAddress(url);
  if (!address) return url;
  const path = address.pathname.replace(/\/+$/u, "").replace(/^(\/[^/]+\/[^/]+)\/issues\/(?=\d)/u, "$1/pull/");
  return `${address.host.replace(/^www\./u, "")}${path}`.toLowerCase();
}
