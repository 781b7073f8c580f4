// Wires the page: makes the chat, hands it to the elements, and tells it what the window goes through.
import { Chat } from "./chat.js";
import "./components/chat-app.js";

const chat = new Chat();
const app = /** @type {any} */ (document.createElement("chat-app"));
app.chat = chat;
document.querySelector("[data-app]")?.replaceWith(app);
chat.start();

// A network that came back, a tab that woke up: do not wait for the next try.
addEventListener("online", () => chat.connection.wake());
addEventListener("offline", () => chat.connection.wake());
addEventListener("pageshow", (event) => event.persisted && chat.connection.wake());
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) chat.connection.wake();
});

// What nobody looks at is not read, and who looks elsewhere is away after a while.
function look() {
  chat.reading.looks = !document.hidden && document.hasFocus();
  chat.presence.hide(document.hidden);
}
for (const event of ["focus", "blur"]) addEventListener(event, look);
document.addEventListener("visibilitychange", look);
for (const event of ["pointerdown", "keydown", "wheel", "touchmove"]) addEventListener(event, () => chat.presence.moved(), { passive: true });
look();
