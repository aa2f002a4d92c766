// The leader's console: its numbers follow the room, and a press draws anew only what changed. Without this script
// every button works as well, by loading the page again.

const board = document.querySelector("[data-console]");
const sign = board.querySelector("[data-lost]");
const said = board.querySelector("[data-said]");
const EVERY_MS = 2000;
// Nothing moves under a finger that is on its way.
const CALM_MS = 700;
let touchedAt = 0;

function calm() {
  const wait = touchedAt + CALM_MS - Date.now();
  return wait > 0 ? new Promise((go) => setTimeout(go, wait)) : null;
}

// A part without what differs each time it is rendered.
function sense(part) {
  const copy = part.cloneNode(true);
  for (const box of copy.querySelectorAll("details")) box.open = false;
  for (const input of copy.querySelectorAll("[name=csrf_token]")) input.remove();
  for (const time of copy.querySelectorAll("[data-countdown]")) time.remove();
  return copy;
}

function isTypedIn(part) {
  const focused = document.activeElement;
  return part.contains(focused) && focused.matches("input:not([type=hidden])");
}

function keepOpen(old, fresh) {
  for (const box of old.querySelectorAll("details[id]")) {
    const twin = fresh.querySelector(`#${CSS.escape(box.id)}`);
    if (twin) twin.open = box.open;
  }
}

// What in the new part does the same as what has the focus in the old one.
function twinOf(focused, fresh) {
  if (!focused) return null;
  if (focused.matches("summary")) return fresh.querySelector(`#${CSS.escape(focused.parentNode.id)} > summary`);
  const words = focused.textContent;
  return [...fresh.querySelectorAll("button, a")].find((one) => one.textContent === words) || null;
}

function replace(old, fresh) {
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const twin = twinOf(focused, fresh);
  keepOpen(old, fresh);
  old.replaceWith(document.adoptNode(fresh));
  if (twin) twin.focus();
}

function draw(page, isPressed) {
  const parts = [...board.querySelectorAll("[data-part]")];
  const twins = parts.map((old) => page.querySelector(`[data-part="${old.dataset.part}"]`));
  // The page of somebody who was signed out, or may no longer lead, is another one.
  if (twins.some((twin) => !twin)) return location.reload();
  parts.forEach((old, index) => {
    if ((isPressed || !isTypedIn(old)) && !sense(old).isEqualNode(sense(twins[index]))) replace(old, twins[index]);
  });
  return undefined;
}

function say(page) {
  said.replaceChildren(...[...page.querySelectorAll("main > .notice")].map((words) => document.adoptNode(words)));
}

function lost(isLost) {
  sign.hidden = !isLost;
}

async function press(form, polling) {
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    const page = await polling.send(form);
    draw(page, true);
    say(page);
    polling.countDown();
    lost(false);
  } catch (fault) {
    lost(true);
  }
  button.disabled = false;
}

function begin(polling) {
  polling.poll({
    url: board.dataset.snapshotUrl,
    every: () => EVERY_MS,
    told: async () => {
      const page = await polling.part(location.href);
      await calm();
      draw(page, false);
      polling.countDown();
    },
    lost,
  });
  setInterval(polling.countDown, 500);
  board.addEventListener("submit", (event) => {
    event.preventDefault();
    press(event.target, polling);
  });
}

document.addEventListener("pointerdown", () => {
  touchedAt = Date.now();
});
import(board.dataset.pollingUrl).then(begin);
