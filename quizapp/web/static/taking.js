// The quiz page: every answer goes to the server the moment it is given, and the page says what the server holds.
// Answers that could not be sent stay on this device, in the order in which they were given, until the server has them.
// The other scripts of the page learn from events on the form: "progress" of a question, "synchronised", "settled".

const form = document.querySelector("#paper");
const banner = document.querySelector("#offline");
const elsewhere = document.querySelector("#elsewhere");
const token = form.querySelector("[name=csrf_token]").value;
const TYPING_PAUSE_MS = 700;
// A request on a network that changed under it can hang for minutes; after this it is given up and sent again.
const PATIENCE_MS = 8000;
const RETRY_MS = [2000, 3000, 5000, 8000, 12000];
// Until the server has said when to ask again.
const POLL_MS = 5000;
// An answer this young was given by somebody who sits before this very page.
const LIVE_SECONDS = 10;
const GOOD_NEWS_MS = 6000;
const REPLACED = "替换了另一台设备较早的答案";

// One load of the paper; the server tells by it which window or device answers.
const page = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))))
  .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

// Time: phones stop the steady clock while they sleep, and the other one can be turned back, so the greater counts.

function moment() {
  return { steady: performance.now(), wall: Date.now() };
}

function since(at) {
  return Math.max(0, performance.now() - at.steady, Date.now() - at.wall) / 1000;
}

function momentOfPage() {
  const [loaded] = performance.getEntriesByType("navigation");
  const ago = loaded ? performance.now() - loaded.responseStart : 0;
  return { steady: performance.now() - ago, wall: Date.now() - ago };
}

let synced = { server: Number(form.dataset.server) || Date.now(), at: momentOfPage(), remaining: Number(form.dataset.remaining) };
let isOver = false;
let isLive = true;
let isClosed = false;

function secondsLeft() {
  return Math.max(0, synced.remaining - since(synced.at));
}

function synchronise(told) {
  if (told.remaining === undefined) return;
  synced = { server: told.server || Date.now(), at: moment(), remaining: told.remaining };
  if (told.remaining > 0 && isOver) {
    isOver = false;
    drawLock();
  }
  tell("synchronised", { secondsLeft });
}

function tell(name, detail) {
  form.dispatchEvent(new CustomEvent(name, { detail }));
}

// What is kept on this device; the store is a file of its own, for a paper that is reopened after the bell has one too.

const attempt = form.dataset.attempt;
const PREFIX = `unsent:${attempt}:`;
let isKept = true;
const store = import(form.dataset.storeUrl);

function keep(step) {
  return store.then((unsent) => unsent.keep(step)).catch(() => {
    isKept = false;
    return [];
  });
}

function keepAnswer(question) {
  const { value, flagged, at, base, synced: server, given } = question.entry;
  return keep((place) =>
    place.put({
      id: `${PREFIX}${question.number}:${page}`, attempt, number: question.number, page,
      value, flagged, wall: at.wall, base, synced: server, given,
    }),
  );
}

function forget(question) {
  question.entry = null;
  return keep((place) => place.remove(`${PREFIX}${question.number}:${page}`));
}

async function keptAnswers() {
  const all = await store.then((unsent) => unsent.keptOf(attempt)).catch(() => []);
  for (const kept of all) keep((place) => place.remove(kept.id));
  return all;
}

// Questions: what the page shows of them

const questions = new Map(
  [...form.querySelectorAll("fieldset[data-number]")].map((box) => [
    Number(box.dataset.number),
    {
      box,
      number: Number(box.dataset.number),
      // The newest state that the server told: its number, and which page gave it.
      known: Number(box.dataset.sequence),
      page: box.dataset.page || "",
      held: null,
      // What the server does not have yet, and whose it is besides: pages whose answers this one took on.
      entry: null,
      mine: [page],
      isSending: false,
      timer: 0,
    },
  ]),
);

function flagOf(question) {
  return question.box.querySelector("[data-flag]");
}

