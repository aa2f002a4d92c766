// The clock, the bell and handing in. The server alone decides when the time is over; this page only shows what it said,
// and asks again and again until the paper is handed in.

const form = document.querySelector("#paper");
const dialog = document.querySelector("#handing-in");
const clock = document.querySelector("#time");
const announcer = document.querySelector("#announcer");
const title = dialog.querySelector("h2");
const lists = dialog.querySelector("[data-lists]");
const said = dialog.querySelector("[data-said]");
const confirm = dialog.querySelector("[data-confirm]");
const back = dialog.querySelector("[data-back]");
const away = dialog.querySelector("[data-away]");
const token = form.querySelector("[name=csrf_token]").value;
const RETRY_MS = 2500;
const PATIENCE_MS = 15000;
// At the bell everybody's page comes at once. The more people answer, the longer the server lets each page wait between two
// questions for the state; over as long a time they hand in, for nothing is lost by waiting.
const SPREAD_SECONDS = 2;
// What the server tells pages to wait where few people answer.
const SECONDS_OF_FEW = 5;
const WARNINGS = [[300, "还剩 5 分钟"], [60, "还剩 1 分钟"], [10, "还剩 10 秒"]];

const loadedAt = performance.now();
let secondsLeft = () => Math.max(0, Number(form.dataset.remaining) - (performance.now() - loadedAt) / 1000);
const announced = new Set();
let isOver = false;
let isHandingIn = false;

// The clock

function tick() {
  const left = Math.ceil(secondsLeft());
  const words = `${Math.floor(left / 60)} 分 ${String(left % 60).padStart(2, "0")} 秒`;
  if (clock.textContent !== words) clock.textContent = words;
  clock.parentElement.classList.toggle("is-short", left <= 300);
  for (const [at, warning] of WARNINGS) {
    if (left <= at && left > at - 5 && !announced.has(at)) {
      announced.add(at);
      announcer.textContent = warning;
    }
  }
  if (left <= 0 && !isOver) ring();
}

function ring() {
  isOver = true;
  form.dispatchEvent(new CustomEvent("bell"));
  drawDialog("作答时间已到", "正在自动收卷，人多时需要稍候，不需要任何操作。");
  setTimeout(() => {
    if (isOver) handIn();
  }, Math.random() * 1000 * Math.max(SPREAD_SECONDS, Number(form.dataset.again) - SECONDS_OF_FEW));
}

// What is asked before handing in

function boxes(filter) {
  return [...form.querySelectorAll("fieldset[data-number]")].filter(filter);
}

function isHalf(box) {
  return !["未答", "已答"].includes(box.dataset.progress);
}

function group(words, found, detail) {
  const line = document.createElement("p");
  const head = document.createElement("span");
  head.textContent = `${words} ${found.length} 题：`;
  line.append(head);
  for (const box of found) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-plain go-to";
    button.textContent = `第 ${box.dataset.number} 题${detail ? detail(box) : ""}`;
    button.addEventListener("click", () => goTo(box));
    line.append(button);
  }
  return line;
}

function goTo(box) {
  dialog.close();
  location.hash = `#${box.id}`;
  box.focus();
}

function drawLists() {
  const groups = [
    ["还未作答", boxes((box) => box.dataset.progress === "未答"), null],
    ["没有答完", boxes(isHalf), (box) => `（${box.dataset.progress}）`],
    ["标记待查", boxes((box) => box.dataset.flagged), null],
  ].filter(([, found]) => found.length);
  const all = document.createElement("p");
  all.textContent = "全部题目已作答，没有标记待查的题。";
  lists.replaceChildren(...(groups.length ? groups.map((one) => group(...one)) : [all]));
}

function drawDialog(words, saidWords) {
  title.textContent = words;
  said.textContent = saidWords;
  lists.hidden = confirm.hidden = isHandingIn || isOver;
  back.hidden = isOver;
  back.textContent = isHandingIn ? "暂不交卷，返回作答" : "返回继续作答";
  away.hidden = true;
  if (!dialog.open) dialog.showModal();
}

