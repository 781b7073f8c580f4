// The icons, drawn on a grid of 24 with a line of 1.75. Decoration only: the control beside them carries the name.
import { html, svg } from "lit";

const shapes = {
  send: svg`<path d="M4.5 12 3 4.6c-.2-.9.7-1.6 1.5-1.2l16 7.7c.8.4.8 1.4 0 1.8l-16 7.7c-.8.4-1.7-.3-1.5-1.2z"/><path d="M4.5 12H12"/>`,
  plus: svg`<path d="M12 5v14M5 12h14"/>`,
  close: svg`<path d="m6 6 12 12M18 6 6 18"/>`,
  check: svg`<path d="m5 12.5 4.5 4.5L19 7.5"/>`,
  smile: svg`<circle cx="12" cy="12" r="9"/><path d="M8.5 14.5a4.2 4.2 0 0 0 7 0M9 9.5h.01M15 9.5h.01"/>`,
  react: svg`<path d="M20.6 11A8.8 8.8 0 1 1 13 3.2"/><path d="M8.2 14.5a4.2 4.2 0 0 0 7 0M8.8 9.6h.01M14.2 9.6h.01M19 2.5v6M16 5.500h6"/>`,
  reply: svg`<path d="M9.5 5.5 4 11l5.5 5.5"/><path d="M4 11h9.500a6 6 0 0 1 6 6v1.5"/>`,
  edit: svg`<path d="m15.5 5 3.5 3.500L8.5 19l-4.5 1 1-4.500z"/><path d="m13 7.5 3.5 3.5"/>`,
  trash: svg`<path d="M4.5 7h15M9.5 7V4.500h5V7M6.5 7l.8 12.500h9.400L17.5 7M10 11v5M14 11v5"/>`,
  hash: svg`<path d="M9.5 4 7.5 20M16.5 4l-2 16M4.5 9h15.500M4 15h15.5"/>`,
  lock: svg`<rect x="5" y="10.5" width="14" height="9.5" rx="2.5"/><path d="M8 10.500V8a4 4 0 0 1 8 0v2.5"/>`,
  book: svg`<path d="M12 6.500C10 5 7 4.7 4 5v13.500c3-.3 6 0 8 1.5 2-1.5 5-1.8 8-1.500V5c-3-.3-6 0-8 1.500zM12 6.500V20"/>`,
  person: svg`<circle cx="12" cy="8.5" r="3.8"/><path d="M4.8 20a7.3 7.3 0 0 1 14.4 0"/>`,
  people: svg`<circle cx="9" cy="8.5" r="3.5"/><path d="M2.5 19.500a6.6 6.6 0 0 1 13 0M15.5 5.300a3.5 3.5 0 0 1 0 6.400M18 14a6.5 6.5 0 0 1 3.5 5.5"/>`,
  menu: svg`<path d="M4 7h16M4 12h16M4 17h10"/>`,
  more: svg`<path d="M5.5 12h.01M12 12h.01M18.5 12h.01"/>`,
  down: svg`<path d="M12 5v14M6 13l6 6 6-6"/>`,
  chevron: svg`<path d="m7 10 5 5 5-5"/>`,
  sun: svg`<circle cx="12" cy="12" r="4"/><path d="M12 3v1.500M12 19.500V21M3 12h1.500M19.5 12H21M5.6 5.600l1.1 1.100M17.3 17.300l1.1 1.100M5.6 18.400l1.1-1.100M17.3 6.700l1.1-1.1"/>`,
  moon: svg`<path d="M19.5 14.200A8 8 0 0 1 9.8 4.500a8 8 0 1 0 9.7 9.700z"/>`,
  screen: svg`<rect x="3.5" y="4.5" width="17" height="12" rx="2"/><path d="M9 20h6M12 16.500V20"/>`,
  leave: svg`<path d="M14 4.500H6.500a1.5 1.5 0 0 0-1.5 1.500v12a1.5 1.5 0 0 0 1.5 1.500H14M10 12h10M16.5 8.5 20 12l-3.5 3.5"/>`,
  key: svg`<circle cx="8" cy="15" r="4"/><path d="m11 12 8.5-8.500M16 7l3 3"/>`,
  shield: svg`<path d="M12 3.5 5 6v5.500c0 4.5 3 7.5 7 9 4-1.5 7-4.5 7-9V6z"/>`,
  alert: svg`<circle cx="12" cy="12" r="9"/><path d="M12 7.500v5.500M12 16.500h.01"/>`,
  retry: svg`<path d="M19.5 12a7.5 7.5 0 1 1-2.2-5.300L19.5 9"/><path d="M19.5 4.500V9H15"/>`,
  clock: svg`<circle cx="12" cy="12" r="8.5"/><path d="M12 7.500V12l3 2"/>`,
  thread: svg`<path d="M4.500 5.500h15v10.500h-8.500L7 19.500V16H4.500zM8.5 9.500h7M8.5 12.500h4.500"/>`,
  pin: svg`<path d="M9 4.500h6M10 4.500v5.500l-3 3.500h10l-3-3.500V4.500M12 13.500V20"/>`,
  unread: svg`<path d="M19.500 11v5a2.500 2.500 0 0 1-2.500 2.500h-5.500L7 21v-2.500A2.500 2.500 0 0 1 4.500 16V8A2.500 2.500 0 0 1 7 5.500h6"/><circle cx="18.5" cy="5.500" r="2.5"/>`,
  link: svg`<path d="M10 14a4 4 0 0 0 5.800.2l3-3a4 4 0 0 0-5.700-5.700L12 6.600M14 10a4 4 0 0 0-5.800-.2l-3 3a4 4 0 0 0 5.700 5.700l1.100-1.100"/>`,
  ban: svg`<circle cx="12" cy="12" r="8.5"/><path d="m6 6 12 12"/>`,
  gear: svg`<circle cx="12" cy="12" r="3"/><path d="M12 3v2.500M12 18.500V21M3 12h2.500M18.500 12H21M5.600 5.600l1.800 1.800M16.600 16.600l1.800 1.800M5.600 18.400l1.800-1.800M16.600 7.400l1.800-1.800"/>`,
  bell: svg`<path d="M6.500 16.500V11a5.500 5.500 0 0 1 11 0v5.500l1.500 1.500H5zM10.500 20.500h3"/>`,
  invite: svg`<circle cx="10" cy="8.5" r="3.800"/><path d="M3 20a7.200 7.200 0 0 1 12.500-4.800M18 14v6M15 17h6"/>`,
  issue: svg`<circle cx="12" cy="12" r="8.5"/><path d="M12 12h.01"/><circle cx="12" cy="12" r="1.2"/>`,
  pull: svg`<circle cx="6.500" cy="6" r="2.300"/><circle cx="6.500" cy="18" r="2.300"/><circle cx="17.500" cy="18" r="2.300"/><path d="M6.500 8.300v7.400M17.500 15.700V9.500a3 3 0 0 0-3-3H11M13.500 3.800 11 6.500l2.500 2.600"/>`,
  commit: svg`<circle cx="12" cy="12" r="3.500"/><path d="M3 12h5.500M15.500 12H21"/>`,
  tag: svg`<path d="M4 5.500V12l8.200 8.200a1.500 1.500 0 0 0 2.100 0l5.900-5.900a1.500 1.500 0 0 0 0-2.100L12 4H5.500A1.500 1.500 0 0 0 4 5.500z"/><path d="M8.300 8.300h.01"/>`,
  code: svg`<path d="m8.500 7.500-5 4.500 5 4.500M15.500 7.500l5 4.500-5 4.500"/>`,
  archive: svg`<rect x="3.5" y="4.5" width="17" height="4.5" rx="1.2"/><path d="M5 9v9.500A1.5 1.5 0 0 0 6.5 20h11a1.5 1.5 0 0 0 1.5-1.500V9M10 13h4"/>`,
};

/** @typedef {keyof typeof shapes} Sign */

/** @param {Sign} name */
export function icon(name) {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${shapes[name]}</svg>`;
}

/** The sign of a room's kind. @param {string | undefined} kind */
export function roomIcon(kind) {
  if (kind === "private") return icon("lock");
  if (kind === "direct") return icon("person");
  return icon(kind === "open" ? "book" : "hash");
}
