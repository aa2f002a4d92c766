// The quiz page: every answer goes to the server the moment it is given, and the page says what the server holds.
// Answers that could not be sent stay in this browser and are sent again, in any order, until the server has them.

const form = document.querySelector("#paper");
const banner = document.querySelector("#offline");
const announcer = document.querySelector("#announcer");
const token = form.querySelector("[name=csrf_token]").value;
const storeKey = `unsent:${form.dataset.attempt}`;
const RETRY_MS = 3000;
const TYPING_PAUSE_MS = 700;
// A request on a network that changed under it can hang for minutes; after this it is given up and sent again.
const PATIENCE_MS = 8000;
document.querySelector("#saving-words").textContent = "每答一题自动保存到服务器。";

const questions = new Map(
  [...form.querySelectorAll("fieldset[data-number]")].map((box) => [
    Number(box.dataset.number),
    {
      box,
      number: Number(box.dataset.number),
      interaction: box.dataset.interaction,
      sequence: Number(box.dataset.sequence),
      // What this device has sent, as texts: tells our own unanswered save from another device's.
      sent: [],
      // When the person last changed the answer here.
      changedAt: 0,
      waiting: false,
      sending: false,
      pause: 0,
    },
  ]),
);

function inputsOf(question) {
  return [...question.box.querySelectorAll("input:not([type=hidden]), select, textarea")];
}

function valueOf(question) {
  const inputs = inputsOf(question);
  if (question.interaction === "choice") return inputs.filter((i) => i.checked).map((i) => i.value);
  const texts = inputs.map((i) => i.value);
  return texts.some((text) => text.trim()) ? texts : [];
}

function show(question, value) {
  inputsOf(question).forEach((input, index) => {
    if (question.interaction === "choice") input.checked = value.includes(input.value);
    else input.value = value[index] ?? "";
  });
  showCount(question);
  question.box.dispatchEvent(new Event("answer-shown"));
}

function showCount(question) {
  const counter = question.box.querySelector("[data-counter]");
  const text = question.box.querySelector("textarea");
  if (counter) counter.textContent = `已写 ${text.value.length} 字，最多 ${text.maxLength} 字`;
}

function remember() {
  const unsent = {};
  for (const q of questions.values()) {
    if (q.waiting) unsent[q.number] = { value: valueOf(q), sequence: q.sequence, sent: q.sent, changedAt: q.changedAt };
  }
  try {
    if (Object.keys(unsent).length) localStorage.setItem(storeKey, JSON.stringify(unsent));
    else localStorage.removeItem(storeKey);
  } catch {
    // Without local storage an unsent answer lives as long as this page.
  }
}

function restore() {
  let unsent = {};
  try {
    unsent = JSON.parse(localStorage.getItem(storeKey) ?? "{}");
  } catch {
    return;
  }
  for (const [number, kept] of Object.entries(unsent)) {
    const question = questions.get(Number(number));
    if (!question) continue;
    question.sent = kept.sent;
    const age = Number(question.box.dataset.age);
    if (question.sequence > kept.sequence && isYounger(question, valueOf(question), age, kept.changedAt)) {
      say(question, "✓ 已保存（另一台设备后来改过这题，以较新的答案为准）", "is-saved");
      continue;
    }
    show(question, kept.value);
    changed(question, 0, kept.changedAt);
  }
  remember();
}

// Whether the answer that the server holds was given after the one here, on another device. Each age is read off one
// clock: the server's for what it holds, this device's for what was tapped here.
function isYounger(question, held, heldAge, changedAt) {
  return !question.sent.includes(JSON.stringify(held)) && heldAge < (Date.now() - changedAt) / 1000;
}

function say(question, text, kind) {
  const line = question.box.querySelector("[data-saved]");
  line.textContent = text;
  line.className = `saved ${kind}`;
}

// Where an answer has many parts, the card says how far it has come.
const PARTS = { match: "已连", order: "已排" };

function showCard(question) {
  const link = document.querySelector(`[data-card="${question.number}"]`);
  const given = valueOf(question).filter((text) => text.trim()).length;
  link.classList.toggle("is-answered", given > 0);
  link.querySelector("small").textContent = given ? progress(question, given) : "未答";
}

function progress(question, given) {
  const words = PARTS[question.interaction];
  const whole = inputsOf(question).length;
  return words && given < whole ? `${words} ${given}/${whole}` : "已答";
}

function showBanner(problem) {
  const unsent = [...questions.values()].filter((q) => q.waiting).length;
  if (problem === null) {
    if (!banner.hidden) announcer.textContent = "网络已恢复，答案已全部保存。";
    banner.hidden = true;
    return;
  }
  banner.textContent = `${problem}，${unsent} 题待保存。答案留在本机，恢复后自动保存，请不要清除浏览器数据。`;
  banner.hidden = false;
}

function changed(question, pause = 0, at = Date.now()) {
  clearTimeout(question.pause);
  question.waiting = true;
  question.changedAt = at;
  say(question, "正在保存…", "is-waiting");
  showCard(question);
  remember();
  if (pause) question.pause = setTimeout(() => send(question), pause);
  else send(question);
}

async function send(question) {
  if (question.sending || !question.waiting) return;
  question.sending = true;
  const value = valueOf(question);
  question.sent = [...question.sent.slice(-9), JSON.stringify(value)];
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  try {
    const answer = await fetch(question.box.dataset.saveUrl, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token },
      body: JSON.stringify({ value, sequence: question.sequence + 1 }),
      keepalive: true,
      redirect: "error",
      signal: stop.signal,
    });
    await received(question, value, answer);
  } catch {
    say(question, "待保存", "is-waiting");
    showBanner("网络已断开");
  } finally {
    clearTimeout(timer);
    question.sending = false;
  }
}

