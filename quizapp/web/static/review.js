// Reviewing by keyboard. What a key does is what the marked button or link does; without them it does nothing.

const SWITCH = "review-keys-off";
const keysOn = document.getElementById("keys-on");
const keys = document.getElementById("keys");
const reason = document.getElementById("reason");
let going = false;

function isTyping(target) {
  return target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]") !== null;
}

function act(key) {
  const place = document.querySelector(`[data-key="${key}"]`);
  if (!place) return false;
  going = true;
  place.click();
  return true;
}

function showKeys() {
  keys.open = true;
  keys.querySelector("summary").focus();
  return true;
}

function giveReason() {
  if (!reason) return false;
  reason.focus();
  return true;
}

const DOES = {
  a: () => act("a"),
  e: () => act("e"),
  b: giveReason,
  r: giveReason,
  ArrowLeft: () => act("ArrowLeft"),
  ArrowRight: () => act("ArrowRight"),
  "?": showKeys,
  "？": showKeys,
};

function onKey(event) {
  if (going || event.repeat || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
  if (!keysOn.checked || isTyping(event.target)) return;
  const does = DOES[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (does && does()) event.preventDefault();
}

document.getElementById("keys-switch").hidden = false;
keysOn.checked = localStorage.getItem(SWITCH) === null;
keysOn.addEventListener("change", () =>
  keysOn.checked ? localStorage.removeItem(SWITCH) : localStorage.setItem(SWITCH, "1"));
document.addEventListener("keydown", onKey);
window.addEventListener("pageshow", () => { going = false; });
