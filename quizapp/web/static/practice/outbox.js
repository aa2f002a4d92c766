// Practice answers on their way to the server: kept on this device, for this person alone, until the server has them.

const PATIENCE_MS = 8000;
// What the server will not have, however often it is sent.
const REFUSED = [404, 409, 422];

export function outbox(box) {
  const { person, token, answersUrl, storeUrl } = box.dataset;
  // The store is the one of papers; by its owner nothing of theirs is seen here, nor anything of another person.
  const owner = `practice:${person}`;
  const store = import(storeUrl);
  const nameOf = (answer) => `unsent:${owner}:${answer.page}:${answer.sequence}`;

  function step(act) {
    return store.then((unsent) => unsent.keep(act));
  }

  // Fails where this browser keeps nothing.
  function keep(answer) {
    return step((place) => place.put({ ...answer, id: nameOf(answer), attempt: owner }));
  }

  function forget(answer) {
    return step((place) => place.remove(nameOf(answer))).catch(() => undefined);
  }

  function kept() {
    return store.then((unsent) => unsent.keptOf(owner)).catch(() => []);
  }

  function request(answer) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
    const { question, version, seed, value, unsure, page, sequence } = answer;
    return fetch(answersUrl, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token },
      body: JSON.stringify({ person, id: question, version, seed, value, unsure, page, sequence, age: ageOf(answer) }),
      keepalive: true,
      redirect: "error",
      signal: stop.signal,
    }).finally(() => clearTimeout(timer));
  }

  // What became of it: "saved", with what the server told; "refused", with why; "later", with why.
  async function send(answer) {
    let reply;
    try {
      reply = await request(answer);
    } catch (lost) {
      return { state: "later", why: "没有网络" };
    }
    const told = await reply.json().catch(() => ({}));
    if (reply.ok) {
      await forget(answer);
      return { state: "saved", told };
    }
    if (told.error === "other-person") return { state: "later", why: "浏览器里已换了别人登录" };
    if (reply.status === 401) return { state: "later", why: "登录已过期", isSignedOut: true };
    if (!REFUSED.includes(reply.status)) return { state: "later", why: reply.status === 400 ? "页面已过期" : "系统正忙" };
    await forget(answer);
    return { state: "refused", why: told.message || "没有保存" };
  }

  return { keep, kept, send };
}

// Seconds since it was given. Phones stop the steady clock while they sleep, and the other one can be turned back, so the
// greater counts; the steady one counts on the page that took the answer only.
function ageOf(answer) {
  const steady = answer.steady === undefined ? 0 : performance.now() - answer.steady;
  return Math.max(0, steady, Date.now() - answer.wall) / 1000;
}
