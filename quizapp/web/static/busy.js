// A form marked data-busy="…" may take a while: its button is disabled on submit and what goes on is said.

function note(form) {
  const made = document.createElement("p");
  made.className = "busy";
  made.setAttribute("role", "status");
  form.append(made);
  return made;
}

function begin(form, status) {
  for (const button of form.querySelectorAll("button")) button.disabled = true;
  const bar = document.createElement("progress");
  bar.setAttribute("aria-label", form.dataset.busy);
  status.replaceChildren(form.dataset.busy, bar);
}

function end(form, status) {
  for (const button of form.querySelectorAll("button")) button.disabled = false;
  status.replaceChildren();
}

for (const form of document.querySelectorAll("form[data-busy]")) {
  // The status is there before it speaks, or screen readers miss its first words.
  const status = note(form);
  form.addEventListener("submit", () => begin(form, status));
  // Coming back with the back button may show this very page again, kept as it was.
  window.addEventListener("pageshow", (event) => event.persisted && end(form, status));
}
