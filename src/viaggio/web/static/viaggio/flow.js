// The anchor of a flow and its depth, moved in the drawing: by pointer or by arrow keys. Both fill the form
// above the drawing and send it; without this file the form does it alone.
"use strict";
{
  let held = null; // the grip in hand: { grip, from, unit, now, aim }
  let sent = ""; // the grip that sent the form, to have the focus again afterwards
  let soon = 0; // a depth set by keys is sent when the keys rest

  const form = () => document.querySelector("form[data-flow]");
  const places = () => [...document.querySelectorAll(".ch-wide [data-place]")];
  const depth = (grip) => Number(grip.getAttribute("aria-valuenow"));

  function send(field, value, grip) {
    const control = form().elements[field];
    if (![...control.options].some((option) => option.value === value)) control.add(new Option(value, value));
    if (control.value === value) return;
    control.value = value;
    if (field === "anchor") form().elements.which.value = value ? "first" : "start";
    sent = grip.id;
    form().requestSubmit();
  }

  function show(grip, steps) {
    const most = Number(grip.getAttribute("aria-valuemax"));
    const kept = Math.min(Math.max(steps, 0), most);
    const words = form().elements[grip.dataset.grip].closest("label").firstChild.textContent;
    grip.setAttribute("aria-valuenow", kept);
    grip.setAttribute("aria-valuetext", `${words}: ${kept}`);
    say(grip, `${words}: ${kept}`);
    return kept;
  }

  function say(grip, words) {
    const at = document.querySelector("[data-flow-said]");
    if (at) at.textContent = words;
  }

  function aim(place) {
    for (const one of places()) one.classList.toggle("aim", one === place);
    if (held) held.aim = place;
    if (place) say(null, place.dataset.name);
  }

  function drop() {
    if (!held) return;
    held.grip.removeAttribute("transform");
    held.grip.classList.remove("held");
    aim(null);
    held = null;
  }

  document.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest("[data-grip]");
    if (!grip || event.button) return;
    event.preventDefault();
    grip.focus();
    const unit = grip.ownerSVGElement.getScreenCTM().a;
    held = { grip, from: [event.clientX, event.clientY], unit, now: depth(grip), start: depth(grip), aim: null };
    grip.classList.add("held");
  });

  document.addEventListener("pointermove", (event) => {
    if (!held) return;
    const [x, y] = [(event.clientX - held.from[0]) / held.unit, (event.clientY - held.from[1]) / held.unit];
    const { grip } = held;
    if (grip.dataset.grip === "anchor") {
      grip.setAttribute("transform", `translate(${x} ${y})`);
      aim(document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-place]") ?? null);
    } else {
      grip.setAttribute("transform", `translate(${x} 0)`);
      const steps = Math.round((x * Number(grip.dataset.way)) / Number(grip.dataset.apart));
      held.now = show(grip, held.start + steps);
    }
  });

  document.addEventListener("pointerup", () => {
    if (!held) return;
    const { grip, aim: place, now, start } = held;
    drop();
    if (grip.dataset.grip === "anchor") {
      if (place) send("anchor", place.dataset.place, grip);
    } else if (now !== start) send(grip.dataset.grip, String(now), grip);
  });
  document.addEventListener("pointercancel", drop);

  // Left and right go where the pointer would go: away from the anchor there are more steps.
  document.addEventListener("keydown", (event) => {
    const grip = event.target.closest?.("[data-grip]");
    if (!grip) return;
    const turn = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (grip.dataset.grip !== "anchor") {
      if (!turn) return;
      event.preventDefault();
      const sideways = event.key === "ArrowLeft" || event.key === "ArrowRight";
      const now = show(grip, depth(grip) + (sideways ? turn * Number(grip.dataset.way) : turn));
      clearTimeout(soon);
      soon = setTimeout(() => send(grip.dataset.grip, String(now), grip), 500);
      return;
    }
    const all = places();
    const at = all.findIndex((one) => one.classList.contains("aim"));
    if (turn) {
      event.preventDefault();
      const by = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : turn;
      aim(all[(at < 0 && by < 0 ? all.length - 1 : at + by + all.length) % all.length] ?? null);
    } else if (event.key === "Escape") {
      aim(null);
    } else if ((event.key === "Enter" || event.key === " ") && at >= 0) {
      event.preventDefault();
      send("anchor", all[at].dataset.place, grip);
    }
  });

  document.addEventListener("htmx:after:swap", () => {
    const grip = sent && document.getElementById(sent);
    if (!grip) return;
    sent = "";
    grip.focus();
  });
}
