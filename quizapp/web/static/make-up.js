// The speech of a make-up task: a part counts as read when its end was seen and it was on the screen at least as long as
// somebody needs who reads fast. Without scripts, or sooner, the button says so.

const progress = document.querySelector("#progress");
const said = document.querySelector("[data-said]");
const inSight = new Set();
const waiting = new Map();

for (const part of document.querySelectorAll(".speech-part")) {
  const form = part.querySelector("form");
  if (form) waiting.set(part, { form, seconds: 0, needed: Number(part.dataset.seconds), sawEnd: false, busy: false });
}

function show(part, told) {
  const { form } = waiting.get(part);
  const hadFocus = form.contains(document.activeElement);
  const done = part.querySelector(".part-read");
  waiting.delete(part);
  form.remove();
  done.hidden = false;
  if (hadFocus) done.focus({ preventScroll: true });
  progress.value = told.read;
  document.querySelector("[data-read]").textContent = told.read;
  said.textContent = told.all ? "讲话已读完，可以开始作答。" : "";
  document.querySelector("#to-read").hidden = told.all;
  document.querySelector("#to-start").hidden = !told.all;
}

async function note(part) {
  const state = waiting.get(part);
  if (!state || state.busy) return;
  state.busy = true;
  try {
    const answer = await fetch(state.form.action, {
      method: "POST", body: new FormData(state.form), headers: { Accept: "application/json" }, redirect: "error",
    });
    if (!answer.ok) throw new Error(String(answer.status));
    show(part, await answer.json());
  } catch {
    said.textContent = "没有连上服务器，阅读进度稍后再记；读过的部分不用重读。";
    // Tried again after five more seconds of reading.
    state.seconds = Math.max(0, state.needed - 5);
    state.busy = false;
  }
}

function tick() {
  if (document.visibilityState !== "visible") return;
  for (const part of inSight) {
    const state = waiting.get(part);
    if (!state) continue;
    state.seconds += 1;
    if (state.sawEnd && state.seconds >= state.needed) note(part);
  }
}

const parts = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (isIntersecting) inSight.add(target);
    else inSight.delete(target);
  }
});
const ends = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    const state = waiting.get(target.closest(".speech-part"));
    if (isIntersecting && state) state.sawEnd = true;
  }
});

for (const [part, { form }] of waiting) {
  parts.observe(part);
  ends.observe(part.querySelector(".part-end"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    note(part);
  });
}
setInterval(tick, 1000);
