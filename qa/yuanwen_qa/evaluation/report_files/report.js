"use strict";
// Text from documents and questions reaches the page through textContent alone, so nothing in it is ever markup.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const PAGE = 50;
  const FILTERS = ["outcome", "cause", "lang", "type", "difficulty"];
  const shown = { list: [], drawn: 0 };
  const chosen = { text: "", outcome: "", cause: "", lang: "", type: "", difficulty: "", order: "set" };
  const $ = (id) => document.getElementById(id);
  const language = () => document.documentElement.lang;
  const word = (key) => (data.words[key] || [key, key])[language() === "zh" ? 0 : 1];
  // controls and direction marks could make a line read other than it is stored
  const plain = (text) => Array.from(text, (c) => /[\p{Cc}\p{Cf}\p{Cs}]/u.test(c) && c !== "\n" ? "\ufffd" : c);
  const folded = (text) => text.normalize("NFKC").toLowerCase();

  function element(tag, kind, ...children) {
    const made = document.createElement(tag);
    if (kind) made.className = kind;
    for (const child of children) made.append(typeof child === "string" ? plain(child).join("") : child);
    return made;
  }

  function outcome(one) {
    if (!one.answerable) return one.answered ? "wrong" : "right";
    if (one.exact_match === null) return one.rank === null ? "wrong" : "right";
    if (!one.answered) return "withheld";
    return one.exact_match === 1 ? "right" : one.f1 > 0 ? "partly" : "wrong";
  }

  function marked(text, span, kind) {
    const box = element("div", "quote");
    if (!span) { box.append(plain(text).join("")); return box; }
    const letters = plain(text); // offsets count code points, as in the files
    box.append(letters.slice(0, span[0]).join(""), element("mark", kind, letters.slice(span[0], span[1]).join("")),
      letters.slice(span[1]).join(""));
    return box;
  }

  function quoted(quote, answers) {
    const letters = Array.from(quote).join("");
    for (const answer of answers) {
      const at = letters.indexOf(answer);
      if (at >= 0) {
        const start = Array.from(letters.slice(0, at)).length;
        return marked(quote, [start, start + Array.from(answer).length], "gold");
      }
    }
    return marked(quote, null, "");
  }

  function details(one) {
    const passage = element("section", "", element("h4", "", word("passage")));
    passage.append(one.passage === null ? element("div", "quote dim", word("no_prediction")) : marked(one.passage, one.marked, ""));
    if (one.source) {
      const place = one.start === null ? "" : ` · ${word("place")} ${one.start}–${one.end}`;
      passage.append(element("div", "dim", `${one.title ? one.title + " · " : ""}${one.source}${place}`));
    }
    const evidence = element("section", "", element("h4", "", word("evidence")));
    for (const piece of one.evidence) {
      if (piece.quote) evidence.append(quoted(piece.quote, one.answers));
      if (piece.source) evidence.append(element("div", "dim", piece.source));
    }
    if (!one.evidence.length) evidence.append(element("div", "quote dim", word("none")));
    const facts = element("div", "facts",
      `${word("accepted")}: ${one.answers.join(" / ") || word("none")} · ${word("rank")}: ${one.rank ?? word("not_found")}` +
      (one.cause ? ` · ${word("cause")}: ${word("cause." + one.cause)}` : "") +
      ` · ${[one.id, one.lang, one.type, one.difficulty].filter(Boolean).join(" · ")}`);
    return element("div", "details", passage, evidence, facts);
  }

  function row(one) {
    const state = outcome(one);
    const said = one.prediction === null ? word("no_prediction") : one.prediction;
    const f1 = one.f1 === null ? "" : `F1 ${Math.round(100 * one.f1)}`;
    const summary = element("summary", "", element("span", state, word(state)), element("span", "asked", one.question),
      element("span", "said" + (one.answered ? "" : " dim"), said), element("span", "dim", f1));
    const made = element("details", "question", summary);
    made.dataset.id = one.id;
    made.addEventListener("toggle", () => { if (made.open && made.children.length === 1) made.append(details(one)); });
    return made;
  }

  function matches(one) {
    const facts = { outcome: outcome(one), cause: one.cause || "", lang: one.lang, type: one.type, difficulty: one.difficulty };
    return FILTERS.every((name) => !chosen[name] || facts[name] === chosen[name]) &&
      (!chosen.text || one.words.includes(folded(chosen.text)));
  }

  function draw() {
    shown.list = data.questions.filter(matches);
    if (chosen.order === "confidence") shown.list.sort((a, b) => b.confidence - a.confidence);
    if (chosen.order === "f1") shown.list.sort((a, b) => (a.f1 ?? 1) - (b.f1 ?? 1));
    shown.drawn = 0;
    $("questions").replaceChildren();
    if (!shown.list.length) $("questions").append(element("p", "dim", word("nothing")));
    drawMore();
  }

  function drawMore() {
    for (const one of shown.list.slice(shown.drawn, shown.drawn + PAGE)) $("questions").append(row(one));
    shown.drawn = Math.min(shown.list.length, shown.drawn + PAGE);
    $("more").hidden = shown.drawn >= shown.list.length;
    $("count").textContent = `${word("shown")} ${shown.drawn} / ${shown.list.length} (${word("of")} ${data.questions.length})`;
  }

  function fill(name) {
    const select = $("filter-" + name);
    const values = [...new Set(data.questions.map((one) => name === "outcome" ? outcome(one) : one[name] || ""))].filter(Boolean);
    const label = (value) => name === "outcome" ? word(value) : name === "cause" ? word("cause." + value) : value;
    select.replaceChildren(new Option(word("all"), ""));
    for (const value of values.sort()) select.append(new Option(plain(label(value)).join(""), value));
    select.value = chosen[name];
    select.closest("label").hidden = values.length < 2 && !chosen[name];
  }

  function speak(lang) {
    document.documentElement.lang = lang;
    for (const button of document.querySelectorAll("[data-lang]")) button.setAttribute("aria-pressed", button.dataset.lang === lang);
    if (!$("questions")) return;
    $("search").placeholder = word("search");
    FILTERS.forEach(fill);
    for (const option of $("order").options) option.textContent = word("order_" + option.value);
    draw();
  }

  for (const button of document.querySelectorAll("[data-lang]")) button.addEventListener("click", () => speak(button.dataset.lang));
  if ($("questions")) {
    for (const one of data.questions) {
      const texts = [one.id, one.question, one.prediction || "", one.source || "", one.title || "", ...one.answers,
        ...one.evidence.flatMap((piece) => [piece.source, piece.quote])];
      one.words = folded(texts.join("\n"));
    }
    $("search").addEventListener("input", () => { chosen.text = $("search").value.trim(); draw(); });
    for (const name of FILTERS) {
      $("filter-" + name).addEventListener("change", () => { chosen[name] = $("filter-" + name).value; draw(); });
    }
    $("order").addEventListener("change", () => { chosen.order = $("order").value; draw(); });
    $("more").addEventListener("click", drawMore);
    $("reset").addEventListener("click", () => {
      Object.assign(chosen, { text: "", outcome: "", cause: "", lang: "", type: "", difficulty: "" });
      $("search").value = "";
      FILTERS.forEach(fill);
      draw();
    });
    for (const button of document.querySelectorAll("[data-cause]")) {
      button.addEventListener("click", () => {
        chosen.cause = button.dataset.cause;
        fill("cause");
        draw();
        $("questions").scrollIntoView({ block: "center" });
      });
    }
  }
  const wanted = location.hash.slice(1) || navigator.language;
  speak(wanted.startsWith("zh") ? "zh" : wanted.startsWith("en") ? "en" : document.documentElement.lang);
})();
