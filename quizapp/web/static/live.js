// Question by question: the phone follows the room, and every tap goes to the server at once. What cannot be sent waits
// on this device and is sent again until the server has said what became of it.

const root = document.querySelector("#live");
const notices = document.querySelector("#notices");
const announcer = document.querySelector("#announcer");
const attempt = root.dataset.attempt;
// Until the server has said when to ask again.
const POLL_MS = 2000;
const TYPING_PAUSE_MS = 700;
// A request on a network that changed under it can hang for minutes; after this it is given up and sent again.
const PATIENCE_MS = 8000;
const RETRY_MS = [1000, 2000, 3000, 5000];
const HAND_MADE = { match: root.dataset.matchUrl, order: root.dataset.orderUrl };

// One load of the page, by its own random name.
const page = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))))
  .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const store = import(root.dataset.storeUrl);

// Phones stop the steady clock while they sleep, and the other one can be turned back, so the greater counts.

function moment() {
  return { steady: performance.now(), wall: Date.now() };
}

function since(at) {
  return Math.max(0, performance.now() - at.steady, Date.now() - at.wall) / 1000;
}

const loaded = { server: Number(root.dataset.server), at: moment() };

// The part of the page that changes

let shown = document.querySelector("#now");
let etag = `"${shown.dataset.version}"`;
let pulse = "";
let pollTimer = 0;
let pollMs = POLL_MS;
let isLost = false;

// The pulse of the room costs the server nothing; only when it has changed is the page's part asked for.
async function follow() {
  clearTimeout(pollTimer);
  try {
    const answer = await ask(root.dataset.pulseUrl, pulse);
    if (answer.ok) {
      pollMs = (await answer.json()).again * 1000;
      await refresh();
      pulse = answer.headers.get("ETag") || "";
    } else if (shown.dataset.stage === "over") {
      await refresh();
    }
    isLost = false;
  } catch (lost) {
    isLost = true;
  }
  drawLost();
  plan();
}

async function refresh() {
  const answer = await ask(root.dataset.url, etag);
  if (answer.redirected) return location.replace(answer.url);
  if (answer.status === 401) return offerSignIn();
  if (answer.status === 404) return location.reload();
  if (!answer.ok) return undefined;
  const told = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#now");
  etag = answer.headers.get("ETag") || "";
  return told ? turnTo(told) : undefined;
}

function ask(address, version) {
  const headers = Object.assign({ Accept: "application/json" }, version ? { "If-None-Match": version } : {});
  return withPatience(address, { headers, cache: "no-store" });
}

function plan() {
  clearTimeout(pollTimer);
  if (document.visibilityState === "visible") pollTimer = setTimeout(follow, pollMs * (1 + Math.random() / 5));
}

// Under the finger nothing is replaced: a question that is still open stays as it is.
function turnTo(told) {
  if (told.dataset.stage === shown.dataset.stage && boxOf(shown)) return;
  sendNow();
  const next = document.importNode(told, true);
  shown.replaceWith(next);
  shown = next;
  announcer.textContent = shown.querySelector("h2, .notice, legend").textContent;
  bind();
}

function boxOf(part) {
  return part.querySelector("fieldset[data-number]");
}

let turns = 0;

function bind() {
  const box = boxOf(shown);
  if (!box) return;
  const number = Number(box.dataset.number);
  const question = questions.get(number) || { number, known: 0, tried: 0, entry: null, isSending: false, timer: 0 };
  question.box = box;
  question.known = Math.max(question.known, Number(box.dataset.sequence));
  questions.set(number, question);
  box.addEventListener("change", () => changed(question, 0));
  box.addEventListener("input", (event) => {
    if (["text", "textarea"].includes(event.target.type)) changed(question, TYPING_PAUSE_MS);
  });
  box.form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(question);
  });
  // What is worked by hand binds itself when it is loaded; an address of its own loads it anew for each question.
  turns += 1;
  const handMade = HAND_MADE[box.dataset.interaction];
  if (handMade) import(`${handMade}#${turns}`);
  if (question.entry) show(question, question.entry.value);
}

// Giving and sending

const questions = new Map();

function inputsOf(box) {
  return [...box.querySelectorAll("input:not([type=hidden]), select, textarea")];
}

function valueOf(box) {
  if (box.dataset.interaction === "choice") return inputsOf(box).filter((i) => i.checked).map((i) => i.value);
  const texts = inputsOf(box).map((i) => i.value);
  return texts.some((text) => text.trim()) ? texts : [];
}

function show(question, value) {
  inputsOf(question.box).forEach((input, index) => {
    if (question.box.dataset.interaction === "choice") input.checked = value.includes(input.value);
    else input.value = value[index] || "";
  });
  question.box.dispatchEvent(new Event("answer-shown"));
}

function isSame(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}

function say(question, words, kind) {
  const line = question.box.querySelector("[data-saved]");
  line.textContent = words;
  line.className = `saved ${kind}`;
}

function changed(question, pause) {
  const value = valueOf(question.box);
  drawCount(question.box);
  clearTimeout(question.timer);
  question.timer = setTimeout(() => send(question), pause);
  if (question.entry && isSame(question.entry.value, value)) return;
  question.entry = { value, at: moment(), given: since(loaded.at), sequence: 0, failures: 0 };
  keep(question);
  say(question, "正在保存…", "is-waiting");
}

