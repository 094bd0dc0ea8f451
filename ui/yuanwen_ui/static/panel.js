// The source panel: an article as it reads, or its original file, with the answer marked.

import { element, replaceChildren } from "./dom.js";
import { words } from "./words.js";

const NARROW = window.matchMedia("(max-width: 860px)");

export class Panel {
  // steps.to(n) opens the source n places further on, steps.has(n) says whether there is one.
  constructor(steps) {
    this.steps = steps;
    this.view = null;
    this.original = false;
    this.link = null;
    this.opener = null;
    this.head = element("header", { class: "yw-panel-head" });
    this.body = element("div", { class: "yw-panel-body", tabindex: "0" });
    this.root = element("section", { id: "yw-source" }, this.head, this.body);
    NARROW.addEventListener("change", () => this.root.classList.remove("yw-open"));
    this.root.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
    });
  }

  // Open what a mark's href (#source?file=...&start=...&end=...&kind=...) points to.
  async open(link, opener = null) {
    const phrase = await words();
    this.link = link;
    this.opener = opener;
    this.root.classList.add("yw-open");
    try {
      const reply = await fetch(`./yuanwen/source?${link.replace(/^#source\?/, "")}`);
      if (this.link !== link) return;
      this.view = reply.ok ? await reply.json() : null;
      this.kind = new URLSearchParams(link.replace(/^#source\?/, "")).get("kind");
      if (reply.ok) this.render(phrase);
      else this.message(phrase["error.gone"], phrase);
    } catch {
      this.message(phrase["error.offline"], phrase);
    }
  }

  close() {
    this.root.classList.remove("yw-open");
    if (this.opener && this.opener.isConnected) this.opener.focus();
  }

  async refresh() {
    const phrase = await words();
    this.root.setAttribute("aria-label", phrase.source);
    if (this.view) this.render(phrase);
    else this.message(phrase.empty, phrase);
  }

  message(text, phrase) {
    this.view = null;
    replaceChildren(this.head, this.closeButton(phrase));
    replaceChildren(this.body, element("p", { class: "yw-empty" }, text));
  }

  closeButton(phrase) {
    return element("button", { type: "button", class: "yw-close", onclick: () => this.close() }, phrase.close);
  }

  render(phrase) {
    const view = this.view;
    replaceChildren(
      this.head,
      this.closeButton(phrase),
      element("h2", { class: "yw-title" }, view.title || phrase.untitled),
      this.facts(phrase),
      ...this.notices(phrase),
      this.toggle(phrase),
    );
    replaceChildren(this.body, this.original ? this.lines() : this.article());
    this.scroll();
    if (NARROW.matches) this.body.focus({ preventScroll: true });
  }

  // The mark in the middle; without one, where the article begins.
  scroll() {
    const first = this.body.querySelector("mark");
    const start = this.original ? this.body.querySelector(".yw-first") : null;
    const shown = first ?? start;
    const above = first ? this.body.clientHeight / 2 : 8;
    this.body.scrollTop = shown ? this.body.scrollTop + shown.getBoundingClientRect().top - this.body.getBoundingClientRect().top - above : 0;
  }

  facts(phrase) {
    const view = this.view;
    const lines =
      view.first_line === null ? null
      : view.first_line === view.last_line ? `${view.first_line}`
      : `${view.first_line}–${view.last_line}`;
    const date = view.date && view.date_iso && view.date_inferred ? `${view.date} (${view.date_iso}, ${phrase.inferred})` : view.date;
    const pairs = [
      [phrase.file, view.file],
      [phrase.date, date],
      [phrase.reporters, view.reporters.join(" ")],
      [phrase.lines, lines],
    ];
    return element(
      "dl",
      { class: "yw-facts" },
      ...pairs.filter(([, value]) => value).map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))),
    );
  }

  // What the reader must know of the file: that it is no longer the one that was indexed.
  notices(phrase) {
    const notice = { changed: phrase.changed, gone: phrase.gone }[this.view.file_state];
    return notice ? [element("p", { class: "yw-notice", role: "status" }, notice)] : [];
  }

  toggle(phrase) {
    const choice = (label, original) =>
      element("button", {
        type: "button",
        class: "yw-view",
        "aria-pressed": String(this.original === original),
        onclick: () => {
          this.original = original;
          this.render(phrase);
          this.head.querySelector(`.yw-view[aria-pressed="true"]`).focus({ preventScroll: true });
        },
      }, label);
    const views = element("div", { class: "yw-views", role: "group", "aria-label": phrase.view }, choice(phrase.article, false), choice(phrase.original, true));
    return element("div", { class: "yw-controls" }, views, this.stepper(phrase.previous, -1, "Alt+ArrowUp"), this.stepper(phrase.next, 1, "Alt+ArrowDown"));
  }

  stepper(label, step, keys) {
    return element("button", { type: "button", class: "yw-step", "aria-keyshortcuts": keys, title: keys, disabled: !this.steps.has(step), onclick: () => this.steps.to(step) }, label);
  }

  article() {
    return element("div", { class: "yw-article" }, ...this.view.paragraphs.map((pieces) => element("p", {}, ...this.pieces(pieces))));
  }

  lines() {
    const rows = this.view.lines.map((line) =>
      element("div", { class: line.number === this.view.article_line ? "yw-line yw-first" : "yw-line" },
        element("span", { class: "yw-number", "aria-hidden": "true" }, String(line.number)),
        element("span", { class: "yw-line-text" }, ...this.pieces(line.pieces))));
    return element("div", { class: "yw-original" }, ...rows);
  }

  pieces(pieces) {
    const kind = this.kind === "passage" ? "yw-nearest-mark" : "yw-answer-mark";
    return pieces.map((piece) => (piece.mark ? element("mark", { class: kind }, piece.text) : piece.text));
  }
}
