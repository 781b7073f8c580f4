// The names of the wire: subprotocol, close codes, error codes, and the shapes of what is sent (docs/protocol.md).

/** The WebSocket subprotocol this client speaks. */
export const SUBPROTOCOL = "chat.v1";

/**
 * @typedef {{ id: number, name: string, avatar: string | null, kind: "user" | "guest" | "bot" | "system" }} User
 * @typedef {User & { staff?: boolean, username?: string, hides_presence?: boolean }} Me
 * @typedef {{ user: User, role: "owner" | "moderator" | "member", username?: string | null }} Member
 * @typedef {{ user: User, by: User | null, reason: string, at: string }} Ban
 * @typedef {{ emoji: string, count: number, users: number[] }} Reaction
 * @typedef {{ name: string, user?: User | null, by?: User | null, role?: string, reason?: string, from?: string, to?: string }} SystemEvent
 * @typedef {{ id: number, url: string }} CardLink
 * @typedef {CardLink & {
 *   version: number, kind: string, name: string, title: string, state: string | null, author: string | null,
 *   image: string | null, labels: { name: string, color: string }[], facts: { name: string, value: string }[],
 *   excerpt: string, as_of: string, stale: boolean, private: boolean, withdrawn: boolean,
 * }} Card
 * @typedef {{
 *   id: number, seq: number, room: string, kind: "text" | "system", author: User, text: string, html: string,
 *   at: string, client_id: string | null, edited_at: string | null, text_seq: number, deleted: boolean,
 *   reply_to: number | null, thread: number | null, replies: number, last_reply_at: string | null,
 *   reactions: Reaction[], cards: CardLink[], mentions: number[], pinned: boolean, event: SystemEvent | null,
 * }} Message
 * @typedef {{ role: "owner" | "moderator" | "member" | null, read_id: number, unread: number, mentions: number,
 *   notify: "all" | "mentions" | "none" }} Membership
 * @typedef {{
 *   slug: string, name: string, topic: string, kind: "public" | "open" | "private" | "direct",
 *   seq: number, members: number, archived: boolean, me?: Membership,
 * }} Room
 * @typedef {{ room: Room, seq: number, messages: Message[], cards: Card[], more: boolean, reset: boolean, online?: number[] }} Subscribed
 * @typedef {{ seq: number, messages: Message[], cards?: Card[], more: boolean, reset: boolean, has_older?: boolean }} Synced
 * @typedef {{ type: "hello", epoch: string, user: Me | null, heartbeat: number,
 *   limits: { message_chars: number, frame_bytes: number } }} Hello
 * @typedef {{ type: string, [field: string]: any }} Frame
 */

/** What to do after a close: come back, wait long before that, stop for good, or sign in first. */
export const AfterClose = Object.freeze({
  COME_BACK: "come back",
  WAIT: "wait",
  STOP: "stop",
  SIGN_IN: "sign in",
});

/** @param {number} code of the WebSocket's close */
export function afterClose(code) {
  if (code === 4401) return AfterClose.SIGN_IN;
  if (code === 4400 || code === 4403 || code === 4404) return AfterClose.STOP;
  if (code === 4429) return AfterClose.WAIT;
  return AfterClose.COME_BACK;
}

/** An error of the protocol, whichever door it came through. */
export class ChatError extends Error {
  /** @param {{ code: string, detail?: string, retryable?: boolean, retry_after?: number | null, field?: string | null }} error */
  constructor({ code, detail, retryable = false, retry_after = null, field = null }) {
    super(detail || "Something went wrong. Please try again.");
    this.name = "ChatError";
    this.code = code;
    this.retryable = retryable;
    this.retryAfter = retry_after;
    this.field = field;
  }
}

/** The connection went before the answer came: nobody knows whether it was done. */
export function disconnected() {
  return new ChatError({ code: "disconnected", detail: "The connection was lost.", retryable: true });
}
