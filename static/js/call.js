// A scanner ends with Enter: in the field that looks for a person this goes on to the people found, it sends nothing.
"use strict";

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || !event.target.matches("[data-call]")) return;
  event.preventDefault();
  event.target.dispatchEvent(new Event("input", { bubbles: true }));
  const go = () => {
    const choices = [...document.querySelectorAll("#call-people input[type=radio]")];
    (choices.find((choice) => choice.checked) ?? choices[0])?.focus();
  };
  document.body.addEventListener("htmx:afterSettle", go, { once: true });
  go();
});
