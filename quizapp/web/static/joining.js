// After signing in: waits for the quiz, and shows the way in as soon as it opens.

const card = document.querySelector("[data-joining]");
// The pulse needs nobody's name; but now and then the site is shown that somebody is still here, or the sign-in ends.
const STILL_HERE = 40;

function show(phase) {
  const parts = { "[data-waiting]": "planned", "[data-start]": "open", "[data-over]": "closed" };
  for (const [name, when] of Object.entries(parts)) {
    const part = card.querySelector(name);
    if (part) part.hidden = phase !== when;
  }
}

if (card && card.querySelector("[data-start]")) {
  let seconds = 2;
  import(card.dataset.pollingUrl).then(({ poll }) => {
    poll({
      url: card.dataset.pulseUrl,
      every: () => seconds * 1000,
      told: (pulse) => {
        seconds = pulse.again;
        show(pulse.phase);
      },
      init: (round) => ({ credentials: round % STILL_HERE ? "omit" : "same-origin" }),
    });
  });
}
