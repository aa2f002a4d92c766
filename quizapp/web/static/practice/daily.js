// The five of a day: one question after the other, each judged here at once, and sent when there is a network. The page
// needs nothing from the server once it is loaded; what the server says of an answer counts, when it comes.

const root = document.querySelector("#daily");
const banner = document.querySelector("#offline");
const RETRY_MS = [2000, 3000, 5000, 8000, 12000];
const WORDS = { right: "✓ 正确", part: "△ 部分正确", wrong: "✗ 错误", none: "✗ 未作答" };
const SAVED_HERE = "，已存在本机，联网后自动保存。";
const NOT_SAVED_HERE = "。这个浏览器不能留存答案，恢复之前请不要关闭本页。";

const outbox = import(root.dataset.outboxUrl).then((module) => module.outbox(root));
const summary = document.querySelector("#summary");

// Places: the questions that were not answered when the page was made

const places = [...root.querySelectorAll("[data-five]")].map((section) => {
  const form = section.querySelector("form");
  return {
    section,
    form,
    number: Number(section.dataset.five),
    interaction: section.dataset.interaction,
    judging: JSON.parse(section.dataset.judging),
    question: form.elements.id.value,
    version: Number(form.elements.version.value),
    seed: form.elements.seed.value,
    // What was given, once it is.
    answer: null,
    isWaiting: false,
  };
});

function inputsOf(place) {
  return [...place.form.querySelectorAll(`[name="q${place.number}"]`)];
}

function valueOf(place) {
  const inputs = inputsOf(place);
  if (place.interaction === "choice") return inputs.filter((input) => input.checked).map((input) => input.value);
  const texts = inputs.map((input) => input.value);
  return texts.some((text) => text.trim()) ? texts : [];
}

function restore(place, value) {
  inputsOf(place).forEach((input, index) => {
    if (place.interaction === "choice") input.checked = value.includes(input.value);
    else input.value = value[index] || "";
  });
  place.form.querySelector("fieldset").dispatchEvent(new Event("answer-shown"));
}

// Judging, as the types of question do on the server; only what is written is compared more simply here

function plain(text) {
  return text.normalize("NFKC").toLowerCase().normalize("NFKC").replace(/[\p{Z}\p{C}\p{P}]/gu, "");
}

function rightParts(place, value) {
  const { right, blanks, anyOrder } = place.judging;
  if (place.interaction === "match") return value.filter((letter, line) => letter && letter === right[line]).length;
  if (place.interaction === "order") {
    return value.filter((letter, at) => at && right.indexOf(letter) === right.indexOf(value[at - 1]) + 1).length;
  }
  const accepted = blanks.map((wordings) => wordings.map(plain));
  const given = value.map(plain);
  if (!anyOrder) return accepted.filter((wordings, blank) => wordings.includes(given[blank])).length;
  return accepted.filter((wordings) => wordings.some((wording) => given.includes(wording))).length;
}

function judged(place, value) {
  const { right, blanks } = place.judging;
  if (!value.length) return "none";
  if (place.interaction === "choice") return [...value].sort().join() === [...right].sort().join() ? "right" : "wrong";
  if (place.interaction === "order" && value.includes("")) return "wrong";
  const parts = rightParts(place, value);
  const all = { match: right.length, order: right.length - 1, text: blanks.length }[place.interaction];
  if (parts === all) return "right";
  return parts ? "part" : "wrong";
}

// Answering

function answer(place, value) {
  if (place.answer) return;
  place.answer = {
    question: place.question,
    version: place.version,
    seed: place.seed,
    value,
    unsure: place.form.querySelector("[data-unsure]").checked,
    page: root.dataset.page,
    sequence: place.number,
    wall: Date.now(),
    steady: performance.now(),
  };
  show(place, judged(place, value));
  place.section.querySelector("[data-verdict]").focus();
  place.isWaiting = true;
  say(place, "正在保存…", "is-waiting");
  keep(place);
  sendAll();
}

let isKept = true;

function keep(place) {
  outbox.then((out) => out.keep(place.answer)).catch(() => {
    isKept = false;
  });
}

function show(place, verdict) {
  const { section, form } = place;
  form.querySelector("fieldset").disabled = true;
  form.querySelector("[data-asking]").hidden = true;
  refuse(place, "");
  mark(place);
  section.querySelector("[data-explanation]").hidden = false;
  section.querySelector("[data-next]").textContent = nextOf(place) ? "下一题" : "看小结";
  judge(place, verdict);
}

function judge(place, verdict) {
  const words = place.section.querySelector("[data-verdict]");
  const isRight = verdict === "right";
  place.isRight = isRight;
  words.textContent = WORDS[verdict];
  words.className = `verdict ${isRight ? "is-right" : "is-wrong"}`;
  const step = root.querySelector(`[data-step="${place.number}"]`);
  step.className = isRight ? "is-right" : "is-wrong";
  step.querySelector(".step-sign").textContent = isRight ? "✓" : "✗";
  step.querySelector("small").textContent = isRight ? "对" : "错";
  count();
}

// Of options to choose from, which are right and which were chosen wrongly is said where they stand.
function mark(place) {
  if (place.interaction !== "choice") return;
  for (const input of inputsOf(place)) {
    const isKey = place.judging.right.includes(input.value);
    const option = input.closest(".option");
    option.classList.toggle("is-key", isKey);
    option.classList.toggle("is-wrong-choice", input.checked && !isKey);
    if (!isKey && !input.checked) continue;
    const tag = document.createElement("span");
    tag.className = `tag ${isKey ? "tag-good" : "tag-bad"}`;
    tag.textContent = isKey ? "✓ 答案" : "✗ 我选的";
    option.append(tag);
  }
}

