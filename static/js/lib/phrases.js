// Sentences made of parts: system messages, who is typing, who reacted, counts.

/**
 * @param {import("../protocol.js").Message} message of kind "system"
 * @returns {string}
 */
export function systemSentence(message) {
  const event = message.event;
  if (!event) return message.text;
  const user = event.user?.name ?? "Somebody";
  const by = event.by?.name ?? user;
  const sentence = {
    member_joined: event.by && event.user && event.by.id !== event.user.id ? `${by} added ${user}` : `${user} joined`,
    member_left: `${user} left`,
    member_removed: `${by} removed ${user}`,
    room_renamed: `${by} renamed the room`,
    topic_changed: `${by} changed the topic`,
    kind_changed: `${by} changed who can see the room`,
    archived: `${by} archived the room`,
    unarchived: `${by} brought the room back`,
  }[event.name];
  return sentence ?? message.text;
}

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