function drawCount(box) {
  const counter = box.querySelector("[data-counter]");
  const text = box.querySelector("textarea");
  if (counter) counter.textContent = `已写 ${text.value.length} 字，最多 ${text.maxLength} 字`;
}

function sendNow() {
  for (const question of questions.values()) if (question.entry) send(question);
}

async function send(question) {
  const { entry } = question;
  if (!entry || question.isSending) return;
  clearTimeout(question.timer);
  question.isSending = true;
  // The same number again for the same answer: what arrived and whose reply was lost is then known as the same.
  if (!entry.sequence) entry.sequence = question.tried = Math.max(question.known, question.tried) + 1;
  try {
    await received(question, entry, await post(question, entry));
  } catch (lost) {
    failed(question, entry, "网络已断开");
  }
  question.isSending = false;
  if (question.entry && question.entry !== entry) send(question);
}

function post(question, entry) {
  return withPatience(question.box.dataset.saveUrl, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": root.dataset.token },
    body: JSON.stringify({
      value: entry.value, sequence: entry.sequence, page,
      synced: loaded.server, given: entry.given, sent: entry.given + since(entry.at),
    }),
    keepalive: true,
    redirect: "error",
  });
}

function withPatience(address, options) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  return fetch(address, Object.assign({ signal: stop.signal }, options)).finally(() => clearTimeout(timer));
}

function failed(question, entry, problem) {
  const wait = RETRY_MS[Math.min(entry.failures, RETRY_MS.length - 1)];
  entry.failures += 1;
  say(question, `待保存：${problem}，答案留在本机，恢复后自动保存`, "is-waiting");
  question.timer = setTimeout(() => send(question), wait);
}

async function received(question, entry, answer) {
  if (answer.status === 401) return offerSignIn();
  if (answer.status === 409) return refused(question, entry, await answer.json());
  if (answer.status === 422) return refused(question, entry, await answer.json());
  if (!answer.ok) return failed(question, entry, "系统正忙");
  const told = await answer.json();
  question.known = Math.max(question.known, told.sequence);
  if (question.entry !== entry) return undefined;
  if (told.state === "older" && !isSame(told.value, entry.value)) return settle(question, entry, told);
  forget(question);
  return say(question, `✓ 已保存（${told.saved_at}）`, "is-saved");
}

// Another device of the same person gave something else: what was given later stays.
function settle(question, entry, told) {
  if (told.age < since(entry.at)) {
    forget(question);
    show(question, told.value);
    say(question, `✓ 已保存（${told.saved_at}，另一台设备后来改过这题）`, "is-saved");
  } else {
    question.entry = Object.assign({}, entry, { sequence: 0 });
  }
}

function refused(question, entry, told) {
  if (question.entry === entry) forget(question);
  say(question, "✗ 没有计入", "is-refused");
  tell(`refused-${question.number}`, `第 ${question.number} 题：${told.message}`, "notice-bad");
  return refresh().catch(() => undefined);
}

// What waits is kept on this device too, for a page that is closed before it was sent.

function keep(question) {
  const { value, at, given } = question.entry;
  const kept = {
    id: idOf(question), attempt, number: question.number, page, value, flagged: false,
    wall: at.wall, base: question.known, synced: loaded.server, given,
  };
  store.then((unsent) => unsent.keep((place) => place.put(kept))).catch(() => undefined);
}

function forget(question) {
  question.entry = null;
  store.then((unsent) => unsent.keep((place) => place.remove(idOf(question)))).catch(() => undefined);
}

function idOf(question) {
  return `unsent:${attempt}:${question.number}:${page}`;
}

async function restore() {
  const all = await store.then((unsent) => unsent.keptOf(attempt)).catch(() => []);
  for (const kept of all) {
    const question = questions.get(kept.number);
    // What belongs to another question stays kept: the page of results says what became of it.
    if (!question) continue;
    store.then((unsent) => unsent.keep((place) => place.remove(kept.id))).catch(() => undefined);
    if (question.entry || kept.base < question.known) continue;
    question.entry = { value: kept.value, at: { steady: Infinity, wall: kept.wall }, given: kept.given, sequence: 0, failures: 0 };
    keep(question);
    show(question, kept.value);
    send(question);
  }
}

// Notices

function tell(name, words, kind) {
  let line = notices.querySelector(`[data-name="${name}"]`);
  if (!line) {
    line = document.createElement("p");
    line.dataset.name = name;
    notices.append(line);
  }
  line.className = `notice ${kind}`;
  line.textContent = words;
  return line;
}

function drawLost() {
  const line = notices.querySelector('[data-name="lost"]');
  if (isLost) tell("lost", "网络已断开，正在重连。答案留在本机，恢复后自动保存。", "notice-warn");
  else if (line) line.remove();
}

function offerSignIn() {
  const link = document.createElement("a");
  link.href = root.dataset.signInUrl;
  link.textContent = "重新登录";
  tell("signed-out", "登录已过期，答案留在本机。", "notice-warn").append(link);
}

// Beginning

function wake() {
  sendNow();
  return follow();
}

window.addEventListener("online", wake);
window.addEventListener("pageshow", (event) => {
  if (event.persisted) wake();
});
window.addEventListener("pagehide", sendNow);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") wake();
  else sendNow();
});
document.querySelector("#live-words").textContent = "换题自动更新，答案随选随存。";
root.classList.add("is-live");
bind();
restore();
plan();
