// A paper that was closed while answers to it were still on this device: they are sent for the record, and the page says so.

const box = document.querySelector("#leftover");

async function send(kept) {
  const answer = await fetch(`${box.dataset.saveUrl}/${kept.number}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": box.dataset.token },
    body: JSON.stringify({
      value: kept.value, flagged: kept.flagged, sequence: kept.base + 1, page: kept.page, live: false,
    }),
    redirect: "error",
  });
  return answer.status;
}

async function sendAll() {
  const { keep, keptOf } = await import(box.dataset.storeUrl);
  const late = new Set();
  for (const kept of await keptOf(box.dataset.attempt)) {
    const status = await send(kept);
    // Noted (409), there already (200), or no answer at all (422); for anything else the next visit will do.
    if (![200, 409, 422].includes(status)) return;
    if (status === 409) late.add(kept.number);
    await keep((place) => place.remove(kept.id));
  }
  if (!late.size) return;
  box.querySelector("[data-numbers]").textContent = [...late].sort((one, other) => one - other).join("、");
  box.hidden = false;
}

sendAll().catch(() => undefined);
