// The page of a speech. Everything here also works without it: by plain links, by the server, by pasting.

const wide = window.matchMedia("(min-width: 62.5rem)");
const outline = document.getElementById("outline-pane");
const text = document.getElementById("text-pane");

document.getElementById("errors")?.focus();

// The outline is folded away on a phone and open beside the text.

function unfold() {
  if (wide.matches) outline.open = true;
}

wide.addEventListener("change", unfold);
unfold();

// Reading on in the text marks the heading one is under; a heading that was asked for stays marked until one reads on.

const links = [...outline.querySelectorAll("a[data-heading]")];
const linkOf = new Map(links.map((link) => [Number(link.dataset.heading), link]));
const passed = new Set();
let current = null;
let asked = false;
let watcher = null;

function keepInView(link) {
  if (!wide.matches) return;
  const pane = outline.getBoundingClientRect();
  const line = link.getBoundingClientRect();
  const head = outline.querySelector("summary").offsetHeight;
  if (line.top < pane.top + head) outline.scrollTop -= pane.top + head - line.top + pane.height / 4;
  else if (line.bottom > pane.bottom) outline.scrollTop += line.bottom - pane.bottom + pane.height / 4;
}

function mark(link) {
  if (link === current) return;
  current?.removeAttribute("aria-current");
  current = link;
  current?.setAttribute("aria-current", "location");
  if (current) keepInView(current);
}

function reached() {
  let last = -1;
  for (const index of passed) if (index > last) last = index;
  return linkOf.get(last) ?? null;
}

function onPassing(entries) {
  for (const entry of entries) {
    const index = Number(entry.target.id.slice("heading-".length));
    if (entry.isIntersecting) passed.add(index);
    else passed.delete(index);
  }
  if (!asked) mark(reached());
}

// Whatever lies above a line in the upper part of the pane counts as read: the margin reaches up without end.
function watch() {
  watcher?.disconnect();
  passed.clear();
  watcher = new IntersectionObserver(onPassing, {
    root: wide.matches ? text : null,
    rootMargin: "10000000px 0px -75% 0px",
  });
  for (const place of text.querySelectorAll(".heading-place")) watcher.observe(place);
}

function readOn() {
  if (!asked) return;
  asked = false;
  mark(reached());
}

outline.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-heading]");
  if (!link) return;
  mark(link);
  asked = true;
});
for (const kind of ["wheel", "touchmove", "keydown", "pointerdown"]) text.addEventListener(kind, readOn, { passive: true });
wide.addEventListener("change", watch);
watch();

// The list answers a filter at once where all of it is on the page; otherwise the server is asked.

const filter = document.getElementById("filter");
const points = [...document.querySelectorAll("#points-list .point")];

function chosen() {
  const told = new FormData(filter);
  return {
    kind: told.get("kind") ?? "",
    sure: told.get("sure") ?? "",
    words: told.get("words").toLowerCase().split(/\s+/).filter(Boolean),
  };
}

function fits(point, want, { kind = true, sure = true } = {}) {
  return (!kind || !want.kind || point.dataset.kind === want.kind)
    && (!sure || !want.sure || point.dataset.sure === want.sure)
    && want.words.every((word) => point.dataset.words.includes(word));
}

function count(facet, among) {
  for (const place of filter.querySelectorAll(`[data-count-${facet}]`)) {
    const value = place.getAttribute(`data-count-${facet}`);
    place.textContent = among.filter((point) => !value || point.dataset[facet] === value).length;
  }
}

function showFitting() {
  const want = chosen();
  let shown = 0;
  for (const point of points) {
    point.hidden = !fits(point, want);
    if (!point.hidden) shown += 1;
  }
  count("kind", points.filter((point) => fits(point, want, { kind: false })));
  count("sure", points.filter((point) => fits(point, want, { sure: false })));
  document.getElementById("points-none").hidden = shown > 0;
  document.getElementById("points-shown").textContent = shown === points.length
    ? `共 ${points.length} 个要点。`
    : `符合条件的有 ${shown} 个（共 ${points.length} 个）。`;
  remember();
}

