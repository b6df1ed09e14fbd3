// Ordering questions by drag; the buttons beside each question do the same without it.
"use strict";

const sheets = document.querySelectorAll(".sheet");
let dragged = null;

for (const sheet of sheets) sheet.classList.add("can-drag");
for (const question of document.querySelectorAll(".question")) {
  const grip = question.querySelector(".grip");
  grip.addEventListener("pointerdown", () => { question.draggable = true; });
  question.addEventListener("dragstart", (event) => {
    dragged = question;
    question.classList.add("dragged");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", question.dataset.key);
  });
  question.addEventListener("dragend", () => {
    question.draggable = false;
    question.classList.remove("dragged");
    for (const other of document.querySelectorAll(".over")) other.classList.remove("over");
    dragged = null;
  });
  question.addEventListener("dragover", (event) => {
    if (!dragged || dragged === question) return;
    event.preventDefault();
    for (const other of document.querySelectorAll(".over")) other.classList.remove("over");
    question.classList.add("over");
  });
  question.addEventListener("drop", (event) => {
    if (!dragged || dragged === question) return;
    event.preventDefault();
    const form = dragged.querySelector("form.moves");
    const others = [...question.parentElement.children].filter((other) => other !== dragged);
    const add = (name, value) => {
      const input = document.createElement("input");
      input.type = "hidden";
      input.name = name;
      input.value = value;
      form.append(input);
    };
    add("verb", "to");
    add("page", question.closest(".sheet").dataset.page);
    add("place", others.indexOf(question));
    form.submit();
  });
}