function refuse(place, words) {
  const line = place.section.querySelector("[data-refused]");
  line.textContent = words;
  line.hidden = !words;
}

function say(place, words, kind) {
  const line = place.section.querySelector("[data-saved]");
  line.textContent = words;
  line.className = `saved ${kind}`;
}

// Walking

function nextOf(place) {
  return places.find((other) => !other.answer && other !== place);
}

function go(place) {
  for (const other of places) other.section.hidden = other !== place;
  for (const step of root.querySelectorAll("[data-step]")) step.removeAttribute("aria-current");
  if (!place) return finish();
  const step = root.querySelector(`[data-step="${place.number}"]`);
  step.setAttribute("aria-current", "step");
  place.section.querySelector("fieldset").focus({ preventScroll: true });
  return window.scrollTo(0, 0);
}

function count() {
  summary.querySelector("[data-right]").textContent = root.querySelectorAll("[data-step].is-right").length;
}

function finish() {
  count();
  summary.hidden = false;
  summary.querySelector("[data-summary]").focus({ preventScroll: true });
  // What was missed stands below once more, to be read in peace.
  for (const place of places) {
    place.section.hidden = place.isRight;
    place.section.querySelector("[data-next]").hidden = true;
  }
  summary.after(...places.map((place) => place.section));
  window.scrollTo(0, 0);
  drawBanner();
}

// Sending: one after the other in the order of giving

let problem = null;
let failures = 0;
let timer = 0;
let round = null;

function sendAll() {
  if (!round) {
    round = sendEach().finally(() => {
      round = null;
      clearTimeout(timer);
      // Whatever was answered while the round was ending is sent at once.
      if (!problem && waiting().length) sendAll();
      else if (problem) timer = setTimeout(sendAll, RETRY_MS[Math.min(failures, RETRY_MS.length) - 1]);
    });
  }
  return round;
}

function waiting() {
  return places.filter((place) => place.isWaiting).sort((one, other) => one.answer.wall - other.answer.wall);
}

async function sendEach() {
  const out = await outbox;
  for (const place of waiting()) {
    const became = await out.send(place.answer);
    if (became.state === "later") return wait(became);
    failures = 0;
    problem = null;
    place.isWaiting = false;
    if (became.state === "saved") saved(place, became.told);
    else say(place, became.why, "is-refused");
  }
  return drawBanner();
}

function saved(place, told) {
  judge(place, told.verdict);
  say(place, `✓ 已保存（${told.saved_at}）`, "is-saved");
  if (told.done) summary.querySelector("[data-days]").textContent = told.streak;
}

function wait(became) {
  failures += 1;
  problem = became;
  for (const place of waiting()) say(place, `${became.why}${isKept ? "，已存在本机" : "，还没有保存"}`, "is-waiting");
  drawBanner();
}

function drawBanner() {
  const count = waiting().length;
  banner.hidden = !problem || !count;
  const rest = summary.querySelector("[data-unsent]");
  rest.className = count ? "saved is-waiting" : "saved is-saved";
  rest.textContent = count ? `还有 ${count} 题没有传到服务器${isKept ? SAVED_HERE : NOT_SAVED_HERE}` : "✓ 已保存";
  if (banner.hidden) return;
  banner.textContent = `${problem.why}${isKept ? SAVED_HERE : NOT_SAVED_HERE}`;
  if (!problem.isSignedOut) return;
  const link = document.createElement("a");
  [link.textContent, link.href] = ["重新登录", root.dataset.signInUrl];
  banner.append(" ", link);
}

// What this device kept from a page that was closed: an answer to one of these five stands as it was given.
async function takeUp() {
  const out = await outbox;
  for (const kept of await out.kept()) {
    const place = places.find((each) => each.question === kept.question && each.version === kept.version && !each.answer);
    if (place && place.seed === kept.seed) {
      place.answer = kept;
      place.isWaiting = true;
      restore(place, kept.value);
      show(place, judged(place, kept.value));
    } else {
      await out.send(kept);
    }
  }
  if (waiting().length) {
    go(nextOf(null));
    sendAll();
  }
}

for (const place of places) {
  place.form.addEventListener("submit", (event) => {
    event.preventDefault();
    const value = valueOf(place);
    if (value.length) answer(place, value);
    else refuse(place, "还没有作答。不会也没关系，点“不会，看答案”。");
  });
  place.form.querySelector("[name=skip]").addEventListener("click", (event) => {
    event.preventDefault();
    answer(place, []);
  });
  place.section.querySelector("[data-next]").addEventListener("click", () => go(nextOf(place)));
}

// A page that slept until another day shows that day's five, once nothing of its own is left to be sent. Compared are
// two times of this device, which may be wrong about the day.
function dayHere() {
  return new Date().toLocaleDateString("sv-SE", { timeZone: root.dataset.zone });
}

const opened = dayHere();

function comeBack() {
  if (document.hidden) return;
  if (dayHere() > opened && navigator.onLine && !waiting().length) location.reload();
  else sendAll();
}

window.addEventListener("online", sendAll);
document.addEventListener("visibilitychange", comeBack);
takeUp().catch(() => undefined);