// A correction, and the page when it is loaded again, come back to the same filter.
function remember() {
  const told = new URLSearchParams();
  for (const [name, value] of new FormData(filter)) if (value.trim()) told.set(name, value.trim());
  const query = told.toString() ? `?${told}` : "";
  history.replaceState(null, "", `${location.pathname}${query}${location.hash}`);
  for (const form of document.querySelectorAll("form[action*='/corrections']")) {
    if (!form.action.endsWith("/undo")) form.action = form.getAttribute("action").split("?")[0] + query;
  }
}

function clear(event) {
  event.preventDefault();
  for (const all of filter.querySelectorAll("input[type=radio][value='']")) all.checked = true;
  document.getElementById("filter-words").value = "";
  showFitting();
}

// A link to a point that the filter hides shows it all the same.
function revealTarget() {
  const point = document.getElementById(location.hash.slice(1));
  if (point?.hidden && point.classList.contains("point")) {
    point.hidden = false;
    point.scrollIntoView();
  }
}

if (filter && "whole" in filter.dataset) {
  filter.addEventListener("input", showFitting);
  filter.addEventListener("submit", (event) => { event.preventDefault(); showFitting(); });
  document.getElementById("filter-clear").addEventListener("click", clear);
  window.addEventListener("hashchange", revealTarget);
} else if (filter) {
  filter.addEventListener("change", (event) => event.target.type === "radio" && filter.requestSubmit());
}

// Selecting a passage offers to add it. Offsets count characters, as the server does, and leave signs and numbers out.

const bar = document.getElementById("selection-bar");
let picked = null;

function paragraphOf(node) {
  const element = node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement;
  return element.closest("#text-pane p[data-start]");
}

function isText(node) {
  return !node.parentElement.closest(".paragraph-number, .point-ref");
}

// The text of a paragraph that a range covers, and how many characters stand before it.
function covered(paragraph, range) {
  const walker = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
  let before = "";
  let inside = "";
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (!isText(node)) continue;
    if (!range.intersectsNode(node)) {
      if (!inside) before += node.data;
      continue;
    }
    const from = node === range.startContainer ? range.startOffset : 0;
    const to = node === range.endContainer ? range.endOffset : node.data.length;
    if (!inside) before += node.data.slice(0, from);
    inside += node.data.slice(from, to);
  }
  return { before: [...before].length, inside };
}

function pick() {
  const selection = document.getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  const found = [...text.querySelectorAll("p[data-start]")]
    .filter((paragraph) => range.intersectsNode(paragraph))
    .map((paragraph) => ({ paragraph, ...covered(paragraph, range) }))
    .filter(({ inside }) => inside.trim());
  if (!found.length) return null;
  const [first] = found;
  return {
    text: found.map(({ inside }) => inside).join("\n"),
    start: Number(first.paragraph.dataset.start) + first.before,
    last: found[found.length - 1].paragraph,
  };
}

// The button stands behind the last paragraph in the order of the page, so that Tab leads from the text to it.
function offer() {
  if (bar.contains(document.activeElement)) return;
  picked = pick();
  bar.hidden = picked === null;
  if (picked && bar.previousElementSibling !== picked.last) picked.last.after(bar);
}

function itemsOf(passage) {
  return passage.split(/[、，；。：？！\n]/).map((item) => item.trim()).filter(Boolean);
}

function fill() {
  const form = document.getElementById("add");
  document.getElementById("add-passage").value = picked.text.trim();
  document.getElementById("add-start").value = picked.start;
  document.getElementById("add-items").value = itemsOf(picked.text).join("\n");
  document.getElementById("add-name").value = "";
  form.open = true;
  bar.hidden = true;
  document.getSelection().removeAllRanges();
  form.scrollIntoView();
  document.getElementById("add-kind").focus();
}

if (bar) {
  document.addEventListener("selectionchange", offer);
  // Pressing the button must not end the selection that it speaks of.
  bar.addEventListener("pointerdown", (event) => event.preventDefault());
  bar.querySelector("button").addEventListener("click", fill);
}
