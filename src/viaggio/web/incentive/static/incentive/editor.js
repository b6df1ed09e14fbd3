// The editor of plans: line numbers beside the text, marks where something is found, jumps to a line.
"use strict";

const area = document.querySelector("#id_source");
const gutter = document.querySelector(".gutter");
const beside = document.querySelector("#beside");

function found() {
  const marks = new Map();
  for (const link of beside.querySelectorAll("[data-line]")) {
    const bad = link.closest(".stop-it") !== null;
    marks.set(Number(link.dataset.line), bad || marks.get(Number(link.dataset.line)) === true);
  }
  return marks;
}

function number() {
  const marks = found();
  const lines = area.value.split("\n").length;
  const fresh = document.createDocumentFragment();
  for (let line = 1; line <= lines; line += 1) {
    const cell = document.createElement("div");
    cell.textContent = String(line);
    if (marks.has(line)) cell.className = marks.get(line) ? "bad" : "weak";
    fresh.append(cell);
  }
  gutter.replaceChildren(fresh);
  gutter.scrollTop = area.scrollTop;
}

function jump(line) {
  const lines = area.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
  area.focus();
  area.setSelectionRange(start, start + (lines[line - 1] || "").length);
  const high = area.scrollHeight / lines.length;
  area.scrollTop = Math.max(0, (line - 6) * high);
  area.scrollLeft = 0;
}

document.documentElement.classList.add("has-editor");
area.addEventListener("input", number);
area.addEventListener("scroll", () => { gutter.scrollTop = area.scrollTop; });
new MutationObserver(number).observe(beside, { childList: true, subtree: true });
beside.addEventListener("click", (event) => {
  const link = event.target.closest("[data-line]");
  if (!link) return;
  event.preventDefault();
  jump(Number(link.dataset.line));
});
for (const button of document.querySelectorAll("[data-no-script]")) button.hidden = true;

// Two spaces instead of leaving the field; Escape first leaves it as always.
let leaving = false;
area.addEventListener("keydown", (event) => {
  if (event.key === "Escape") { leaving = true; return; }
  if (event.key === "Tab" && !event.shiftKey && !leaving) {
    event.preventDefault();
    area.setRangeText("  ", area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
  leaving = false;
});

// What was typed is not lost with the page.
let saved = area.value;
let sending = false;
area.form.addEventListener("submit", () => { sending = true; });
window.addEventListener("beforeunload", (event) => {
  if (!sending && area.value !== saved) event.preventDefault();
});
number();
