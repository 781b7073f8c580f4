// Room names in addresses.

/** The slug as the server writes it: compatibility forms and case folded. @param {string} name */
export function normalSlug(name) {
  return name.normalize("NFKC").toLowerCase();
}

/**
 * The address of a room, of what stands beside it, and of one message in it.
 * @param {string} slug
 * @param {import("../chat.js").Pane | null} [pane]
 * @param {number | null} [message]
 */
export function roomPath(slug, pane = null, message = null) {
  const query = new URLSearchParams();
  if (pane?.kind === "thread") query.set("thread", String(pane.root));
  else if (pane) query.set("show", pane.kind);
  if (message !== null) query.set("message", String(message));
  return `/chat/${encodeURIComponent(slug)}/${String(query) ? `?${query}` : ""}`;
}

/** @param {string} search of an address @returns {import("../chat.js").Pane | null} */
export function paneOf(search) {
  const query = new URLSearchParams(search);
  const root = idIn(query.get("thread"));
  if (root !== null) return { kind: "thread", root };
  const kind = query.get("show");
  return kind === "members" || kind === "pins" ? { kind } : null;
}

/** @param {string} search of an address @returns {number | null} the message that it points to */
export function messageOf(search) {
  return idIn(new URLSearchParams(search).get("message"));
}

function idIn(/** @type {string | null} */ text) {
  return text && /^[1-9]\d{0,15}$/u.test(text) ? Number(text) : null;
}

/**
 * @param {string} pathname
 * @returns {string | null} the slug of the room this path shows
 */
export function slugOfPath(pathname) {
  const found = /^\/chat\/([^/]+)\/?$/u.exec(pathname);
  if (!found) return null;
  try {
    return normalSlug(decodeURIComponent(found[1]));
  } catch {
    return null; // A broken escape in a typed address.
  }
}