function inputsOf(question) {
  return [...question.box.querySelectorAll("input:not([type=hidden]):not([data-flag]), select, textarea")];
}

function valueOf(question) {
  const inputs = inputsOf(question);
  if (question.box.dataset.interaction === "choice") return inputs.filter((i) => i.checked).map((i) => i.value);
  const texts = inputs.map((i) => i.value);
  return texts.some((text) => text.trim()) ? texts : [];
}

function stateOf(question) {
  return { value: valueOf(question), flagged: flagOf(question).checked };
}

function isSame(one, other) {
  return JSON.stringify([one.value, Boolean(one.flagged)]) === JSON.stringify([other.value, Boolean(other.flagged)]);
}

function show(question, { value, flagged }) {
  inputsOf(question).forEach((input, index) => {
    if (question.box.dataset.interaction === "choice") input.checked = value.includes(input.value);
    else input.value = value[index] || "";
  });
  flagOf(question).checked = Boolean(flagged);
  question.box.dispatchEvent(new Event("answer-shown"));
  drawProgress(question);
}

// Where an answer has many parts, the card says how far it has come.
const PARTS = { match: "已连", order: "已排", text: "已填" };

function drawProgress(question) {
  const { box } = question;
  const given = valueOf(question).filter((text) => text.trim()).length;
  const words = PARTS[box.dataset.interaction];
  const whole = inputsOf(question).length;
  const isPart = Boolean(words) && given < whole;
  box.dataset.progress = given ? (isPart ? `${words} ${given}/${whole}` : "已答") : "未答";
  box.dataset.flagged = flagOf(question).checked ? "1" : "";
  drawCount(box);
  box.dispatchEvent(new Event("progress", { bubbles: true }));
}

function drawCount(box) {
  const counter = box.querySelector("[data-counter]");
  const text = box.querySelector("textarea");
  if (counter) counter.textContent = `已写 ${text.value.length} 字，最多 ${text.maxLength} 字`;
}

function say(question, text, kind) {
  const line = question.box.querySelector("[data-saved]");
  if (line.textContent !== text) line.textContent = text;
  line.className = `saved ${kind}`;
}

function saySaved(question, savedAt, remark) {
  say(question, `✓ 已保存（${savedAt}${remark ? `，${remark}` : ""}）`, "is-saved");
}

// Giving and sending

let turn = 0;

function changed(question, pause) {
  const given = stateOf(question);
  const before = question.entry || question.held;
  clearTimeout(question.timer);
  question.isTyping = pause > 0;
  question.timer = setTimeout(() => {
    question.isTyping = false;
    drain();
  }, pause);
  if (before && isSame(given, before)) return;
  turn += 1;
  question.entry = Object.assign(given, {
    turn, sequence: 0, base: question.known, at: moment(), synced: synced.server, given: since(synced.at),
  });
  keepAnswer(question);
  say(question, "正在保存…", "is-waiting");
  drawProgress(question);
  drawBanner();
}

function waiting() {
  return [...questions.values()].filter((q) => q.entry).sort((one, other) => one.entry.turn - other.entry.turn);
}

function request(address, body) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  return fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token },
    body: JSON.stringify(body),
    keepalive: true,
    redirect: "error",
    signal: stop.signal,
  }).finally(() => clearTimeout(timer));
}

// One after the other in the order of giving; what cannot be reached stops the round, what was refused does not.
let round = null;
let failures = 0;
let retryTimer = 0;

function drain() {
  if (!round) {
    round = sendAll().finally(() => {
      round = null;
      planRetry();
    });
  }
  return round;
}

// Without waiting for the end of what is being typed.
function drainAtOnce() {
  for (const question of questions.values()) question.isTyping = false;
  return drain();
}

async function sendAll() {
  if (mustClaim && !(await claim())) return;
  const tried = new Set();
  const isNext = (q) => !tried.has(q.entry) && !q.isSending && !q.isTyping;
  for (let question = waiting().find(isNext); question; question = waiting().find(isNext)) {
    tried.add(question.entry);
    if (!(await send(question))) break;
  }
}

