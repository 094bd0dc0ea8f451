// Adding documents to the index and taking them out again.

import { element, replaceChildren } from "./dom.js";
import { filled, words } from "./words.js";

export class Documents {
  // changed() is called when the index holds something else than before.
  constructor(changed) {
    this.changed = changed;
    this.state = null;
    this.refused = [];
    this.sending = null;
    this.input = element("input", { type: "file", multiple: true, id: "yw-files", onchange: () => this.send([...this.input.files]) });
    this.zone = element("label", { class: "yw-drop", for: "yw-files" });
    this.rest = element("div", {});
    this.root = element("div", { id: "yw-documents", hidden: true }, this.zone, this.rest);
    this.zone.addEventListener("dragover", (event) => {
      event.preventDefault();
      this.zone.classList.add("yw-over");
    });
    this.zone.addEventListener("dragleave", () => this.zone.classList.remove("yw-over"));
    this.zone.addEventListener("drop", (event) => {
      event.preventDefault();
      this.zone.classList.remove("yw-over");
      this.send([...event.dataTransfer.files]);
    });
  }

  async load() {
    const reply = await fetch("./yuanwen/documents");
    this.state = reply.ok ? await reply.json() : null;
    this.root.hidden = this.state === null;
    await this.refresh();
  }

  async send(files) {
    const phrase = await words();
    this.refused = [];
    for (const file of files) {
      this.sending = file.name;
      await this.refresh();
      const reply = await fetch(`./yuanwen/documents/${encodeURIComponent(file.name)}`, { method: "PUT", body: file }).catch(() => null);
      if (reply === null || !reply.ok) this.refused.push({ file: file.name, reason: await this.reason(reply, phrase) });
    }
    this.sending = null;
    this.input.value = "";
    await this.follow();
  }

  async reason(reply, phrase) {
    if (reply === null) return "error.offline";
    if (reply.status === 413) return "add.large";
    const said = await reply.json().catch(() => ({}));
    return phrase[said.error] ? said.error : "add.refused";
  }

  async remove(name) {
    await fetch(`./yuanwen/documents/${encodeURIComponent(name)}`, { method: "DELETE" });
    this.refused = [];
    await this.follow();
  }

  async follow() {
    await this.load();
    while (this.state && this.state.state === "working") {
      await new Promise((wake) => setTimeout(wake, 300));
      await this.load();
    }
    this.changed();
  }

  async refresh() {
    const phrase = await words();
    if (!this.state) return;
    const { names, suffixes, largest, state, problems } = this.state;
    const limits = filled(phrase["add.limits"], { suffixes: suffixes.join(" "), largest: Math.floor(largest / 1048576) });
    this.input.accept = suffixes.join(",");
    replaceChildren(this.zone, phrase.add, this.input, element("span", { class: "yw-small" }, limits));
    const status = this.sending ? filled(phrase["add.sending"], { file: this.sending })
      : state === "working" ? filled(phrase["add.working"], this.state) : "";
    replaceChildren(
      this.rest,
      status ? element("p", { role: "status", class: "yw-small" }, status, this.bar(status)) : null,
      ...[...this.refused, ...problems].map((problem) => element("p", { class: "yw-problem", role: "alert" }, this.problem(problem, phrase))),
      ...(names.length ? [element("h2", {}, phrase["add.added"]), this.list(names, phrase)] : []),
    );
  }

  bar(label) {
    const { done, total } = this.state;
    return element("progress", { "aria-label": label, ...(this.sending || !total ? {} : { value: done, max: total }) });
  }

  // One sentence on a file that was not added, or on the index.
  problem({ file, reason }, phrase) {
    return file ? filled(phrase["add.not_added"], { file, reason: phrase[reason] }) : phrase[reason];
  }

  list(names, phrase) {
    return element("ul", {}, ...names.map((name) =>
      element("li", {}, name, " ", element("button", { type: "button", "aria-label": `${phrase["add.remove"]} ${name}`, onclick: () => this.remove(name) }, phrase["add.remove"]))));
  }
}
