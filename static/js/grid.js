// A table of fields as a spreadsheet: Enter and the arrow keys go from cell to cell.  Without it, Tab still does.
"use strict";

for (const grid of document.querySelectorAll("[data-grid]")) {
  const rows = [...grid.tBodies[0].rows]
    .map((row) => [...row.cells].map((cell) => cell.querySelector("input, select")))
    .filter((row) => row.some(Boolean));
  const end = document.querySelector("[data-grid-end]");

  // Where a cell has no field (it is known already), the next row that has one is meant.
  const below = (row, column, step) => {
    for (let next = row + step; next >= 0 && next < rows.length; next += step) {
      if (rows[next][column]) return rows[next][column];
    }
    return null;
  };
  const beside = (row, column, step) => {
    for (let next = column + step; next >= 0 && next < rows[row].length; next += step) {
      if (rows[row][next]) return rows[row][next];
    }
    return null;
  };
  const go = (field) => {
    if (!field) return;
    field.focus();
    if (field.select) field.select();
  };
  // The arrows first move inside the text, then out of it.
  const atEdge = (field, step) =>
    field.tagName === "SELECT" ||
    (field.selectionStart === 0 && field.selectionEnd === field.value.length) ||
    (field.selectionStart === field.selectionEnd && field.selectionStart === (step < 0 ? 0 : field.value.length));

  const moves = {
    ArrowDown: (row, column) => below(row, column, 1),
    ArrowUp: (row, column) => below(row, column, -1),
    Enter: (row, column, field, shift) => below(row, column, shift ? -1 : 1) ?? (shift ? field : end),
    ArrowLeft: (row, column, field) => (atEdge(field, -1) ? beside(row, column, -1) : undefined),
    ArrowRight: (row, column, field) => (atEdge(field, 1) ? beside(row, column, 1) : undefined),
  };

  grid.addEventListener("keydown", (event) => {
    const move = moves[event.key];
    // Alt + arrow opens a list, Ctrl + Enter sends: both stay with the browser or the form.
    if (!move || event.altKey || event.metaKey || event.isComposing) return;
    if (event.ctrlKey) {
      if (event.key === "Enter") event.target.form.requestSubmit();
      return;
    }
    const row = rows.findIndex((cells) => cells.includes(event.target));
    if (row < 0) return;
    const column = rows[row].indexOf(event.target);
    const next = move(row, column, event.target, event.shiftKey);
    if (next === undefined) return;
    event.preventDefault();
    go(next);
  });
}
