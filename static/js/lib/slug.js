// Room names in addresses.

/** The slug as the server writes it: compatibility forms and case folded. @param {string} name */
export function normalSlug(name) {
  return name.normalize("NFKC").toLowerCase();
}

/** @param {string} slug */
export function roomPath(slug) {
  return `/chat/${encodeURIComponent(slug)}/`;
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