function planRetry() {
  clearTimeout(retryTimer);
  if (!failures || !(mustClaim || waiting().length)) return;
  retryTimer = setTimeout(drain, RETRY_MS[Math.min(failures, RETRY_MS.length) - 1] * (1 + Math.random() / 4));
}

// Whether it is worth while to go on with the next one.
async function send(question) {
  const { entry } = question;
  question.isSending = true;
  // One more than what the server is known to hold, never more: whatever another page gave meanwhile is then found out.
  if (!entry.sequence) entry.sequence = question.known + 1;
  try {
    const sentAfter = entry.given + since(entry.at);
    const answer = await request(question.box.dataset.saveUrl, {
      value: entry.value, flagged: entry.flagged, sequence: entry.sequence, page,
      live: isLive && since(entry.at) < LIVE_SECONDS, synced: entry.synced, given: entry.given, sent: sentAfter,
    });
    return await received(question, entry, answer);
  } catch (lost) {
    return failed(question, "网络已断开");
  } finally {
    question.isSending = false;
  }
}

function failed(question, problem, offer) {
  failures += 1;
  if (question.entry) say(question, "待保存", "is-waiting");
  drawBanner(problem, offer);
  return false;
}

async function received(question, entry, answer) {
  if (answer.status === 401) return failed(question, "登录已过期", ["重新登录", form.dataset.signInUrl]);
  if (answer.status === 404) return location.reload();
  if (answer.status === 409) return tooLate(question, entry, await answer.json());
  if (answer.status === 422) return refused(question, entry, await answer.json());
  if (answer.status >= 500) return !failed(question, "系统正忙");
  if (answer.status === 429) return failed(question, "系统正忙");
  if (!answer.ok) return failed(question, "页面已过期", ["刷新页面", location.href]);
  const told = await answer.json();
  failures = 0;
  synchronise(told);
  if (told.state === "older") settle(question, entry, told);
  else saved(question, entry, told);
  // An answer from before makes no page the one that answers; who that is, the state tells.
  if (told.live) setLive(true);
  else readState();
  drawBanner();
  channel.postMessage({ page, kind: "saved" });
  return true;
}

function know(question, held) {
  question.known = held.sequence;
  question.page = held.page || "";
  question.held = { value: held.value, flagged: held.flagged };
  question.box.querySelector("input[type=hidden]").value = held.sequence;
}

function saved(question, entry, told) {
  know(question, told);
  if (question.entry !== entry) return;
  forget(question);
  const late = told.late ? "截止后到达，按作答时间计入" : "";
  saySaved(question, told.saved_at, entry.replaced || late);
}

// The server holds something else: what was given later wins. Each age is read off one clock: the server's for what it
// holds, this device's for what was given here.
function settle(question, entry, told) {
  know(question, told);
  if (question.entry !== entry) return;
  const isForeign = !question.mine.includes(told.page || "");
  if (isSame(told, entry)) {
    forget(question);
    saySaved(question, told.saved_at, "");
  } else if (isForeign && told.age < since(entry.at)) {
    yieldTo(question, told);
  } else {
    question.entry = Object.assign({}, entry, { sequence: 0, replaced: isForeign ? REPLACED : "" });
  }
}

function yieldTo(question, held) {
  forget(question);
  show(question, held);
  saySaved(question, held.saved_at, "另一台设备后来改过这题，以较新的答案为准");
}

function refused(question, entry, told) {
  // The value itself is no answer; sending it again would change nothing.
  if (question.entry === entry) forget(question);
  say(question, `没有保存：${told.message}`, "is-refused");
  drawBanner();
  return true;
}

function tooLate(question, entry, told) {
  if (question.entry === entry) forget(question);
  const kept = told.recorded ? "已留存备查，不计分" : "没有计入";
  say(question, `✗ 到达时已过截止时间，${kept}`, "is-refused");
  question.box.dataset.late = "1";
  drawBanner();
  if (told.closed) close();
  return true;
}

function close() {
  isClosed = true;
  isOver = true;
  drawLock();
  tell("closed");
}

