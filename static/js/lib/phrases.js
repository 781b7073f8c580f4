// Sentences made of parts: system messages, who is typing, who reacted, counts.

const ROLES = { owner: "an owner", moderator: "a moderator", member: "a member" };
const KINDS = { public: "public: everybody may come in", open: "open to everybody with an account", private: "private: only members know of it", direct: "direct" };

/**
 * @param {import("../protocol.js").Message} message of kind "system"
 * @returns {string}
 */
export function systemSentence(message) {
  const { event } = message;
  if (!event) return message.text;
  const user = event.user?.name ?? "Somebody";
  const by = event.by?.name ?? user;
  return sentences[event.name]?.(by, user, event) ?? message.text;
}

/** @type {Record<string, (by: string, user: string, event: import("../protocol.js").SystemEvent) => string>} */
const sentences = {
  member_joined: (by, user, event) => (event.by && event.user && event.by.id !== event.user.id ? `${by} added ${user}` : `${user} joined`),
  member_left: (_by, user) => `${user} left`,
  member_removed: (by, user, { reason }) => `${by} ${reason === "banned" ? "banned" : "removed"} ${user}`,
  role_changed: (by, user, { role }) => `${by} made ${user} ${ROLES[/** @type {"owner"} */ (role)] ?? role}`,
  room_renamed: (by, _user, { from, to }) => (to ? `${by} renamed the room from “${from}” to “${to}”` : `${by} renamed the room`),
  topic_changed: (by, _user, { to }) => (to ? `${by} changed the topic to “${to}”` : to === "" ? `${by} removed the topic` : `${by} changed the topic`),
  kind_changed: (by, _user, { to }) => (to ? `${by} made the room ${KINDS[/** @type {"open"} */ (to)] ?? to}` : `${by} changed who can see the room`),
  archived: (by) => `${by} archived the room`,
  unarchived: (by) => `${by} opened the room again`,
};

/** @param {string[]} names */
export function typingSentence(names) {
  if (names.length === 0) return "";
  if (names.length === 1) return `${names[0]} is typing`;
  if (names.length === 2) return `${names[0]} and ${names[1]} are typing`;
  return "Several people are typing";
}

/**
 * @param {number} count
 * @param {string} one
 * @param {string} [many]
 */
export function counted(count, one, many = `${one}s`) {
  return `${count.toLocaleString()} ${count === 1 ? one : many}`;
}

/**
 * @param {string[]} names those that are known
 * @param {number} count of all
 */
export function namesSentence(names, count) {
  const shown = names.slice(0, 8);
  const more = count - shown.length;
  if (shown.length === 0) return counted(count, "person", "people");
  const list = more > 0 ? [...shown, counted(more, "other")] : shown;
  return new Intl.ListFormat(undefined, { type: "conjunction" }).format(list);
}