function ask() {
  const count = Number(form.dataset.waiting);
  drawLists();
  const unsaved = count ? `有 ${count} 题还没有保存到服务器，交卷时先保存。` : "";
  drawDialog("确认交卷", `${unsaved}交卷后不能再修改。`);
}

// Handing in, until the reply is there

async function handIn() {
  if (isHandingIn) return;
  isHandingIn = true;
  drawDialog(isOver ? "作答时间已到" : "正在交卷", isOver ? "正在保存最后的答案并自动交卷，请稍候。" : "请稍候。");
  while (isHandingIn) {
    const problem = (await sendAnswers()) || (await submit());
    if (!isHandingIn) return;
    if (!problem) {
      finish();
      return;
    }
    drawDialog(isOver ? "作答时间已到" : "暂时不能交卷", problem);
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

// What still keeps the paper from being handed in; nothing once every answer is on the server.
async function sendAnswers() {
  const rounds = [];
  form.dispatchEvent(new CustomEvent("send-now", { detail: { rounds } }));
  await Promise.all(rounds);
  const count = Number(form.dataset.waiting);
  if (!count) return "";
  const next = isOver ? "网络恢复后自动补存并交卷" : "网络恢复后先保存、再自动交卷；到截止时间，系统也会自动按已保存的答案交卷";
  return `网络不通，还有 ${count} 题待保存。答案留在本机，${next}。请不要关闭本页。`;
}

async function submit() {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  try {
    const answer = await fetch(form.dataset.submissionUrl, {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRFToken": token },
      redirect: "manual",
      signal: stop.signal,
    });
    if (answer.type === "opaqueredirect" || answer.ok) return "";
    return refusal(answer.status);
  } catch (lost) {
    return "网络不通，暂时不能交卷。答案已全部保存在服务器，网络恢复后自动交卷；到截止时间，系统也会自动交卷。";
  } finally {
    clearTimeout(timer);
  }
}

function refusal(status) {
  if (status === 401) return offer("登录已过期。答案已保存，重新登录后再交卷。", "重新登录", form.dataset.signInUrl);
  if (status === 429 || status >= 500) return "系统正忙，稍候自动再交。答案已全部保存在服务器。";
  return offer("页面已过期。答案已保存，刷新页面后再交卷。", "刷新页面", location.href);
}

function offer(words, label, address) {
  isHandingIn = false;
  drawDialog("暂时不能交卷", words);
  away.textContent = label;
  away.href = address;
  away.hidden = false;
  return words;
}

function finish() {
  form.dispatchEvent(new CustomEvent("handed-in"));
  const late = boxes((box) => box.dataset.late).map((box) => box.dataset.number);
  if (!late.length) {
    location.replace(form.dataset.resultUrl);
    return;
  }
  drawDialog("已交卷", `第 ${late.join("、")} 题的答案到达时已过截止时间，没有计入得分。其余答案已计入。`);
  back.hidden = true;
  away.textContent = "查看成绩";
  away.href = form.dataset.resultUrl;
  away.hidden = false;
}

function goBack() {
  if (isOver) return;
  isHandingIn = false;
  dialog.close();
}

form.addEventListener("synchronised", (event) => {
  secondsLeft = event.detail.secondsLeft;
  if (isOver && secondsLeft() > 1) {
    isOver = false;
    goBack();
  }
  tick();
});
form.addEventListener("closed", () => {
  isOver = true;
  handIn();
});
for (const button of document.querySelectorAll("[data-hand-in]")) {
  button.addEventListener("click", (event) => {
    event.preventDefault();
    ask();
  });
}
confirm.addEventListener("click", handIn);
back.addEventListener("click", goBack);
dialog.addEventListener("cancel", (event) => {
  event.preventDefault();
  goBack();
});
tick();
setInterval(tick, 500);
