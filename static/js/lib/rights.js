// What one may do in a room, by the role one has there: the server decides, this only spares people what it would refuse.

/** @typedef {import("../protocol.js").Room} Room @typedef {import("../protocol.js").User} User */

const isOwner = (/** @type {Room | null} */ room) => room?.me?.role === "owner";
const moderates = (/** @type {Room | null} */ room) => isOwner(room) || room?.me?.role === "moderator";
const talksDirectly = (/** @type {Room | null} */ room) => room?.kind === "direct" && Boolean(room.me?.role);

/** @param {Room | null} room */
export const mayPin = (room) => !room?.archived && (moderates(room) || talksDirectly(room));
/** Call everybody by `@room`. @param {Room | null} room */
export const mayCallAll = mayPin;
/** Change the name and the topic. @param {Room | null} room */
export const mayRename = mayPin;
/** @param {Room | null} room */
export const mayChangeKind = (room) => isOwner(room) && room?.kind !== "direct" && !room?.archived;
/** @param {Room | null} room */
export const mayChangeRoles = (room) => isOwner(room) && room?.kind !== "direct";
/** @param {Room | null} room */
export const mayArchive = (room) => isOwner(room) || talksDirectly(room);
/** See who is kept out, and let them in again. @param {Room | null} room */
export const maySeeBans = (room) => moderates(room) && room?.kind !== "direct";

/** Add people. @param {Room | null} room */
export function mayInvite(room) {
  if (!room?.me?.role || room.kind === "direct" || room.archived) return false;
  return room.kind !== "private" || moderates(room);
}

/** Remove or ban somebody who has this role, or none. @param {Room | null} room @param {string | null} role */
export function mayPutOut(room, role) {
  if (room?.kind === "direct") return false;
  return isOwner(room) || (moderates(room) && (role === null || role === "member"));
}
