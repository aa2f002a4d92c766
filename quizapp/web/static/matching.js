// Matching by hand: a line of the left column, then its option on the right, or the other way round. The select boxes
// keep the answer: what is joined here is written there, so saving knows nothing of this file. Without it they are seen.

// A second tap on the same button within this time is one tap of an unsteady finger.
const DOUBLE_TAP_MS = 400;

class Matching {
  constructor(box) {
    this.box = box;
    this.selects = [...box.querySelectorAll("select")];
    this.lines = [...box.querySelectorAll("[data-line]")];
    this.options = [...box.querySelectorAll("[data-option]")];
    this.said = box.querySelector("[data-said]");
    this.wires = box.querySelector(".match-wires");
    // The one end that was chosen and waits for the other.
    this.chosen = null;
    this.tapped = { end: null, at: -Infinity };
    for (const end of [...this.lines, ...this.options]) end.addEventListener("click", (event) => this.tap(end, event));
    box.querySelector("[data-clear]").addEventListener("click", () => this.clear());
    box.querySelector(".by-hand").addEventListener("keydown", (event) => this.press(event));
    box.addEventListener("answer-shown", () => this.draw());
    new ResizeObserver(() => this.drawWires()).observe(box.querySelector(".match-columns"));
    box.classList.add("is-by-hand");
    this.draw();
  }

  isLine(end) {
    return end.dataset.line !== undefined;
  }

  // The numbers of the lines that an option is joined to: one at most, unless select boxes said otherwise.
  linesOf(letter) {
    return this.selects.flatMap((select, line) => (select.value === letter ? [line] : []));
  }

  isJoined(end) {
    return this.isLine(end) ? this.selects[end.dataset.line].value !== "" : this.linesOf(end.dataset.option).length > 0;
  }

  nameOf(end) {
    return `“${end.querySelector(".end-text").textContent}”`;
  }

  tap(end, event) {
    const again = end === this.tapped.end && event.timeStamp - this.tapped.at < DOUBLE_TAP_MS;
    this.tapped = { end, at: event.timeStamp };
    if (again) return;
    if (end === this.chosen) this.letGo(end);
    else if (this.chosen && this.isLine(end) !== this.isLine(this.chosen)) this.join(this.chosen, end);
    else this.choose(end);
    this.draw();
  }

  choose(end) {
    this.chosen = end;
    const side = this.isLine(end) ? "右列" : "左列";
    const undo = this.isJoined(end) ? "再点一次取消相连。" : "";
    this.say(`已选${this.nameOf(end)}，请点${side}与它对应的一项。${undo}`);
  }

  // The same end twice: an end that is joined comes loose, any other is no longer chosen.
  letGo(end) {
    this.chosen = null;
    if (!this.isJoined(end)) return this.say(`不再选${this.nameOf(end)}。`);
    const lines = this.isLine(end) ? [Number(end.dataset.line)] : this.linesOf(end.dataset.option);
    for (const line of lines) this.selects[line].value = "";
    this.say(`已取消${this.nameOf(end)}的相连。`);
    return this.tell();
  }

  join(one, other) {
    const [left, right] = this.isLine(one) ? [one, other] : [other, one];
    const line = Number(left.dataset.line);
    const letter = right.dataset.option;
    const before = this.linesOf(letter).filter((used) => used !== line);
    const isNew = this.selects[line].value !== letter;
    this.chosen = null;
    for (const used of before) this.selects[used].value = "";
    this.selects[line].value = letter;
    const moved = before.map((used) => `它原来连着第 ${used + 1} 项，那里现在空着。`).join("");
    this.say(`已将${this.nameOf(left)}与${this.nameOf(right)}相连。${moved}`);
    if (isNew || before.length) this.tell();
  }

  clear() {
    this.chosen = null;
    for (const select of this.selects) select.value = "";
    this.say("已取消全部相连。");
    this.tell();
    this.draw();
  }

  press(event) {
    const column = [this.lines, this.options].find((ends) => ends.includes(event.target));
    if (!column) return;
    if (event.key === "Escape" && this.chosen) {
      this.say(`不再选${this.nameOf(this.chosen)}。`);
      this.chosen = null;
      this.draw();
      return;
    }
    const place = column.indexOf(event.target);
    const goal = {
      ArrowUp: column[place - 1],
      ArrowDown: column[place + 1],
      ArrowLeft: column === this.options ? this.across(event.target, this.lines, place) : undefined,
      ArrowRight: column === this.lines ? this.across(event.target, this.options, place) : undefined,
    };
    if (!(event.key in goal)) return;
    event.preventDefault();
    goal[event.key]?.focus();
  }

  // Across lies what an end is joined to, else what stands beside it.
  across(end, column, place) {
    const joined = this.isLine(end)
      ? column.find((option) => option.dataset.option === this.selects[end.dataset.line].value)
      : column[this.linesOf(end.dataset.option)[0]];
    return joined ?? column[Math.min(place, column.length - 1)];
  }

  say(words) {
    this.said.textContent = words;
  }

  tell() {
    this.selects[0].dispatchEvent(new Event("change", { bubbles: true }));
  }

  draw() {
    for (const line of this.lines) this.drawEnd(line, this.selects[line.dataset.line].value);
    for (const option of this.options) {
      this.drawEnd(option, this.linesOf(option.dataset.option).map((line) => line + 1).join(" "));
    }
    this.drawWires();
  }

  drawEnd(end, partner) {
    end.classList.toggle("is-joined", partner !== "");
    end.setAttribute("aria-pressed", end === this.chosen);
    end.querySelector("[data-state]").textContent = partner === "" ? "○ 未连" : `✓ 已连 ${partner}`;
  }

  // Lines between the columns, where there is room for them.
  drawWires() {
    const room = this.wires.getBoundingClientRect();
    if (!room.width) return;
    const middle = (end) => {
      const { top, height } = end.getBoundingClientRect();
      return top + height / 2 - room.top;
    };
    const joined = this.lines.flatMap((line) => {
      const option = this.options.find((o) => o.dataset.option === this.selects[line.dataset.line].value);
      return option ? [[middle(line), middle(option)]] : [];
    });
    this.wires.replaceChildren(...joined.map(([from, to]) => this.wire(room.width, from, to)));
  }

  wire(width, from, to) {
    const line = document.createElementNS(this.wires.namespaceURI, "line");
    for (const [name, value] of Object.entries({ x1: 0, y1: from, x2: width, y2: to })) line.setAttribute(name, value);
    return line;
  }
}

for (const box of document.querySelectorAll("fieldset[data-interaction=match]")) new Matching(box);
