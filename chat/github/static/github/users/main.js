// Wires the page: puts the element in its place.
import "./components/github-users.js";

document.querySelector("[data-users]")?.replaceWith(document.createElement("github-users"));
