// "5 minutes ago", as it becomes later.
import { html } from "lit";
import { fullTime, timeAgo } from "../lib/time.js";
import { ChatElement } from "./element.js";

const TICK_MS = 30_000;

class TimeAgo extends ChatElement {
  static properties = { at: { attribute: false } };

  constructor() {
    super();
    this.at = "";
    this.timer = 0;
  }

  get followsStore() {
    return false;
  }

  connectedCallback() {
    super.connectedCallback();
    this.timer = setInterval(() => this.requestUpdate(), TICK_MS);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.timer);
  }

  render() {
    return html`<time datetime=${this.at} title=${fullTime(this.at)}>${timeAgo(this.at)}</time>`;
  }
}

customElements.define("time-ago", TimeAgo);