// Banners

let problem = "";
let newsTimer = 0;

function drawBanner(words = "", offer = null) {
  const count = waiting().length;
  form.dataset.waiting = count;
  if (words) problem = words;
  if (!count && !words && navigator.onLine) return problem ? tellGoodNews() : undefined;
  if (!problem) return undefined;
  const state = count ? `${problem}，${count} 题待保存。` : `${problem}，可以继续作答。`;
  const advice = isKept ? "答案留在本机，恢复后自动保存，请不要清除浏览器数据。" : "这个浏览器不能留存答案，恢复之前请不要关闭本页。";
  writeBanner(state + advice, "notice-warn", offer);
  return undefined;
}

function tellGoodNews() {
  problem = "";
  writeBanner("网络已恢复，答案已全部保存。", "notice-good");
  newsTimer = setTimeout(() => {
    banner.hidden = true;
  }, GOOD_NEWS_MS);
}

function writeBanner(words, kind, offer) {
  clearTimeout(newsTimer);
  if (offer) banner.dataset.offer = offer[0];
  else if (banner.dataset.offer && kind === "notice-warn" && banner.textContent.startsWith(words)) return;
  banner.textContent = words;
  if (offer) {
    const link = document.createElement("a");
    [link.textContent, link.href] = offer;
    banner.append(" ", link);
  }
  banner.className = `notice ${kind}`;
  banner.hidden = false;
}

// Windows and devices: one page answers, the others look on

const channel =
  "BroadcastChannel" in window ? new BroadcastChannel(`paper:${attempt}`) : { postMessage() {}, addEventListener() {} };

function setLive(live) {
  if (live === undefined || live === isLive) return;
  isLive = live;
  drawLock();
}

function drawLock() {
  for (const { box } of questions.values()) box.disabled = isOver || !isLive;
  elsewhere.hidden = isLive || isOver;
}

// A page that opens while another one answers takes over, as soon as the server can be reached.
let mustClaim = Boolean(form.dataset.page);

async function claim() {
  try {
    const answer = await request(form.dataset.claimUrl, { page });
    mustClaim = answer.status >= 500;
    if (!mustClaim) failures = 0;
    if (answer.ok) {
      channel.postMessage({ page, kind: "claimed" });
      take(await answer.json());
    }
    return !mustClaim;
  } catch (lost) {
    failures += 1;
    drawBanner("网络已断开");
    return false;
  }
}

channel.addEventListener("message", ({ data }) => {
  if (data.page === page) return;
  if (data.kind === "claimed") setLive(false);
  if (data.kind === "handed-in") return location.replace(form.dataset.resultUrl);
  return readState();
});

let pollTimer = 0;
let pollMs = POLL_MS;
let etag = "";

async function readState() {
  clearTimeout(pollTimer);
  try {
    const headers = Object.assign({ Accept: "application/json" }, etag ? { "If-None-Match": etag } : {});
    const answer = await fetch(`${form.dataset.stateUrl}?page=${page}`, { headers, redirect: "error", cache: "no-store" });
    if (answer.ok) {
      etag = answer.headers.get("ETag") || "";
      take(await answer.json());
    } else if (answer.status === 409) {
      const told = await answer.json();
      // The leader may have closed early: the bell rings here as it would have.
      if (told.closed === false) synchronise({ remaining: 0 });
      else close();
    }
  } catch (lost) {
    // The next save says so.
  }
  planRead();
}

function planRead() {
  clearTimeout(pollTimer);
  if (!isClosed && document.visibilityState === "visible") pollTimer = setTimeout(readState, pollMs);
}

function take(told) {
  synchronise(told);
  if (told.again) {
    pollMs = told.again * 1000;
    form.dataset.again = told.again;
  }
  setLive(told.live);
  for (const [number, held] of Object.entries(told.held)) takeOver(questions.get(Number(number)), held);
  if (told.closed) close();
}

