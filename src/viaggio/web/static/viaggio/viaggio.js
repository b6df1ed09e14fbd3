// The little that HTML cannot do alone. Every page works without it.
"use strict";

// data-copy="#id": copy the text of that element.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.querySelector(button.dataset.copy);
  navigator.clipboard.writeText(source.textContent.trim()).then(() => {
    button.querySelector("span").textContent = button.dataset.done;
  });
});

// data-submit-on-change: a filter form is sent when one of its controls changes; its button is for no script.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-submit-on-change]");
  if (form) form.requestSubmit();
});
for (const button of document.querySelectorAll("form[data-submit-on-change] [data-no-script]")) button.hidden = true;

// data-confirm="...": ask before a form that cannot be undone is sent.
document.addEventListener("submit", (event) => {
  const question = event.target.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});

// On a phone the navigation scrolls sideways: show where we are.
const here = document.querySelector(".side nav [aria-current]");
if (here) here.parentElement.scrollIntoView({ block: "nearest", inline: "center" });
