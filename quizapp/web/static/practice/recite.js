// A card that is turned over and rated by keys. Turning over itself is the page's own, without any script.

const flip = document.getElementById("flip");
const rating = document.getElementById("rating");
const GRADES = { 1: "good", 2: "hard", 3: "again" };

function press(event) {
  if (event.altKey || event.ctrlKey || event.metaKey || event.repeat) return;
  const grade = GRADES[event.key];
  if (grade && flip.open) {
    event.preventDefault();
    rating.querySelector(`button[value="${grade}"]`).click();
  } else if (event.key === " " && !flip.open && event.target === document.body) {
    event.preventDefault();
    flip.open = true;
  }
}

// Whoever turns a card over by keys goes on to rate it.
flip.addEventListener("toggle", () => flip.open && rating.querySelector("button").focus({ preventScroll: true }));
document.addEventListener("keydown", press);
flip.querySelector("summary").focus({ preventScroll: true });
document.getElementById("recite-keys").hidden = !window.matchMedia("(hover: hover)").matches;

// A second tap while the first is on its way sends nothing; back from the next card the buttons work again.
let isSent = false;
rating.addEventListener("submit", (event) => {
  if (isSent) event.preventDefault();
  isSent = true;
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted) isSent = false;
});
