"use strict";
// Without this script the report is whole, but not sorted. With it: sort buttons in the heads of tables, a box that finds rows, drawings as SVG,
// and all open in print.
const collator = new Intl.Collator(document.documentElement.lang, { numeric: true, sensitivity: "base" });

// What a cell is sorted by: its first number as it is in the CSV, else its text; nothing known comes last.
function key(row, column) {
  const cell = row.cells[column], data = cell.querySelector("data");
  if (data) return Number(data.value);
  const text = cell.textContent.trim();
  return text === "–" || cell.classList.contains("number") ? null : text;
}

function compare(a, b) {
  if (a === null || b === null) return (a === null) - (b === null);
  if (typeof a !== typeof b) return typeof a === "number" ? -1 : 1;
  return typeof a === "number" ? a - b : collator.compare(a, b);
}

function sort(table, column) {
  const heads = [...table.tHead.rows[0].cells], body = table.tBodies[0];
  const down = heads[column].getAttribute("aria-sort") === "ascending";
  const rows = [...body.rows].map((row, place) => ({ row, place, key: key(row, column) }));
  rows.sort((a, b) => {
    const order = compare(a.key, b.key);
    const turned = down && a.key !== null && b.key !== null ? -order : order;
    return turned || a.place - b.place;
  });
  body.append(...rows.map((item) => item.row));
  heads.forEach((head) => head.removeAttribute("aria-sort"));
  heads[column].setAttribute("aria-sort", down ? "descending" : "ascending");
}

for (const table of document.querySelectorAll("table")) {
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.title = document.body.dataset.sort;
    button.append(...head.childNodes);
    button.addEventListener("click", () => sort(table, column));
    head.append(button);
  });
}

for (const input of document.querySelectorAll(".find input")) {
  const rows = [...document.getElementById(input.dataset.table).tBodies[0].rows];
  const status = input.parentElement.querySelector("[role=status]");
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  input.parentElement.hidden = false;
  input.addEventListener("input", () => {
    const wanted = plain(input.value.trim());
    let shown = 0;
    for (const row of rows) {
      row.hidden = !plain(row.cells[0].textContent + " " + row.cells[1].textContent).includes(wanted);
      shown += !row.hidden;
    }
    status.textContent = wanted ? `${shown} ${status.dataset.word}` : "";
  });
}

// A drawing as a file of its own: what the page says of it stays in the page, and in the PNG.
for (const button of document.querySelectorAll("[data-svg]")) {
  button.hidden = button.nextElementSibling.hidden = false;
  button.addEventListener("click", () => {
    const drawing = document.getElementById(button.dataset.svg).querySelector("svg").cloneNode(true), link = document.createElement("a");
    drawing.setAttribute("font-family", "DejaVu Sans, Verdana, sans-serif");
    link.href = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(drawing)], { type: "image/svg+xml" }));
    link.download = `${button.dataset.svg}.svg`;
    link.click();
  });
}

// That a table or a picture is wider than the screen is said, not only shaded.
const wide = () => {
  for (const box of document.querySelectorAll(".scroll")) box.previousElementSibling.hidden = box.scrollWidth <= box.clientWidth;
};
addEventListener("resize", wide);
for (const more of document.querySelectorAll("details")) more.addEventListener("toggle", wide);
for (const larger of document.querySelectorAll(".enlarge")) larger.addEventListener("change", wide);
wide();

let opened = [];
addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("details:not([open])")];
  for (const more of opened) more.open = true;
});
addEventListener("afterprint", () => {
  for (const more of opened) more.open = false;
});
