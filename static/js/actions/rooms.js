// What one does with rooms and the people in them: make, join, leave, change, add, remove, ban. They throw ChatError.
import * as api from "../api.js";
import { roomPath } from "../lib/slug.js";

/** Members are listed up to so many pages; a crowd is searched, not scrolled. */
const PAGES_MOST = 10;

/** @typedef {import("../protocol.js").Member} Member @typedef {import("../protocol.js").Ban} Ban */

export class Rooms {
  /** @type {Map<string, Promise<Member[]>>} as they were last asked for, by slug */
  #members = new Map();

  /** @param {import("../chat.js").Chat} chat */
  constructor(chat) {
    this.chat = chat;
  }

  /** @param {object} fields */
  async create(fields) {
    const room = await api.createRoom(fields);
    this.chat.store.setRoom(room);
    this.chat.go(roomPath(room.slug));
  }

  /** @param {string} slug */
  async join(slug) {
    this.chat.store.setRoom(await api.joinRoom(slug));
  }

  /** @param {string} slug */
  async leave(slug) {
    const room = await api.leaveRoom(slug);
    if (room.kind === "private" || room.kind === "direct") this.chat.store.rooms.delete(slug);
    else this.chat.store.setRoom(room);
    this.chat.go("/");
  }

  /** @param {string} slug @param {{ name?: string, topic?: string, kind?: string }} fields */
  async change(slug, fields) {
    this.chat.store.setRoom(await api.changeRoom(slug, fields));
  }

  /** @param {string} slug @param {boolean} on */
  async archive(slug, on) {
    this.chat.store.setRoom(await api.archiveRoom(slug, on));
  }

  /** @param {string} slug @param {string} notify */
  async setNotify(slug, notify) {
    this.chat.store.setRoom(await api.changeMembership(slug, { notify }));
  }

  /** Learn anew what a room is to us. @param {string} slug */
  async refresh(slug) {
    this.chat.store.setRoom(await api.readRoom(slug));
  }

  // People.

  /** Everybody in a room; asked for again after `membersMayDiffer`. @param {string} slug @returns {Promise<Member[]>} */
  members(slug) {
    let found = this.#members.get(slug);
    if (!found) {
      found = this.#all((after) => api.members(slug, after).then(({ members, more }) => ({ found: members, more })));
      found.catch(() => this.#members.delete(slug));
      this.#members.set(slug, found);
    }
    return found;
  }

  /** Somebody may have come, gone, or got another role: who shows them asks again. @param {string} slug */
  membersMayDiffer(slug) {
    this.#members.delete(slug);
    this.chat.emit("members", slug);
  }

  /** @param {string} slug @returns {Promise<Ban[]>} */
  bans(slug) {
    return this.#all((after) => api.bans(slug, after).then(({ bans, more }) => ({ found: bans, more })));
  }

  /** @param {string} part of a name */
  async people(part) {
    return (await api.people(part)).users;
  }

  /** A link that lets people in for some days. @param {string} slug @returns {Promise<string>} */
  async invite(slug) {
    return (await api.invite(slug)).url;
  }

  /** @param {string} slug @param {number} userId @param {string} [role] */
  async add(slug, userId, role) {
    this.chat.store.setRoom(await api.addMember(slug, { user_id: userId, ...(role ? { role } : {}) }));
  }

  /** @param {string} slug @param {number} userId */
  async remove(slug, userId) {
    this.chat.store.setRoom(await api.removeMember(slug, userId));
  }

  /** @param {string} slug @param {number} userId */
  async ban(slug, userId) {
    await api.ban(slug, userId);
  }

  /** @param {string} slug @param {number} userId */
  async liftBan(slug, userId) {
    await api.liftBan(slug, userId);
  }

  /** @template {{ user: { id: number } }} T @param {(after: number) => Promise<{ found: T[], more: boolean }>} ask @returns {Promise<T[]>} */
  async #all(ask) {
    /** @type {T[]} */
    const all = [];
    for (let page = 0; page < PAGES_MOST; page += 1) {
      const { found, more } = await ask(all.at(-1)?.user.id ?? 0);
      all.push(...found);
      if (!more) break;
    }
    return all;
  }
}
