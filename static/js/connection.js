// One socket that comes back: connects, answers requests, notices silence, waits with jitter. Knows no DOM and no rooms.
import { backoff, LONGEST_MS } from "./lib/backoff.js";
import { AfterClose, afterClose, ChatError, disconnected, SUBPROTOCOL } from "./protocol.js";

/** How long an answer may take before the connection counts as lost, in milliseconds. */
const ANSWER_MS = 15_000;
/** The same when there is a reason to doubt: the tab woke up, the network changed. */
const DOUBT_MS = 4_000;
/** How often silence is looked for; the server sends a heartbeat at least every `heartbeat` seconds. */
const WATCH_MS = 5_000;

/**
 * Events: "state" (this.state changed), "hello" (detail: Hello), "frame" (detail: any other event of the server).
 * @typedef {{ name: "idle" | "connecting" | "open" | "waiting" | "stopped", lostAt: number | null, retryAt: number | null,
 *   code: number | null, reason: string }} State
 */
export class Connection extends EventTarget {
  /** @type {State} */
  state = { name: "idle", lostAt: null, retryAt: null, code: null, reason: "" };
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {Map<string, { resolve: (frame: any) => void, reject: (error: Error) => void, timer: number }>} */
  #waiting = new Map();
  #attempt = 0;
  #nextId = 1;
  #retryTimer = 0;
  #watchTimer = 0;
  #heardAt = 0;
  #heartbeatMs = 25_000;
  /** @type {number | null} */
  #goodbyeMs = null;
  #goodbyeReason = "";

  /** @param {() => string} url asked anew for every try, since the room may have changed */
  constructor(url) {
    super();
    this.url = url;
  }

  get isOpen() {
    return this.state.name === "open";
  }

  open() {
    if (this.state.name === "open" || this.state.name === "connecting") return;
    clearTimeout(this.#retryTimer);
    this.#change({ name: "connecting", retryAt: null, lostAt: this.state.lostAt ?? Date.now() });
    const socket = new WebSocket(this.url(), SUBPROTOCOL);
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#hear(JSON.parse(data));
    socket.onclose = ({ code, reason }) => this.#lose(code, reason);
    this.#watch();
  }

  /** Leave for good, until open() is called. */
  close() {
    this.#drop();
    clearTimeout(this.#retryTimer);
    this.#change({ name: "idle", lostAt: null, retryAt: null, code: null, reason: "" });
  }

  /** The network or the tab came back: try at once, or make sure that the connection still lives. */
  wake() {
    if (this.state.name === "waiting") {
      this.#attempt = 0;
      this.open();
    } else if (this.state.name === "open") {
      this.request({ type: "ping" }, DOUBT_MS).catch(() => {});
    }
  }

  /**
   * Send a command and wait for its reply.
   * @param {{ type: string, [field: string]: unknown }} command
   * @param {number} [patienceMs]
   * @returns {Promise<any>} rejects with ChatError; with the code "disconnected" nobody knows whether it was done
   */
  request(command, patienceMs = ANSWER_MS) {
    if (!this.isOpen) return Promise.reject(disconnected());
    const id = String(this.#nextId++);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#lose(1006, "no answer"), patienceMs);
      this.#waiting.set(id, { resolve, reject, timer });
      this.#socket?.send(JSON.stringify({ ...command, id }));
    });
  }

  /** Send a command that needs no reply; lost without harm when the connection is away. */
  tell(/** @type {{ type: string, [field: string]: unknown }} */ command) {
    if (this.isOpen) this.#socket?.send(JSON.stringify(command));
  }

  #hear(/** @type {any} */ frame) {
    this.#heardAt = Date.now();
    if (frame.type === "ok" || frame.type === "error") this.#answer(frame);
    else if (frame.type === "hello") this.#greet(frame);
    else if (frame.type === "goodbye") this.#partWith(frame);
    else this.dispatchEvent(new CustomEvent("frame", { detail: frame }));
  }

  #greet(/** @type {import("./protocol.js").Hello} */ hello) {
    this.#heartbeatMs = (hello.heartbeat || 25) * 1000;
    this.#attempt = 0;
    this.#goodbyeMs = null;
    this.#change({ name: "open", lostAt: null, retryAt: null, code: null, reason: "" });
    this.dispatchEvent(new CustomEvent("hello", { detail: hello }));
  }

  #partWith(/** @type {{ reason: string, reconnect_after: number }} */ goodbye) {
    this.#goodbyeMs = Math.max(0, goodbye.reconnect_after) * 1000;
    this.#goodbyeReason = goodbye.reason;
  }

  #answer(/** @type {any} */ frame) {
    const asked = this.#waiting.get(frame.id);
    if (!asked) {
      if (frame.type === "error") this.dispatchEvent(new CustomEvent("frame", { detail: frame }));
      return;
    }
    this.#waiting.delete(frame.id);
    clearTimeout(asked.timer);
    if (frame.type === "ok") asked.resolve(frame);
    else asked.reject(new ChatError(frame));
  }

  #lose(/** @type {number} */ code, /** @type {string} */ reason) {
    this.#drop();
    const lostAt = this.state.lostAt ?? Date.now();
    const next = afterClose(code);
    if (next === AfterClose.STOP || next === AfterClose.SIGN_IN) {
      this.#change({ name: "stopped", lostAt, retryAt: null, code, reason });
      return;
    }
    const waitMs = next === AfterClose.WAIT ? LONGEST_MS : (this.#goodbyeMs ?? backoff(this.#attempt++));
    this.#goodbyeMs = null;
    this.#retryTimer = setTimeout(() => this.open(), waitMs);
    this.#change({ name: "waiting", lostAt, retryAt: Date.now() + waitMs, code, reason: this.#goodbyeReason || reason });
    this.#goodbyeReason = "";
  }

  /** Let go of the socket at once: a half-open one would report its end only after minutes. */
  #drop() {
    clearInterval(this.#watchTimer);
    const socket = this.#socket;
    this.#socket = null;
    if (socket) {
      socket.onmessage = socket.onclose = null;
      socket.close();
    }
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(disconnected());
    }
    this.#waiting.clear();
  }

  #watch() {
    clearInterval(this.#watchTimer);
    this.#heardAt = Date.now();
    this.#watchTimer = setInterval(() => {
      const silentMs = Date.now() - this.#heardAt;
      if (this.state.name === "connecting" && silentMs > ANSWER_MS) this.#lose(1006, "no answer");
      else if (this.isOpen && silentMs > this.#heartbeatMs + WATCH_MS) this.wake();
    }, WATCH_MS);
  }

  #change(/** @type {Partial<State>} */ changes) {
    this.state = { ...this.state, ...changes };
    this.dispatchEvent(new Event("state"));
  }
}
