// A pad to sign on: strokes become SVG path data in a hidden field.  Without it, the PIN and the call remain.
"use strict";

(() => {
  const pad = document.querySelector("[data-signature-pad]");
  if (!pad) return;
  const form = pad.closest("form");
  const field = form.elements[pad.dataset.signaturePad];
  const pen = pad.getContext("2d");
  let path = field.value; // after a refusal the strokes are there again
  let last = null;

  const place = (event) => {
    const box = pad.getBoundingClientRect();
    const x = Math.round(((event.clientX - box.left) * pad.width) / box.width);
    const y = Math.round(((event.clientY - box.top) * pad.height) / box.height);
    return [Math.max(0, Math.min(pad.width, x)), Math.max(0, Math.min(pad.height, y))];
  };

  pen.lineWidth = 3;
  pen.lineCap = "round";
  if (path) pen.stroke(new Path2D(path));
  pad.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    pad.setPointerCapture(event.pointerId);
    last = place(event);
    path += `M${last[0]} ${last[1]}`;
  });
  pad.addEventListener("pointermove", (event) => {
    if (!last || path.length > 50000) return;
    const next = place(event);
    if (Math.hypot(next[0] - last[0], next[1] - last[1]) < 3) return;
    pen.beginPath();
    pen.moveTo(last[0], last[1]);
    pen.lineTo(next[0], next[1]);
    pen.stroke();
    path += `L${next[0]} ${next[1]}`;
    last = next;
    field.value = path;
  });
  for (const end of ["pointerup", "pointercancel"]) {
    pad.addEventListener(end, () => { last = null; });
  }
  form.querySelector("[data-signature-clear]")?.addEventListener("click", () => {
    pen.clearRect(0, 0, pad.width, pad.height);
    path = "";
    field.value = "";
  });
})();
