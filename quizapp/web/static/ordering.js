// Ordering by hand: buttons, keys, or a handle to drag by mouse, pen and finger. The select boxes keep the answer: the
// order of the list is written there once the person has moved something or accepted it. Without this file they are seen.

// A finger that trembles on the handle moves nothing.
const SLACK_PX = 4;
// This near to the edge of the window (where the bar with the time lies) the page scrolls along.
const EDGE_PX = 96;
const SCROLL_PX = 9;

class Ordering {
  constructor(box) {
    this.selects = [...box.querySelectorAll("select")];
    this.list = box.querySelector(".order-list");
    this.said = box.querySelector("[data-said]");
    this.accepting = box.querySelector("[data-accept]");
    this.clearing = box.querySelector("[data-clear]");
    this.drag = null;
    for (const item of this.items()) this.listen(item);
    this.accepting.addEventListener("click", () => this.accept());
    this.clearing.addEventListener("click", () => this.clear());
    box.addEventListener("answer-shown", () => this.read());
    box.classList.add("is-by-hand");
    this.read();
  }

  listen(item) {
    for (const button of item.querySelectorAll("[data-move]")) {
      button.addEventListener("click", () => this.move(item, Number(button.dataset.move)));
    }
    item.addEventListener("keydown", (event) => this.press(item, event));
    const handle = item.querySelector("[data-handle]");
    handle.addEventListener("pointerdown", (event) => this.grasp(item, handle, event));
    handle.addEventListener("pointermove", (event) => this.pull(event));
    handle.addEventListener("pointerup", (event) => this.drop(event));
    for (const lost of ["pointercancel", "lostpointercapture"]) handle.addEventListener(lost, () => this.giveUp());
  }

  items() {
    return [...this.list.children];
  }

  letters() {
    return this.items().map((item) => item.dataset.letter);
  }

  // The order in which the server shows the items to this person, answered or not.
  dealt() {
    return [...this.selects[0].options].map((option) => option.value).filter(Boolean);
  }

  nameOf(item) {
    return `“${item.querySelector("[data-text]").textContent}”`;
  }

  isAnswered() {
    return this.selects.every((select) => select.value !== "");
  }

  // From the select boxes into the list: places left empty are filled with what is left, as it was dealt.
  read() {
    this.giveUp();
    const placed = this.selects.map((select) => select.value).filter(Boolean);
    this.arrange([...new Set([...placed, ...this.dealt()])]);
    this.draw();
  }

  arrange(letters) {
    if (letters.join() === this.letters().join()) return;
    const items = new Map(this.items().map((item) => [item.dataset.letter, item]));
    this.list.append(...letters.map((letter) => items.get(letter)));
  }

  // From the list into the select boxes: from here on it is an answer, and is saved.
  write() {
    this.letters().forEach((letter, place) => {
      this.selects[place].value = letter;
    });
    this.tell();
  }

  tell() {
    this.draw();
    this.selects[0].dispatchEvent(new Event("change", { bubbles: true }));
  }

  accept() {
    this.write();
    this.say("已按当前顺序作答。");
    this.clearing.focus();
  }

  clear() {
    for (const select of this.selects) select.value = "";
    this.arrange(this.dealt());
    this.tell();
    this.say("已清除作答，恢复原来的顺序。");
    this.accepting.focus();
  }

  // The neighbour moves, never the item itself: so it keeps the focus and the finger.
  step(item, by) {
    const neighbour = by < 0 ? item.previousElementSibling : item.nextElementSibling;
    if (!neighbour) return false;
    this.list.insertBefore(neighbour, by < 0 ? item.nextElementSibling : item);
    return true;
  }

  move(item, by) {
    if (!this.step(item, by)) return this.say(`${this.nameOf(item)}已经是${by < 0 ? "第一" : "最后一"}位。`);
    this.write();
    return this.sayPlace(item);
  }

  press(item, event) {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (event.key === "Escape") this.giveUp();
    if (!by || !(event.altKey || event.target.matches("[data-handle]"))) return;
    event.preventDefault();
    this.move(item, by);
  }

  grasp(item, handle, event) {
    if (!event.isPrimary || event.button !== 0 || this.drag) return;
    handle.setPointerCapture(event.pointerId);
    const start = event.clientY + window.scrollY;
    this.drag = { item, handle, pointer: event.pointerId, start, at: event.clientY, moves: false, before: this.letters() };
  }

  pull(event) {
    if (event.pointerId !== this.drag?.pointer) return;
    this.drag.at = event.clientY;
    if (!this.drag.moves && Math.abs(this.distance()) < SLACK_PX) return;
    if (!this.drag.moves) this.begin();
    this.follow();
  }

  begin() {
    this.drag.moves = true;
    this.drag.item.classList.add("is-dragged");
    const scroll = () => {
      if (!this.drag?.moves) return;
      if (this.drag.at < EDGE_PX) window.scrollBy(0, -SCROLL_PX);
      else if (this.drag.at > window.innerHeight - EDGE_PX) window.scrollBy(0, SCROLL_PX);
      this.follow();
      requestAnimationFrame(scroll);
    };
    requestAnimationFrame(scroll);
  }

  // How far the finger is below the place where the item would lie by itself.
  distance() {
    return this.drag.at + window.scrollY - this.drag.start;
  }

  follow() {
    const { item } = this.drag;
    for (const by of [-1, 1]) {
      let neighbour;
      while ((neighbour = by < 0 ? item.previousElementSibling : item.nextElementSibling)) {
        if (by * this.distance() <= neighbour.offsetHeight / 2) break;
        const top = item.offsetTop;
        this.step(item, by);
        this.drag.start += item.offsetTop - top;
        this.drawPlaces();
      }
    }
    item.style.transform = `translateY(${this.distance()}px)`;
  }

  drop(event) {
    if (event.pointerId !== this.drag?.pointer) return;
    const { item, before } = this.drag;
    this.letLoose();
    if (before.join() === this.letters().join()) return;
    this.write();
    this.sayPlace(item);
  }

  // A drag that the system or the person breaks off changes nothing.
  giveUp() {
    if (!this.drag) return;
    const { before } = this.drag;
    this.letLoose();
    this.arrange(before);
    this.drawPlaces();
  }

  letLoose() {
    const { item, handle, pointer } = this.drag;
    this.drag = null;
    item.classList.remove("is-dragged");
    item.removeAttribute("style");
    if (handle.hasPointerCapture(pointer)) handle.releasePointerCapture(pointer);
  }

  say(words) {
    this.said.textContent = words;
  }

  sayPlace(item) {
    const items = this.items();
    this.say(`已将${this.nameOf(item)}移到第 ${items.indexOf(item) + 1} 位，共 ${items.length} 位。`);
  }

  draw() {
    this.drawPlaces();
    const answered = this.isAnswered();
    this.accepting.hidden = answered;
    this.clearing.hidden = !answered;
    this.say(answered ? "已作答：现在的顺序就是您的答案。" : "还没有作答。移动任一项，或点“按当前顺序作答”。");
  }

  drawPlaces() {
    const items = this.items();
    items.forEach((item, place) => {
      item.querySelector("[data-place]").textContent = place + 1;
      const [up, down] = item.querySelectorAll("[data-move]");
      up.setAttribute("aria-disabled", place === 0);
      down.setAttribute("aria-disabled", place === items.length - 1);
    });
  }
}

for (const box of document.querySelectorAll("fieldset[data-interaction=order]")) new Ordering(box);
