// Practice answers of this person that are still on this device, from a page that was closed without a network.

const box = document.querySelector("#unsent-practice");

function say(words, kind) {
  box.className = `notice ${kind}`;
  box.textContent = words;
  box.hidden = false;
}

async function sendAll() {
  const { outbox } = await import(box.dataset.outboxUrl);
  const out = outbox(box);
  const waiting = await out.kept();
  let saved = 0;
  for (const answer of waiting) {
    const { state, why } = await out.send(answer);
    if (state === "later") return say(`${why}，还有 ${waiting.length - saved} 题练习的答案存在本机，下次打开时自动补传。`, "notice-warn");
    saved += state === "saved";
  }
  return saved ? say(`✓ 存在本机的 ${saved} 题练习答案已补传。`, "notice-good") : undefined;
}

if (box) {
  sendAll().catch(() => undefined);
  window.addEventListener("online", () => sendAll().catch(() => undefined));
}
