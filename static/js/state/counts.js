// What a message adds to the counts of somebody who has read up to a position (docs/protocol.md, "Message").

/**
 * @typedef {import("../protocol.js").Message} Message
 * @typedef {import("./room-state.js").RoomState} RoomState
 */

/** Whether it is something that another person said. @param {Message} message @param {number} me */
export function isNews(message, me) {
  return message.kind === "text" && !message.deleted && message.author.id !== me;
}

/** The first message above the position that another person said. @param {RoomState} state @param {number} me */
export function firstUnread(state, me) {
  const { readId } = state;
  return readId === null ? undefined : state.list().find((message) => message.id > readId && isNews(message, me));
}

/**
 * A message came or changed while the room was followed.
 * @param {RoomState} state
 * @param {Message | undefined} before as it was held
 * @param {Message} message
 * @param {number} me
 */
export function count(state, before, message, me) {
  if (state.readId === null || message.seq <= state.countedTo) return;
  // Something happened to an old message that was not held; it was counted when it came.
  if (!before && !isUntouched(message)) return;
  const was = weigh(before, me, state.readId);
  const is = weigh(message, me, state.readId);
  state.unread = Math.max(0, state.unread + is.unread - was.unread);
  state.mentions = Math.max(0, state.mentions + is.mentions - was.mentions);
}

/** Read up to a message: what is left of the window counts. @param {RoomState} state @param {number} id @param {number} me */
export function readUpTo(state, id, me) {
  state.readId = id;
  state.unread = heldAbove(state, me).unread;
  // Which calls are left in threads the server knows better; its answer follows.
  if (id >= state.newestOfAll) state.mentions = 0;
}

/** What is held of the room above the position. @param {RoomState} state @param {number} me */
export function heldAbove(state, me) {
  const left = state.list().map((message) => weigh(message, me, state.readId ?? Infinity));
  return { unread: left.filter(({ unread }) => unread).length, mentions: left.filter(({ mentions }) => mentions).length };
}

/** What calls for attention in all rooms together. @param {RoomState[]} states */
export function totals(states) {
  const wanted = states.filter((state) => !state.isMuted && state.status !== "removed");
  return {
    calls: wanted.reduce((sum, state) => sum + state.calls, 0),
    unread: wanted.reduce((sum, state) => sum + state.unread, 0),
  };
}

function weigh(/** @type {Message | undefined} */ message, /** @type {number} */ me, /** @type {number} */ readId) {
  if (!message || message.id <= readId || !isNews(message, me)) return { unread: 0, mentions: 0 };
  return { unread: message.thread ? 0 : 1, mentions: message.mentions?.includes(me) ? 1 : 0 };
}

/** Nothing has happened to it since it was written. */
function isUntouched(/** @type {Message} */ message) {
  return message.seq === message.text_seq && !message.edited_at;
}
