// Asking the server again and again for something small, and counting down between its answers.
// Asks at once when the page comes back from the background; a lost network is told once, and so is its return.

const PATIENCE_MS = 8000;

function request(url, init) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  const asked = Object.assign({ redirect: "error", cache: "no-store", signal: stop.signal }, init);
  return fetch(url, asked).finally(() => clearTimeout(timer));
}

// `told` gets what changed; `every` says after how many milliseconds to ask again, when `init` is used for the n-th time.
export function poll({ url, every, told, lost = () => {}, init = () => ({}) }) {
  let etag = "";
  let timer = 0;
  let round = 0;
  let isAsking = false;

  async function ask() {
    clearTimeout(timer);
    if (isAsking) return;
    isAsking = true;
    try {
      const headers = Object.assign({ Accept: "application/json" }, etag ? { "If-None-Match": etag } : {});
      const answer = await request(url, Object.assign({ headers }, init(round)));
      round += 1;
      if (answer.status !== 304 && !answer.ok) throw new Error(answer.status);
      lost(false);
      if (answer.ok) {
        await told(await answer.json());
        etag = answer.headers.get("ETag") || "";
      }
    } catch (fault) {
      lost(true);
    } finally {
      isAsking = false;
      plan();
    }
  }

  function plan() {
    clearTimeout(timer);
    if (document.visibilityState === "visible") timer = setTimeout(ask, every());
  }

  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && ask());
  window.addEventListener("pageshow", (event) => event.persisted && ask());
  window.addEventListener("online", ask);
  plan();
  return ask;
}

async function page(answer) {
  if (!answer.ok) throw new Error(answer.status);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

// Our own page or a part of it, as the server renders it now.
export function part(url) {
  return request(url, { headers: { Accept: "text/html" } }).then(page);
}

// What a form leads to, without leaving the page.
export function send(form) {
  const body = new URLSearchParams(new FormData(form));
  return request(form.action, { method: "POST", body, redirect: "follow", headers: { Accept: "text/html" } }).then(page);
}

function words(seconds) {
  return `${Math.floor(seconds / 60)} 分 ${String(seconds % 60).padStart(2, "0")} 秒`;
}

const begun = new WeakMap();

// Every [data-countdown] holds the seconds that were left when it came.
export function countDown() {
  for (const place of document.querySelectorAll("[data-countdown]")) {
    if (!begun.has(place)) begun.set(place, Date.now());
    const left = Number(place.dataset.countdown) - Math.round((Date.now() - begun.get(place)) / 1000);
    const text = words(Math.max(0, left));
    if (place.textContent !== text) place.textContent = text;
  }
}
