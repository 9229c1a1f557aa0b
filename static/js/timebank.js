// Small helps; every page works without them.
"use strict";

// A double click sends once: the button waits until the answer comes (the key makes it harmless anyway).
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.confirm && !window.confirm(form.dataset.confirm)) {
    event.preventDefault();
    return;
  }
  if (!("once" in form.dataset)) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  window.setTimeout(() => delete form.dataset.sent, 5000);
});

// What a desk's tablet keeps for times without a line is erased when the clerk signs out, and when nobody is signed in.
async function eraseDesk() {
  for (const name of Object.keys(localStorage)) if (name.startsWith("desk:")) localStorage.removeItem(name);
  await window.caches?.delete("desk");
}
document.getElementById("desk-unsent")?.toggleAttribute("hidden", !localStorage.getItem("desk:leaving"));
const leaving = document.querySelector(".signed-in form");
if (!leaving) window.caches?.delete("desk");
leaving?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const question = localStorage.getItem("desk:leaving");
  if (question && !window.confirm(question)) return;
  await eraseDesk();
  leaving.submit();
});

// The error summary is read first.
document.querySelector("[data-focus]")?.focus();

// Printing, and going back, without inline script.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});

// Sections are folded where the screen is narrow; a wide screen and paper show them all.
function unfold() {
  for (const section of document.querySelectorAll("details.fold")) section.open = true;
}
if (window.matchMedia("(min-width: 48rem)").matches) unfold();
window.addEventListener("beforeprint", unfold);
