// Marking by keyboard. What a key does is what the marked box, button or link does; without them it does nothing.

const SWITCH = "marking-keys-off";
const keysOn = document.getElementById("keys-on");
const announcer = document.getElementById("announcer");
let going = false;

function isTyping(target) {
  return target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]") !== null;
}

function toggle(key) {
  const box = document.querySelector(`[data-digit="${key}"]`);
  if (!box) return false;
  box.checked = !box.checked;
  const words = box.closest("label").innerText.split("\n")[0];
  announcer.textContent = `${box.checked ? "已勾选" : "已取消"}${words}`;
  return true;
}

function act(key) {
  const place = document.querySelector(`[data-key="${key}"]`);
  if (!place) return false;
  going = true;
  place.click();
  return true;
}

// Enter on a button, a link or a summary is that one's own.
function confirms(target) {
  return target.closest("button, a, summary") === null && act("Enter");
}

function does(event) {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (/^[0-9s]$/.test(key)) return toggle(key);
  if (key === "Enter") return confirms(event.target);
  return (key === "u" || key === "ArrowRight") && act(key);
}

function onKey(event) {
  if (going || event.repeat || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
  if (!keysOn.checked || isTyping(event.target)) return;
  if (does(event)) event.preventDefault();
}

document.getElementById("keys-switch").hidden = false;
keysOn.checked = localStorage.getItem(SWITCH) === null;
keysOn.addEventListener("change", () =>
  keysOn.checked ? localStorage.removeItem(SWITCH) : localStorage.setItem(SWITCH, "1"));
document.addEventListener("keydown", onKey);
window.addEventListener("pageshow", () => { going = false; });
// A second click while the first is on its way would only be told that the answer is marked already.
document.getElementById("mark")?.addEventListener("submit", (event) => {
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "1";
});
window.addEventListener("pageshow", () => { delete document.getElementById("mark")?.dataset.sent; });
