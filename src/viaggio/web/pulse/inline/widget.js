// One question on somebody's own page. No cookie, no inline style, nothing loaded besides this file.
// <script src="https://.../w/PULSE.js" async data-after="20" data-remember="session"></script>
// It stands in <div data-viaggio="PULSE"></div> where there is one, else in the corner after data-after seconds.
(() => {
  const config = __CONFIG__;
  const tag = document.currentScript;
  const options = tag ? tag.dataset : {};
  const name = (tag ? tag.src : "").replace(/^.*\/w\/|\.js.*$/g, "");
  const done = (window.viaggioDone = window.viaggioDone || {});
  const remember = options.remember === "session";
  const key = "viaggio:" + name;
  const kept = () => { try { return remember && sessionStorage.getItem(key); } catch { return null; } };
  const keep = () => { done[name] = true; try { if (remember) sessionStorage.setItem(key, "1"); } catch { /* not allowed */ } };
  if (done[name] || kept() || !config.origins.includes(location.origin)) return;
  if (Math.random() >= Number(options.share || config.share)) return;
  const wanted = (options.language || document.documentElement.lang || navigator.language || "").slice(0, 2);
  const language = config.first[wanted] ? wanted : Object.keys(config.first)[0];
  const visit = [...crypto.getRandomValues(new Uint8Array(12))].map(b => b.toString(16).padStart(2, "0")).join("");
  const css = `
    :host { all: initial; color-scheme: light dark; }
    * { box-sizing: border-box; font-family: inherit; }
    section { font: 400 16px/1.45 system-ui, sans-serif; color: light-dark(#17252E, #E8E4DA); background: light-dark(#FFF, #17232A);
      border: 1px solid light-dark(#8A8778, #6F828C); border-radius: 12px; padding: 16px; width: 100%; position: relative; }
    section.corner { position: fixed; right: 16px; bottom: 16px; width: min(380px, calc(100vw - 32px)); max-height: calc(100vh - 32px);
      overflow: auto; z-index: 2147483000; }
    form { display: grid; gap: 16px; margin: 0; }
    fieldset { border: 0; margin: 0; padding: 0; min-width: 0; display: grid; gap: 8px; }
    legend, label.t { font-size: 18px; font-weight: 600; line-height: 1.3; padding: 0 36px 8px 0; }
    small, p { color: light-dark(#4A5A64, #A9B6BC); font-size: 14px; font-weight: 400; margin: 0; display: block; }
    .s { display: grid; grid-template-columns: repeat(6, 1fr); gap: 6px; }
    .s.f { grid-template-columns: repeat(auto-fit, minmax(32px, 1fr)); }
    .e { display: flex; justify-content: space-between; gap: 12px; }
    button, .b span, .o, input[type=text], input[type=date], select, textarea { font: inherit; color: inherit; background: light-dark(#FFF, #17232A);
      border: 1.5px solid light-dark(#8A8778, #6F828C); border-radius: 10px; min-height: 44px; padding: 6px; width: 100%; }
    button { cursor: pointer; }
    .b { position: relative; } .b span { display: grid; place-items: center; cursor: pointer; }
    .b input { position: absolute; opacity: 0; width: 100%; height: 100%; margin: 0; cursor: pointer; }
    .b input:checked + span, .go { background: light-dark(#0B5D6B, #7FD0DC); border-color: light-dark(#0B5D6B, #7FD0DC); color: light-dark(#FFF, #0C1418); }
    .b input:focus-visible + span, :focus-visible { outline: 3px solid light-dark(#1D5FA8, #F2B04F); outline-offset: 2px; }
    .o { display: flex; gap: 10px; align-items: center; padding: 8px 12px; cursor: pointer; }
    .r { display: grid; grid-template-columns: 1fr 96px; gap: 8px; align-items: center; }
    .go { font-weight: 600; }
    .x { position: absolute; top: 4px; right: 4px; width: 44px; border: 0; background: none; font-size: 20px; }
    .bad { color: light-dark(#B4472B, #F08A66); font-weight: 600; }
    a { color: light-dark(#0B5D6B, #7FD0DC); }`;
  const el = (kind, set = {}, ...inside) => {
    const made = document.createElement(kind);
    for (const [at, value] of Object.entries(set)) if (value !== undefined && value !== false) made.setAttribute(at, value === true ? "" : value);
    made.append(...inside.filter(each => each !== null && each !== undefined && each !== ""));
    return made;
  };
  const state = { token: "", step: config.first[language] };
  let box, root;
  const scale = (field, tap) => {
    const points = field.na ? [...field.points, [...field.na, ""]] : field.points;
    const wide = field.named ? "" : field.points.length > 7 ? "s" : "s f";
    const one = ([value, label, spoken]) => tap
      ? el("button", { name: field.name, value, "aria-label": spoken || undefined }, label)
      : el("label", { class: "b" }, el("input", { type: "radio", name: field.name, value, "aria-label": spoken || undefined }), el("span", {}, label));
    const ends = field.low ? el("div", { class: "e" }, el("small", {}, field.low), el("small", {}, field.high)) : null;
    const all = [el("div", { class: wide }, ...field.points.map(one))];
    if (field.na) all.push(one(points[points.length - 1]));
    return [ends, ...all];
  };
  const drawn = (field, step) => {
    const small = [field.help && el("small", {}, field.help), !field.required && !step.tap && el("small", {}, step.words.optional)].filter(Boolean);
    const id = "v-" + field.name;
    if (["comment", "number", "date"].includes(field.form)) {
      const input = field.form === "comment" ? el("textarea", { id, name: field.name, rows: 3, maxlength: 5000 })
        : el("input", { id, name: field.name, type: field.form === "date" ? "date" : "text", inputmode: field.form === "number" ? "decimal" : undefined });
      return el("div", {}, el("label", { class: "t", for: id }, field.text, ...small), input);
    }
    const inside = [];
    if (field.form === "scale") inside.push(...scale(field, step.tap));
    else if (field.form === "matrix") inside.push(...field.rows.map(row => el("fieldset", {}, el("legend", {}, row.text), ...scale(row, false))));
    else if (field.form === "rank") inside.push(...field.points.map(([value, label]) => el("label", { class: "r" }, label,
      el("select", { name: field.name + "." + value }, ...["", ...field.places].map(place => el("option", {}, place))))));
    else inside.push(...field.points.map(([value, label]) => el("label", { class: "o" },
      el("input", { type: field.form === "many" ? "checkbox" : "radio", name: field.name, value }), label)));
    if (field.other) inside.push(el("label", {}, el("small", {}, step.words.other), el("input", { type: "text", name: field.name + ".other", maxlength: 500 })));
    return el("fieldset", {}, el("legend", {}, field.text, ...small), ...inside);
  };
  const close = () => { keep(); root.host.remove(); };
  const show = (...inside) => {
    const words = state.words;
    const shut = el("button", { class: "x", type: "button", "aria-label": words.close }, "×");
    shut.addEventListener("click", close);
    box.replaceChildren(shut, ...inside);
  };
  const draw = (focus) => {
    const step = state.step;
    state.words = step.words;
    const wrong = el("p", { class: "bad", role: "alert" });
    const form = el("form", { novalidate: true }, wrong, ...step.fields.map(field => drawn(field, step)));
    if (!step.tap) form.append(el("button", { class: "go" }, step.words.go));
    form.append(el("p", {}, el("a", { href: config.use + "?l=" + language, target: "_blank", rel: "noopener" }, step.words.use)));
    form.addEventListener("submit", event => { event.preventDefault(); send(form, event.submitter, wrong); });
    show(form);
    if (focus) (form.querySelector("input, textarea, select, button") || form).focus();
  };
  const send = async (form, pressed, wrong) => {
    const step = state.step;
    const fields = [...new FormData(form)].map(([at, value]) => [at, String(value)]);
    if (pressed && pressed.name) fields.push([pressed.name, pressed.value]);
    fields.push(["submission", visit + (state.token ? step.step : "")], ["step", step.step], ["shown", step.fields.map(f => f.name).join()]);
    for (let attempt = 0; attempt < 3; attempt++) {
      try {
        const answer = await fetch(config.send, { method: "POST", credentials: "omit", keepalive: true,
          headers: { "Content-Type": "application/json" }, body: JSON.stringify({ token: state.token, language, fields }) });
        const said = await answer.json();
        if (answer.status === 422) {
          wrong.textContent = step.words.look + " " + said.faults.map(f => (step.fields.find(x => f.item.startsWith(x.name)) || step.fields[0]).text).join(", ");
          return;
        }
        if (!answer.ok) { if (answer.status < 500 && answer.status !== 429) break; throw new Error(answer.status); }
        keep();
        state.token = said.token;
        state.step = said.next;
        return said.next ? draw(true) : show(el("p", { role: "status" }, step.words.thanks));
      } catch { await new Promise(wait => setTimeout(wait, 800 * 2 ** attempt)); }
    }
    wrong.textContent = step.words.again;
  };
  const start = () => {
    const place = [...document.querySelectorAll("[data-viaggio]")].find(each => each.dataset.viaggio === name);
    const host = (place || document.body).appendChild(document.createElement("div"));
    root = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
    box = root.appendChild(el("section", { class: place ? "" : "corner", lang: language, "aria-label": state.step.fields[0].text }));
    draw(false);
  };
  const ready = () => setTimeout(start, 1000 * Number(options.after || 0));
  document.readyState === "loading" ? document.addEventListener("DOMContentLoaded", ready) : ready();
})();
