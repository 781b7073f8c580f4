// Who is on the page stands in its address, so that it can be shared, kept and gone back to.

/** As many as fit side by side, and as there are colours to tell them apart. */
export const MOST_LOGINS = 10;

/** GitHub's own rule: letters and digits, single hyphens between them, at most 39 in all. */
const LOGIN = /^(?=.{1,39}$)[a-z0-9](?:-?[a-z0-9])*$/i;

/** @param {string} text */
export function isLogin(text) {
  return LOGIN.test(text);
}

/** The logins in an address, each once, whatever its capitals. @param {string} search */
export function loginsIn(search) {
  return once(new URLSearchParams(search).getAll("login")).slice(0, MOST_LOGINS);
}

/** @param {string[]} logins */
export function addressOf(logins) {
  const query = new URLSearchParams(logins.map((login) => ["login", login]));
  return `${location.pathname}${logins.length > 0 ? `?${query}` : ""}`;
}

/** What somebody typed or pasted: logins with or without @, addresses of GitHub, several at once. @param {string} text */
export function loginsTyped(text) {
  const words = text.split(/[\s,;]+/u).filter(Boolean);
  return once(words.map((word) => word.replace(/^https?:\/\/[^/]+\//i, "").replace(/^@/, "").split(/[/?#]/)[0]));
}

/** Each as it came first. @param {string[]} logins */
function once(logins) {
  const plain = logins.map((login) => login.toLowerCase());
  return logins.filter((login, place) => login && plain.indexOf(plain[place]) === place);
}
