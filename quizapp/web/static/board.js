// The big screen: asks every two seconds whether anything changed, and puts what the server draws in the old one's
// place. While the network is away the picture stays.

const board = document.querySelector("[data-board]");
const sign = document.querySelector("[data-lost]");
const EVERY_MS = 2000;
const TURN_MS = 8000;
let turned = 0;

// Of a list that is too long for the screen, one page after the other.
function turnPages() {
  const list = board.querySelector("[data-paged]");
  if (!list) return;
  const lines = [...list.children];
  for (const line of lines) line.hidden = false;
  const bottom = list.getBoundingClientRect().bottom + 1;
  const fitting = lines.filter((line) => line.getBoundingClientRect().bottom <= bottom).length;
  const size = Math.max(1, fitting);
  const pages = Math.ceil(lines.length / size);
  const page = pages ? turned % pages : 0;
  lines.forEach((line, index) => {
    line.hidden = Math.floor(index / size) !== page;
  });
  const words = board.querySelector("[data-page]");
  words.hidden = pages < 2;
  words.textContent = `第 ${page + 1} 页，共 ${pages} 页`;
}

async function draw(polling) {
  const fresh = (await polling.part(board.dataset.screenUrl)).querySelector("[data-screen]");
  if (!fresh) throw new Error("no screen");
  const picture = fresh.querySelector("img");
  if (picture) await picture.decode().catch(() => undefined);
  const old = board.querySelector("[data-screen]");
  if (old.className !== fresh.className) turned = 0;
  old.replaceWith(document.adoptNode(fresh));
  turnPages();
  polling.countDown();
}

function turn() {
  turned += 1;
  turnPages();
}

import(board.dataset.pollingUrl).then((polling) => {
  polling.poll({
    url: board.dataset.snapshotUrl,
    every: () => EVERY_MS,
    told: () => draw(polling),
    lost: (isLost) => {
      sign.hidden = !isLost;
    },
  });
  setInterval(polling.countDown, 500);
});
setInterval(turn, TURN_MS);
window.addEventListener("resize", turnPages);
turnPages();
