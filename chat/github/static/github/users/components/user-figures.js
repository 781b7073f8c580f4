// The figures of everybody, side by side: a table for each, whose cells are drawn as bars.
import { html } from "lit";
import { bar, toneOf } from "../plots.js";

/** @typedef {import("../line-up.js").Person} Person */

/** @type {{ name: string, of: (person: Person) => number | null | undefined }[]} */
const FIGURES = [
  { name: "Followers", of: ({ user }) => user?.followers },
  { name: "Stars", of: ({ overview }) => overview?.stars },
  { name: "Forks", of: ({ overview }) => overview?.forks },
  { name: "Public repositories", of: ({ user }) => user?.public_repos },
];

/** @param {Person[]} people */
export function figures(people) {
  const there = people.filter((person) => !person.trouble);
  if (there.length === 0) return "";
  return html`<section class="github-figures" aria-label="Figures side by side">${FIGURES.map((figure) => table(figure, there))}</section>`;
}

/** @param {typeof FIGURES[number]} figure @param {Person[]} people */
function table(figure, people) {
  const most = Math.max(0, ...people.map((person) => figure.of(person) ?? 0));
  return html`
    <div class="github-figure">
      <table>
        <caption>${figure.name}</caption>
        <tbody>
          ${people.map((person) => html`
            <tr class=${toneOf(person.tone)}>
              <th scope="row" class="truncate">${person.user?.username ?? person.login}</th>
              <td>${cell(figure.of(person), most, isComing(person))}</td>
            </tr>`)}
        </tbody>
      </table>
    </div>
  `;
}

/** @param {number | null | undefined} value @param {number} most @param {boolean} coming */
function cell(value, most, coming) {
  if (typeof value === "number") return html`<span class="github-cell">${bar(value, most)}<span class="github-number">${value.toLocaleString()}</span></span>`;
  if (coming) return html`<span class="github-cell skeleton-line"><span class="visually-hidden">loading</span></span>`;
  return html`<span class="github-cell muted">unknown</span>`;
}

/** @param {Person} person */
function isComing(person) {
  return !person.user || (!person.overview && !person.missing);
}
