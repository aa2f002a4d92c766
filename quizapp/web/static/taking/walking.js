// Going through the paper: one question a screen or the whole paper, by buttons, keys, swipe and the answer card.

const form = document.querySelector("#paper");
const card = document.querySelector("#answer-card");
const toggle = document.querySelector("[data-card-toggle]");
const counter = document.querySelector("[data-counter-of-done]");
const [previous, next] = ["-1", "1"].map((by) => form.querySelector(`[data-step="${by}"]`));
const modes = [...document.querySelectorAll("[data-mode]")];
const questions = [...form.querySelectorAll("fieldset[data-number]")];
const wide = matchMedia("(min-width: 62rem)");
const MODE = "paper-mode";
// A swipe is long, flat, and does not begin where the system's own gesture for “back” does.
const SWIPE_PX = 60;
const EDGE_PX = 24;
const HELD_BY_FINGER = "input[type=text], textarea, select, [data-handle], .match-columns, summary";

let place = 0;

function isWhole() {
  return wide.matches && form.classList.contains("is-whole");
}

// Which question the person is at: where the focus is, else the first that reaches into the upper part of the window.
function current() {
  const focused = questions.indexOf(document.activeElement && document.activeElement.closest("fieldset[data-number]"));
  if (focused >= 0 || !isWhole()) return focused >= 0 ? focused : place;
  return Math.max(0, questions.findIndex((box) => box.getBoundingClientRect().bottom > window.innerHeight / 3));
}

function go(to, { focus = true } = {}) {
  if (to < 0 || to >= questions.length) return;
  const forward = to >= place;
  place = to;
  questions.forEach((box, index) => box.classList.toggle("is-shown", index === place));
  drawBar();
  openCard(false);
  if (!focus) return;
  form.classList.toggle("is-forward", forward);
  form.classList.toggle("is-backward", !forward);
  // So that a reload comes back to this question.
  history.replaceState(history.state, "", `#${questions[place].id}`);
  questions[place].focus({ preventScroll: true });
  questions[place].scrollIntoView({ block: "start", behavior: "instant" });
}

function drawBar() {
  const isLast = place === questions.length - 1;
  previous.disabled = place === 0;
  next.hidden = isLast;
  form.querySelector("[data-last]").hidden = !isLast;
  for (const link of card.querySelectorAll("[data-card]")) {
    if (Number(link.dataset.card) === place + 1) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

function openCard(open) {
  card.classList.toggle("is-open", open);
  toggle.setAttribute("aria-expanded", open);
}

// What the card and the head of a question say about it

function draw(box) {
  const { number, progress, flagged } = box.dataset;
  const link = card.querySelector(`[data-card="${number}"]`);
  link.classList.toggle("is-answered", progress !== "未答");
  link.toggleAttribute("data-part", !["未答", "已答"].includes(progress));
  link.classList.toggle("is-flagged", Boolean(flagged));
  link.querySelector("small").textContent = progress;
  link.querySelector(".card-flag").hidden = !flagged;
  box.querySelector("[data-progress-words]").textContent = progress + (flagged ? " · 已标记" : "");
  const done = questions.filter((one) => one.dataset.progress !== "未答").length;
  counter.textContent = `${done}/${questions.length}`;
}

function readMode() {
  try {
    return localStorage.getItem(MODE);
  } catch (refused) {
    return null;
  }
}

function setMode(mode) {
  form.classList.toggle("is-whole", mode === "whole");
  for (const button of modes) button.setAttribute("aria-pressed", button.dataset.mode === mode);
}

function chooseMode(mode) {
  const at = current();
  setMode(mode);
  go(at);
  try {
    localStorage.setItem(MODE, mode);
  } catch (refused) {
    // Then the next paper begins with one question a screen.
  }
}

// Keys

function isTyping(target) {
  return target.matches("input[type=text], textarea, select, [contenteditable]");
}

function press(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && card.classList.contains("is-open")) {
    openCard(false);
    toggle.focus();
  }
  if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (step) {
    event.preventDefault();
    go(current() + step);
  } else if (/^[a-hA-H1-8]$/.test(event.key)) choose(event);
}

function choose(event) {
  const at = /\d/.test(event.key) ? Number(event.key) - 1 : event.key.toUpperCase().charCodeAt(0) - 65;
  const box = questions[current()];
  const input = box.querySelectorAll(".option input")[at];
  if (!input || box.disabled) return;
  event.preventDefault();
  input.focus();
  input.click();
}

// Swipe

let finger = null;

function touch(event) {
  const [at] = event.touches;
  const isEdge = at.clientX < EDGE_PX || at.clientX > window.innerWidth - EDGE_PX;
  const isFree = event.touches.length === 1 && !isEdge && !event.target.closest(HELD_BY_FINGER);
  finger = isFree ? { x: at.clientX, y: at.clientY } : null;
}

function lift(event) {
  if (!finger || isWhole()) return;
  const [at] = event.changedTouches;
  const [x, y] = [at.clientX - finger.x, at.clientY - finger.y];
  finger = null;
  if (Math.abs(x) >= SWIPE_PX && Math.abs(x) > 2 * Math.abs(y)) go(place + (x < 0 ? 1 : -1));
}

function placeOfHash() {
  return questions.findIndex((box) => `#${box.id}` === location.hash);
}

previous.addEventListener("click", () => go(current() - 1));
next.addEventListener("click", () => go(current() + 1));
toggle.addEventListener("click", () => openCard(!card.classList.contains("is-open")));
for (const link of card.querySelectorAll("[data-card]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    go(Number(link.dataset.card) - 1);
  });
}
for (const button of modes) button.addEventListener("click", () => chooseMode(button.dataset.mode));
form.addEventListener("progress", (event) => draw(event.target));
form.addEventListener("touchstart", touch, { passive: true });
form.addEventListener("touchend", lift, { passive: true });
form.addEventListener("touchcancel", () => {
  finger = null;
});
document.addEventListener("keydown", press);
window.addEventListener("hashchange", () => {
  if (placeOfHash() >= 0) go(placeOfHash());
});
setMode(readMode() === "whole" ? "whole" : "single");
form.classList.add("is-walking");
go(Math.max(0, placeOfHash()), { focus: false });
