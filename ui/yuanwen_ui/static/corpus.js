// The list of files and articles, with what could not be read.

import { Documents } from "./documents.js";
import { element, replaceChildren } from "./dom.js";
import { filled, words } from "./words.js";

export class Corpus {
  constructor() {
    this.loaded = null;
    this.documents = new Documents(() => this.load());
    this.list = element("div", {});
    this.root = element("section", { id: "yw-corpus" }, this.documents.root, this.list);
    this.documents.load();
  }

  async load() {
    const first = await fetch("./yuanwen/corpus").then((reply) => reply.json());
    this.loaded = first;
    await this.refresh();
  }

  async more() {
    const page = await fetch(`./yuanwen/corpus?first=${this.loaded.next}`).then((reply) => reply.json());
    this.loaded.listed.push(...page.listed);
    this.loaded.next = page.next;
    await this.refresh();
  }

  async refresh() {
    const phrase = await words();
    this.documents.refresh();
    if (!this.loaded) return;
    const { listed, skipped, next } = this.loaded;
    replaceChildren(
      this.list,
      element("p", { class: "yw-small" }, listed.length ? filled(phrase.counts, this.loaded) : phrase.no_articles),
      ...this.files(listed),
      next === null ? null : element("button", { type: "button", onclick: () => this.more() }, phrase.more),
      ...(skipped.length ? this.skipped(skipped, phrase) : []),
    );
  }

  files(listed) {
    const byFile = new Map();
    for (const article of listed) byFile.set(article.file, [...(byFile.get(article.file) ?? []), article]);
    return [...byFile].flatMap(([file, articles]) => [
      element("h2", {}, file),
      element("ul", {}, ...articles.map((article) => this.item(article))),
    ]);
  }

  item(article) {
    const where = new URLSearchParams({ file: article.file, start: article.start, end: article.start, kind: "article" });
    const about = [article.date, ...article.reporters].filter(Boolean).join(" · ");
    return element("li", {},
      element("a", { class: "yw-mark", href: `#source?${where}` }, article.title),
      about ? element("div", { class: "yw-small" }, about) : null);
  }

  skipped(skipped, phrase) {
    return [
      element("h2", {}, phrase.skipped),
      element("ul", {}, ...skipped.map((file) => element("li", {}, file.file, element("div", { class: "yw-small" }, phrase[file.reason])))),
    ];
  }
}
