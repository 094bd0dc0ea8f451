// Joins Gradio's conversation to the source panel and the list of articles, and acts on the links in replies.

import { Corpus } from "./corpus.js";
import "./crowd.js";
import { element } from "./dom.js";
import { Panel } from "./panel.js";
import { filled, language, words } from "./words.js";

const panel = new Panel({ to: stepMark, has: (step) => Boolean(markAt(step)) });
const corpus = new Corpus();
const theme = element("button", { id: "yw-theme", type: "button", onclick: switchTheme });
const evaluation = element("a", { id: "yw-evaluation", href: "./yuanwen/evaluation" });
const opened = new WeakSet();
const shown = new WeakSet();
const NARROW = window.matchMedia("(max-width: 860px)");

// The mark that stands step places after the current one: in the conversation, or in the list of articles.
function markAt(step) {
  const current = document.querySelector(".yw-mark[aria-current]");
  const all = [...(current?.closest("#yw-chat, #yw-corpus")?.querySelectorAll(".yw-mark") ?? [])];
  return all[all.indexOf(current) + step];
}

function openMark(mark) {
  for (const other of document.querySelectorAll(".yw-mark[aria-current]")) other.removeAttribute("aria-current");
  mark.setAttribute("aria-current", "true");
  panel.open(mark.getAttribute("href"), mark);
}

// What was said last comes into view; a long reply is read from its question on, not from its end.
function showNewest() {
  const scroller = document.querySelector("#yw-chat .bubble-wrap");
  const question = [...document.querySelectorAll("#yw-chat .yw-question")].at(-1);
  const said = [...document.querySelectorAll("#yw-chat :is(.yw-reply, .yw-note)")].at(-1);
  if (!scroller || !question || !said || shown.has(said)) return;
  shown.add(said);
  const overflow = said.getBoundingClientRect().bottom - scroller.getBoundingClientRect().bottom;
  const above = question.getBoundingClientRect().top - scroller.getBoundingClientRect().top - 16;
  scroller.scrollTop += Math.min(Math.max(overflow + 16, 0), above);
}

function openNewest() {
  showNewest();
  const newest = [...document.querySelectorAll("#yw-chat .yw-reply")].at(-1);
  if (!newest || opened.has(newest)) return;
  opened.add(newest);
  const mark = newest.querySelector(".yw-mark");
  if (mark && !NARROW.matches) openMark(mark);
}

// Alt + arrow keys go from one source to the next, wherever the focus is.
function stepMark(step) {
  const mark = markAt(step);
  if (!mark) return;
  openMark(mark);
  mark.scrollIntoView({ block: "nearest" });
}

async function copyAnswer(link) {
  const phrase = await words();
  const answer = link.closest(".yw-answer");
  const lines = [".yw-text", ".yw-sentence:not(.yw-whole)", ".yw-cite"].map((part) => answer.querySelector(part)?.textContent);
  const text = `${lines.slice(0, 2).filter(Boolean).join("\n")}\n— ${lines[2]}`;
  const label = link.textContent;
  try {
    await navigator.clipboard.writeText(text);
    link.textContent = phrase.copied;
  } catch {
    link.textContent = phrase.not_copied;
  }
  setTimeout(() => (link.textContent = label), 2000);
}

async function sendVerdict(link) {
  const phrase = await words();
  const said = new URLSearchParams(link.getAttribute("href").replace(/^#verdict\?/, ""));
  const reply = await fetch("./yuanwen/feedback", { method: "POST", body: said }).catch(() => null);
  const row = link.parentElement;
  if (reply && reply.ok) row.replaceChildren(element("span", { class: "yw-done", role: "status" }, `${link.textContent}: ${phrase.noted}`));
  else link.textContent = phrase.not_noted;
}

function switchTheme() {
  const dark = document.body.classList.toggle("dark");
  document.documentElement.classList.toggle("dark", dark);
  chosen = dark ? "dark" : "light";
  localStorage.setItem("yuanwen-theme", chosen);
}

// A question that takes long says for how long it has been asked.
let asked = null;
async function countSeconds() {
  const note = document.querySelector("#yw-chat .yw-busy");
  if (!note) {
    asked = null;
    return;
  }
  if (asked === null) {
    asked = performance.now();
    setTimeout(countSeconds, 1000);
    return;
  }
  const phrase = await words();
  const seconds = Math.floor((performance.now() - asked) / 1000);
  if (seconds >= 2) note.setAttribute("data-seconds", filled(phrase.seconds, { n: seconds }));
  setTimeout(countSeconds, 1000);
}

function pickDays() {
  // The browser's own way to pick a day, in its own language.
  for (const input of document.querySelectorAll("#yw-filter-from :is(input, textarea), #yw-filter-to :is(input, textarea)")) {
    if (input.type !== "date") input.setAttribute("type", "date");
  }
}

function tidyMessages() {
  // Gradio repeats a message's HTML in its label, which a screen reader would read out tag by tag.
  for (const message of document.querySelectorAll("#yw-chat [data-testid][aria-label]")) message.removeAttribute("aria-label");
}

function attach() {
  const places = [["#yw-side", panel], ["#yw-articles", corpus]];
  for (const [where, part] of places) {
    const place = document.querySelector(where);
    if (place && !place.contains(part.root)) {
      place.append(part.root);
      if (part === corpus) corpus.load();
      else panel.refresh();
    }
  }
  const header = document.querySelector("#yw-header");
  if (header && !header.contains(theme)) header.append(evaluation, theme);
}

async function speak(tongue) {
  document.documentElement.lang = tongue;
  const phrase = await words();
  theme.textContent = phrase.theme;
  evaluation.textContent = phrase.evaluation;
  panel.refresh();
  corpus.refresh();
}

function follow() {
  attach();
  tidyMessages();
  pickDays();
  if (asked === null) countSeconds();
  openNewest();
  const tongue = language();
  if (document.documentElement.lang !== tongue || !theme.textContent) speak(tongue);
}

const ACTIONS = { "yw-mark": openMark, "yw-copy": copyAnswer, "yw-verdict": sendVerdict };

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a");
  const action = link && Object.entries(ACTIONS).find(([name]) => link.classList.contains(name));
  if (!action) return;
  event.preventDefault();
  action[1](link);
});
document.addEventListener("keydown", (event) => {
  if (!event.altKey || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
  event.preventDefault();
  stepMark(event.key === "ArrowDown" ? 1 : -1);
});
document.addEventListener("change", follow);

let waiting = false;
new MutationObserver(() => {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    follow();
  });
}).observe(document.documentElement, { childList: true, subtree: true });

// Gradio sets the colours that the system prefers once it has started; what the visitor chose outlasts that.
let chosen = localStorage.getItem("yuanwen-theme");
function wear() {
  for (const part of [document.body, document.documentElement]) {
    if (chosen && part.classList.contains("dark") !== (chosen === "dark")) part.classList.toggle("dark");
  }
}
wear();
for (const part of [document.body, document.documentElement]) new MutationObserver(wear).observe(part, { attributeFilter: ["class"] });
follow();