function takeOver(question, held) {
  if (!question || question.entry || question.isSending || held.sequence <= question.known) return;
  know(question, held);
  show(question, held);
  saySaved(question, held.saved_at, "来自另一台设备");
}

// Leaving: another window, another app, a locked screen; not the way to another page of the site

const leftLine = document.querySelector("#left");
const leavings = new Map();
let left = 0;
let leftAt = null;
let isGoing = false;

function leave() {
  if (isGoing || isOver || !isLive) return;
  left += 1;
  leftAt = moment();
  leavings.set(left, null);
  sendLeavings();
}

function comeBack() {
  if (!leftAt) return;
  leavings.set(left, Math.round(since(leftAt)));
  leftAt = null;
  leftLine.textContent = `离开本页 ${Number(leftLine.dataset.before) + left} 次（含锁屏、来电），只作记录，不扣分。`;
  leftLine.hidden = false;
  sendLeavings();
}

function sendLeavings() {
  if (!form.dataset.leavingsUrl) return;
  for (const [number, seconds] of leavings) {
    request(form.dataset.leavingsUrl, { page, number, seconds })
      .then((answer) => {
        if (answer.ok && leavings.get(number) === seconds && seconds !== null) leavings.delete(number);
      })
      .catch(() => undefined);
  }
}

// Beginning

async function restore() {
  const kept = await keptAnswers();
  for (const question of questions.values()) {
    const own = kept.filter((one) => one.number === question.number);
    if (own.length && !question.entry) restoreAnswer(question, own[own.length - 1]);
    else if (question.entry) keepAnswer(question);
  }
  drain();
}

function restoreAnswer(question, kept) {
  const { box } = question;
  const held = Object.assign({ saved_at: box.dataset.savedAt }, question.held);
  if (question.known && isSame(held, kept)) return;
  const at = { steady: Infinity, wall: kept.wall };
  question.mine.push(kept.page);
  const isForeign = question.known > kept.base && !question.mine.includes(question.page);
  if (isForeign && Number(box.dataset.age) < since(at)) {
    yieldTo(question, held);
    return;
  }
  turn += 1;
  question.entry = Object.assign({ turn, sequence: 0, at, replaced: isForeign ? REPLACED : "" }, {
    value: kept.value, flagged: kept.flagged, base: kept.base, synced: kept.synced, given: kept.given,
  });
  keepAnswer(question);
  show(question, kept);
  say(question, "待保存", "is-waiting");
}

function wake() {
  drain();
  sendLeavings();
  return readState();
}

for (const question of questions.values()) {
  question.box.addEventListener("change", () => changed(question, 0));
  question.box.addEventListener("input", (event) => {
    if (["text", "textarea"].includes(event.target.type)) changed(question, TYPING_PAUSE_MS);
  });
  drawProgress(question);
  // The server refused this page and sent back what was on it.
  if ("unsaved" in question.box.dataset) changed(question, 0);
  else question.held = stateOf(question);
}
form.addEventListener("send-now", (event) => {
  event.detail.rounds.push(drainAtOnce());
});
form.addEventListener("bell", () => {
  isOver = true;
  drawLock();
  readState();
});
form.addEventListener("handed-in", () => {
  for (const question of questions.values()) forget(question);
  channel.postMessage({ page, kind: "handed-in" });
});
elsewhere.querySelector("button").addEventListener("click", claim);
window.addEventListener("online", () => (waiting().length ? wake() : drawBanner()));
window.addEventListener("offline", () => drawBanner("网络已断开"));
window.addEventListener("pageshow", (event) => {
  isGoing = false;
  if (!event.persisted) return;
  mustClaim = true;
  wake();
});
window.addEventListener("pagehide", () => {
  isGoing = true;
  for (const question of waiting()) if (!question.isSending) send(question);
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") {
    comeBack();
    wake();
  } else {
    leave();
    drainAtOnce();
  }
});
document.querySelector("#saving-words").textContent = "每答一题自动保存到服务器。";
form.dataset.waiting = 0;
form.classList.add("is-live");
tell("synchronised", { secondsLeft });
restore();
planRead();
