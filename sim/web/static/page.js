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
  let next = "", busy = false;
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
    busy = Boolean(result.querySelector(".waiting")) && !answer.querySelector(".waiting"); // what stands here answers another question
    if (result.querySelector(".waiting")) wait = SOON; // the server has held the question as long as it could
    const rhythm = html.querySelector(".rhythm");
    if (rhythm) renewed(document.querySelector(".rhythm"), rhythm);
  } catch (error) {
    if (error.name === "AbortError") return;
  }
  answer.setAttribute("aria-busy", String(busy));
  if (next) again(next, mine);
}

// The rhythm as it is now: its timeline, its table, and its rates where there are other tests, so that nobody loses the field they are in.
function renewed(held, rhythm) {
  for (const part of [".line svg", "tbody"]) held.querySelector(part).replaceWith(rhythm.querySelector(part));
  const rates = rhythm.querySelector(".rates");
  if (rates.dataset.years !== held.querySelector(".rates").dataset.years) held.querySelector(".rates").replaceWith(rates);
  held.querySelector(".line").classList.remove("stale");
  placed();
}

function again(address, mine) {
  timer = setTimeout(() => show(address, mine, false), wait);
  wait = Math.max(START, Math.min(1.5 * wait, SLOWEST));
}

// Handles on the timeline: dragged or moved with the arrow keys they set the fields of the first test, the years between and the last test.
const INSET = 0.04; // of the timeline's width, at either end

function years() {
  const [first, every, last] = ["first", "every", "last"].map((name) => number(form.elements[name].value || form.elements[name].dataset.start));
  return { first, every: first + every, last };
}

function placed() {
  const line = form?.querySelector(".line"), at = form && years();
  for (const handle of line?.querySelectorAll(".handle") ?? []) {
    const name = handle.dataset.lever, [from, to] = [Number(line.dataset.from), Number(line.dataset.to)];
    handle.hidden = !(at[name] >= from && at[name] <= to) || (name === "every" && at.every >= at.last);
    handle.style.left = `${100 * (INSET + (1 - 2 * INSET) * (at[name] - from) / (to - from))}%`;
    handle.setAttribute("aria-valuenow", form.elements[name].value);
  }
}

function moveTo(name, year) {
  const field = form.elements[name], at = years();
  const [low, high] = name === "first" ? [field.dataset.low, at.last] : name === "last" ? [at.first, field.dataset.high] : [field.dataset.low, field.dataset.high];
  const value = String(Math.max(low, Math.min(high, name === "every" ? year - at.first : year)));
  if (value === field.value) return false;
  field.value = value;
  form.querySelector(".line").classList.add("stale");
  placed();
  return true;
}

function handled(name) {
  const line = form.querySelector(".line"), field = form.elements[name], handle = document.createElement("span");
  const told = () => field.dispatchEvent(new Event("change", { bubbles: true }));
  Object.assign(handle, { className: "handle", tabIndex: 0, role: "slider", title: field.labels[0].textContent });
  handle.dataset.lever = name;
  for (const [key, value] of [["label", handle.title], ["valuemin", field.dataset.low], ["valuemax", field.dataset.high]])
    handle.setAttribute(`aria-${key}`, value);
  let moved = false;
  handle.addEventListener("pointerdown", (event) => { handle.setPointerCapture(event.pointerId); moved = false; });
  handle.addEventListener("pointermove", (event) => {
    if (!handle.hasPointerCapture(event.pointerId)) return;
    const box = line.getBoundingClientRect(), [from, to] = [Number(line.dataset.from), Number(line.dataset.to)];
    const share = ((event.clientX - box.left) / box.width - INSET) / (1 - 2 * INSET);
    moved = moveTo(name, Math.round(from + share * (to - from))) || moved;
  });
  handle.addEventListener("lostpointercapture", () => { if (moved) told(); });
  handle.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    if (moveTo(name, years()[name] + step)) told();
  });
  line.append(handle);
}

function ask() {
  clearTimeout(timer);
  turn += 1;
  wait = START;
  for (const lever of form.querySelectorAll(".lever")) {
    const field = lever.querySelector("input:not([type=range]), select");
    lever.classList.toggle("moved", field.value.trim() !== field.dataset.start);
  }
  placed();
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
  for (const name of ["first", "every", "last"]) handled(name);
  form.querySelector(".drag").hidden = false;
  placed();
  form.addEventListener("change", (event) => { if (event.target.type !== "range") ask(); });
  brief();
  form.addEventListener("submit", (event) => { event.preventDefault(); ask(); });
}
const poll = answer?.querySelector(".result")?.dataset.poll;
if (poll) timer = setTimeout(() => show(poll, turn, false), wait);
