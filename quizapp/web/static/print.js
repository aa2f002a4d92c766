// The button that opens the browser's own window for printing; without this script Ctrl+P does the same.

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
