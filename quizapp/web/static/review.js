// Reviewing by keyboard. What a key does is what the marked button or link does; without them it does nothing.

const SWITCH = "review-keys-off";
const OPENS = { m: "rivals", "/": "filters" };
const SAME_KEY = { ArrowLeft: "p", ArrowRight: "n", "？": "?", "、": "/" };
const PRESSED = "review-pressed";
const DECIDES = "a123456789u";
const TAP = 300;
const keysOn = document.getElementById("keys-on");
let going = false;

function isTyping(target) {
  return target instanceof Element && target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]") !== null;
}

function isLeaving(place) {
  return place.form || (place.href && !place.getAttribute("href").startsWith("#"));
}

function press(place) {
  if (!place) return false;
  going = Boolean(isLeaving(place));
  place.click();
  return true;
}

// A second tap on the same key, meant for the question before, must not decide on the next one.
function isSecondTap(key) {
  const [last, at] = (sessionStorage.getItem(PRESSED) || " ").split(" ");
  sessionStorage.setItem(PRESSED, `${key} ${Date.now()}`);
  return DECIDES.includes(last) && last === key && Date.now() - Number(at) < TAP;
}

function open(id) {
  const panel = document.getElementById(id);
  if (!panel) return false;
  panel.open = true;
  (panel.querySelector("button") || panel.querySelector("a[href], input:not([type=hidden])")).focus();
  panel.scrollIntoView({ block: "nearest" });
  return true;
}

function close() {
  const panel = document.activeElement.closest("details[open]") || document.querySelector("#return[open]");
  if (!panel) return false;
  panel.open = false;
  panel.querySelector("summary").focus();
  return true;
}

function chooseReason(digit) {
  const panel = document.getElementById("return");
  return Boolean(panel && panel.open) && press(panel.querySelector(`[data-digit="${digit}"]`));
}

function act(key) {
  if (/^[1-9]$/.test(key)) return chooseReason(key);
  if (key === "?") return open("keys");
  if (key === "b") return open("return");
  if (key in OPENS && open(OPENS[key])) return true;
  const place = document.querySelector(`[data-key="${key}"]`);
  if (place && key === "/") {
    place.focus();
    return true;
  }
  return press(place);
}

function onKey(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (event.key === "Escape") {
    close();
    return;
  }
  if (going || event.repeat || !keysOn.checked || isTyping(event.target)) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (key.length === 1 && isSecondTap(key)) event.preventDefault();
  else if (act(SAME_KEY[key] || key)) event.preventDefault();
}

// A form is sent once: whoever presses twice meant it once.
function onSubmit(event) {
  if (event.target.dataset.sent) event.preventDefault();
  else if (event.target.method === "post") event.target.dataset.sent = "1";
}

// The sentence is in view from the start, however long its paragraph.
function showSentence() {
  const pane = document.querySelector(".source-card");
  const mark = pane && pane.querySelector("mark.source");
  if (!mark || pane.scrollHeight <= pane.clientHeight) return;
  const above = mark.getBoundingClientRect().top - pane.getBoundingClientRect().top;
  pane.scrollTop += above - Math.max((pane.clientHeight - mark.offsetHeight) / 3, 0);
}

document.getElementById("keys-switch").hidden = false;
keysOn.checked = localStorage.getItem(SWITCH) === null;
keysOn.addEventListener("change", () =>
  keysOn.checked ? localStorage.removeItem(SWITCH) : localStorage.setItem(SWITCH, "1"));
document.addEventListener("keydown", onKey);
document.addEventListener("submit", onSubmit);
document.querySelectorAll("a[data-opens]").forEach((link) =>
  link.addEventListener("click", (event) => { if (open(link.dataset.opens)) event.preventDefault(); }));
window.addEventListener("pageshow", () => {
  going = false;
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
});
showSentence();
