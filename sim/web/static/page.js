"use strict";
// Without this script everything works. With it: a slider beside every number, and the answer comes as a lever moves.
const form = document.getElementById("levers"), answer = document.getElementById("answer");
const here = location.pathname; // the script's own addresses lie below it
const page = Array.from(crypto.getRandomValues(new Uint32Array(2)), (n) => n.toString(36)).join("");
const SOON = 20, START = 250, SLOWEST = 2000; // milliseconds
let turn = 0, wait = START, timer = 0, under = null;

function number(text) {
  return Number(text.trim().replace(",", "."));
}

function question() {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value.trim()) query.append(name, value);
  return query;
}

// Where the answer stands below the levers: its first sentence, beside the button, so that one sees it move.
function brief() {
  const said = answer.querySelector(".answer p, .waiting, .wrong"), line = form?.querySelector(".brief");
  if (!line) return;
  line.hidden = !said;
  line.textContent = said ? `↓ ${said.textContent.trim()}` : "";
}

async function show(address, mine, anew) {
  under?.abort();
  under = new AbortController();
  if (anew) answer.setAttribute("aria-busy", "true");
  let next = "";
  try {
    const shown = (!anew && answer.querySelector(".result")?.dataset.shown) || "";
    const response = await fetch(address, { headers: { "x-page": page, "x-shown": shown }, signal: under.signal });
    const text = await response.text();
    if (mine !== turn) return;
    if (response.status === 204) return again(address, mine); // as it stands here
    if (response.headers.get("x-answer") !== "1") {
      location.assign(address.replace("/antwoord", "")); // a page that says what is wrong
      return;
    }
    const html = new DOMParser().parseFromString(text, "text/html");
    const result = html.querySelector(".result"), held = answer.querySelector(".result");
    const query = result.dataset.query;
    if (!held || !result.querySelector(".waiting") || held.querySelector(".waiting")) {
      answer.replaceChildren(result);
      brief();
      dispatchEvent(new Event("resize")); // tables wider than the screen say so
    }
    history.replaceState(null, "", query ? `${here}?${query}` : here);
    next = result.dataset.poll || "";
    if (result.querySelector(".waiting")) wait = SOON; // the server has held the question as long as it could
    const rhythm = html.querySelector(".rhythm");
    if (rhythm) {
      const shown = document.querySelector(".rhythm");
      rhythm.querySelector("details").open = shown.querySelector("details").open;
      shown.replaceWith(rhythm);
    }
  } catch (error) {
    if (error.name === "AbortError") return;
  }
  answer.setAttribute("aria-busy", "false");
  if (next) again(next, mine);
}

function again(address, mine) {
  timer = setTimeout(() => show(address, mine, false), wait);
  wait = Math.max(START, Math.min(1.5 * wait, SLOWEST));
}

function ask() {
  clearTimeout(timer);
  turn += 1;
  wait = START;
  for (const lever of form.querySelectorAll(".lever")) {
    const field = lever.querySelector("input:not([type=range]), select");
    lever.classList.toggle("moved", field.value.trim() !== field.dataset.start);
  }
  show(`${here}/antwoord?${question()}`, turn, true);
}

if (form) {
  for (const field of form.querySelectorAll("input[data-low]")) {
    const slider = document.createElement("input");
    Object.assign(slider, { type: "range", min: field.dataset.low, max: field.dataset.high, step: field.dataset.step });
    slider.value = number(field.value);
    slider.setAttribute("aria-label", field.labels[0].textContent);
    slider.addEventListener("input", () => { field.value = slider.value; });
    slider.addEventListener("change", ask);
    field.addEventListener("change", () => { if (field.value.trim()) slider.value = number(field.value); });
    field.after(slider);
  }
  form.addEventListener("change", (event) => { if (event.target.type !== "range") ask(); });
  brief();
  form.addEventListener("submit", (event) => { event.preventDefault(); ask(); });
}
const poll = answer?.querySelector(".result")?.dataset.poll;
if (poll) timer = setTimeout(() => show(poll, turn, false), wait);
