// A person's picture, or their initials on a colour of their own. Decoration: the name stands beside it.
import { html } from "lit";
import { initials, tone } from "../lib/identity.js";

/** @param {import("../protocol.js").User} user */
export function userAvatar(user) {
  if (user.avatar) return html`<img class="avatar" src=${user.avatar} alt="" loading="lazy" width="36" height="36">`;
  return html`<span class="avatar tone-${tone(user.id)}" aria-hidden="true">${initials(user.name)}</span>`;
}

/** The mark beside the name of somebody who is no ordinary member. @param {import("../protocol.js").User} user */
export function userMark(user) {
  if (user.kind === "guest") return html`<span class="user-mark">guest</span>`;
  if (user.kind === "bot") return html`<span class="user-mark">bot</span>`;
  return "";
}

/** Whether somebody is there. @param {"online" | "idle" | undefined} state */
export function presenceDot(state) {
  if (!state) return html`<span class="visually-hidden">offline</span>`;
  return html`<i class="presence ${state}"></i><span class="visually-hidden">${state}</span>`;
}
