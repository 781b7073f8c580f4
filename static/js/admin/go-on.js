// Sends the next step of something long. Between two steps others get their turn, and whoever watches may stop.

const PAUSE_MS = 200;

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form.go-on"));
if (form) setTimeout(() => form.requestSubmit(), PAUSE_MS);