function know(question, sequence) {
  question.sequence = sequence;
  question.box.querySelector("input[type=hidden]").value = sequence;
}

async function received(question, value, answer) {
  if (answer.status === 401) return signedOut(question);
  if (answer.status === 409 || answer.status === 404) return location.reload();
  if (!answer.ok && answer.status !== 422) return refused(question, answer.status);
  const told = await answer.json();
  if (!answer.ok) {
    // The value itself is no answer; sending it again would change nothing.
    question.waiting = false;
    say(question, `没有保存：${told.message}`, "is-waiting");
    remember();
    return undefined;
  }
  const current = JSON.stringify(valueOf(question));
  if (told.state === "older" && isYounger(question, told.value, told.age, question.changedAt)) {
    question.waiting = false;
    takeOver(question, told);
  } else {
    know(question, told.sequence);
    question.waiting = current !== JSON.stringify(told.state === "older" ? told.value : value);
    if (question.waiting) setTimeout(() => send(question), 0);
    else say(question, `✓ 已保存（${told.saved_at}）`, "is-saved");
  }
  setRemaining(told.remaining);
  remember();
  if (![...questions.values()].some((q) => q.waiting)) showBanner(null);
  return undefined;
}

function signedOut(question) {
  say(question, "待保存", "is-waiting");
  showBanner("登录已过期");
  offer("重新登录", form.dataset.signInUrl);
}

function refused(question, status) {
  say(question, "待保存", "is-waiting");
  if (status >= 500 || status === 429) return showBanner("系统正忙");
  showBanner("页面已过期");
  return offer("刷新页面", location.href);
}

function offer(words, address) {
  const link = document.createElement("a");
  link.href = address;
  link.textContent = words;
  banner.append(" ", link);
}

function retry() {
  for (const question of questions.values()) send(question);
}

async function readAgain() {
  retry();
  try {
    const answer = await fetch(form.dataset.stateUrl, { headers: { Accept: "application/json" }, redirect: "error" });
    if (answer.status === 409) location.reload();
    if (!answer.ok) return;
    const told = await answer.json();
    setRemaining(told.remaining);
    for (const [number, held] of Object.entries(told.held)) takeOver(questions.get(Number(number)), held);
  } catch {
    // The next retry says so.
  }
}

function takeOver(question, held) {
  if (!question || question.waiting || held.sequence <= question.sequence) return;
  know(question, held.sequence);
  show(question, held.value);
  showCard(question);
  say(question, `✓ 已保存（${held.saved_at}，来自另一台设备）`, "is-saved");
}

// The clock only shows what the server said; the server alone closes the paper.
let deadline = 0;
function setRemaining(seconds) {
  deadline = performance.now() + seconds * 1000;
}
const announced = new Set();
function tick() {
  const left = Math.max(0, (deadline - performance.now()) / 1000);
  const whole = Math.ceil(left);
  document.querySelector("#time").textContent = `${Math.floor(whole / 60)} 分 ${String(whole % 60).padStart(2, "0")} 秒`;
  for (const [at, words] of [[300, "还剩 5 分钟"], [60, "还剩 1 分钟"], [10, "还剩 10 秒"]]) {
    if (whole <= at && whole > at - 5 && !announced.has(at)) {
      announced.add(at);
      announcer.textContent = words;
    }
  }
  if (left <= 0 && !announced.has("over")) {
    announced.add("over");
    setTimeout(() => location.reload(), 1000);
  }
}

// The form itself goes only when nothing is under way, so that it never overtakes a save; if the server cannot be
// reached for a while it goes all the same, with everything on it.
const SETTLE_MS = 5000;
let leaving = false;
async function leave(button) {
  const until = performance.now() + SETTLE_MS;
  while ([...questions.values()].some((q) => q.waiting || q.sending) && performance.now() < until) {
    retry();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  // A save whose reply never came may have arrived: the form's answer is the later one all the same.
  for (const q of questions.values()) {
    if (q.waiting || q.sending) q.box.querySelector("input[type=hidden]").value = q.sequence + 1;
  }
  leaving = true;
  button.click();
}
for (const button of form.querySelectorAll("button:not([type=button])")) {
  button.addEventListener("click", (event) => {
    if (leaving || ![...questions.values()].some((q) => q.waiting || q.sending)) return;
    event.preventDefault();
    leave(button);
  });
}

for (const question of questions.values()) {
  question.box.addEventListener("change", () => changed(question));
  question.box.addEventListener("input", (event) => {
    if (["text", "textarea"].includes(event.target.type)) changed(question, TYPING_PAUSE_MS);
    showCount(question);
  });
  showCount(question);
}
setRemaining(Number(form.dataset.remaining));
tick();
setInterval(tick, 500);
setInterval(retry, RETRY_MS);
window.addEventListener("online", retry);
window.addEventListener("pageshow", (event) => {
  leaving = false;
  if (event.persisted) readAgain();
});
window.addEventListener("pagehide", retry);
document.addEventListener("visibilitychange", () => (document.visibilityState === "visible" ? readAgain() : retry()));
restore();
// The server refused this page and sent back what was on it.
for (const question of questions.values()) {
  if ("unsaved" in question.box.dataset && !question.waiting) changed(question);
}
