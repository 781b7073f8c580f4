// What each frame of the server means for this page.
/** @typedef {import("./chat.js").Chat} Chat @typedef {import("./attention/notifications.js").Notice} Notice */

/** @type {Record<string, (chat: Chat, frame: any) => unknown>} */
const meanings = {
  message: ({ store, sync }, frame) => store.applyMessage(frame) || sync.heal(frame.room),
  subscribed: subscribed,
  heartbeat: ({ sync }, frame) => sync.compare(frame.heads),
  typing: ({ store }, frame) => store.setTyping(frame),
  presence: ({ store, current }, frame) => store.setPresence(frame, current),
  room: ({ store }, frame) => store.setRoom(frame.room),
  user: rename,
  activity: tell,
  card: ({ store }, frame) => store.cards.put(frame.card),
  result: ({ words }, frame) => words.answered(frame),
  read: ({ reading }, frame) => reading.moved(frame),
  notification: concern,
  removed: remove,
  notice: (chat, frame) => chat.emit("problem", frame.text),
};

/** Take a frame; unknown ones are for later versions of this page. @param {Chat} chat @param {import("./protocol.js").Frame} frame */
export function receive(chat, frame) {
  meanings[frame.type]?.(chat, frame);
}

/** What was done to a room may have been done to us, and changes who is in it. @param {Chat} chat @param {import("./protocol.js").Message} message */
export function hear(chat, { kind, event, room }) {
  if (kind !== "system" || !event) return;
  if (event.name.startsWith("member_") || event.name === "role_changed") chat.rooms.membersMayDiffer(room);
  const isMe = event.user?.id === chat.store.me?.id;
  if (isMe && (event.name === "member_joined" || event.name === "role_changed")) chat.rooms.refresh(room).catch(() => {});
}

/** @param {Chat} chat @param {Notice} notice */
export function titleOf(chat, { kind, room }) {
  const name = chat.store.room(room).room?.name ?? room;
  return { mention: `You were mentioned in ${name}`, direct: name, reply: `An answer to you in ${name}` }[kind];
}

function subscribed(/** @type {Chat} */ chat, /** @type {any} */ frame) {
  chat.sync.subscribed(frame.room.slug, frame);
  chat.enter(frame.room.slug);
}

function rename(/** @type {Chat} */ chat, /** @type {{ user: import("./protocol.js").User }} */ { user }) {
  chat.store.setUser(user);
  for (const slug of chat.store.rooms.keys()) chat.rooms.membersMayDiffer(slug);
}

/** Something new in a room that is not on the screen; it may be one that we do not know yet. */
function tell(/** @type {Chat} */ chat, /** @type {{ room: string, message_id: number, unread: number, mentions: number }} */ frame) {
  const state = chat.store.room(frame.room);
  // A newer message that leaves the counts as they are tells of the room itself, such as of another name. Right after
  // the connection has begun, though, the server repeats what it said in the list of rooms.
  const isSame = state.unread === frame.unread && state.mentions === frame.mentions && frame.message_id > state.toldId;
  const isRepeated = state.toldId === 0 && (frame.unread > 0 || frame.mentions > 0);
  chat.reading.told(frame);
  if (!state.isMine || (isSame && !isRepeated)) chat.rooms.refresh(frame.room).catch(() => {});
}

function concern(/** @type {Chat} */ chat, /** @type {Notice} */ notice) {
  const isReply = chat.store.room(notice.room).roots.has(notice.message_id);
  const isOnScreen = notice.room === chat.current && (!isReply || chat.pane?.kind === "thread");
  chat.notifications.arrive(notice, isOnScreen);
}

function remove(/** @type {Chat} */ chat, /** @type {{ room: string, reason: string }} */ { room: slug, reason }) {
  const state = chat.store.room(slug);
  const isListed = reason !== "banned" && ["public", "open"].includes(state.room?.kind ?? "");
  chat.sync.drop(slug);
  if (slug === chat.current && !(reason === "left" && isListed)) shut(chat, state, reason);
  else if (reason !== "left") chat.emit("notice", `${state.room?.name ?? slug}: ${removalSentence(reason)}`);
  // What everybody may read stays in the list; whoever left it on another device goes on reading here.
  if (isListed) chat.rooms.refresh(slug).then(() => slug === chat.current && state.status === "ready" && chat.sync.open(slug), () => forget(chat, slug));
  else forget(chat, slug);
}

/** It is out of the list; on the screen it says why. */
function forget(/** @type {Chat} */ { store, current }, /** @type {string} */ slug) {
  if (slug === current) store.room(slug).room = null;
  else store.rooms.delete(slug);
  store.changed();
}

function shut(/** @type {Chat} */ { store, reading }, /** @type {import("./state/room-state.js").RoomState} */ state, /** @type {string} */ reason) {
  reading.leave();
  store.forgetWindow(state);
  state.setCounts({ unread: 0, mentions: 0 });
  Object.assign(state, { status: "removed", problem: removalSentence(reason) });
  store.changed(state);
}

function removalSentence(/** @type {string} */ reason) {
  return {
    left: "You have left this room.",
    removed: "You were removed from this room.",
    banned: "You were banned from this room.",
    kind_changed: "This room is not open to you any more.",
  }[reason] ?? "You are not in this room any more.";
}
