// The board of a plan: a map of what is listed, and dragging a visit to another helper.  The page works without both.
"use strict";

const COLOURS = ["#0b5d4e", "#0a4f9e", "#7a3b8f", "#9a4d00", "#1d6b2f", "#8c1d4f", "#3d5a00", "#4b4bb0"];

function pointOf(element) {
  return element.dataset.lat ? [Number(element.dataset.lat), Number(element.dataset.lon)] : null;
}

function drawMap(box) {
  const map = L.map(box, { attributionControl: Boolean(box.dataset.tiles), zoomSnap: 0.5, scrollWheelZoom: false });
  if (box.dataset.tiles) L.tileLayer(box.dataset.tiles, { attribution: escapeText(box.dataset.credit) }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  if (!box.dataset.tiles) drawPlaces(map);
  const seen = [];
  document.querySelectorAll(".lane").forEach((lane, number) => {
    const colour = lane.closest(".idle") ? "#6b7680" : COLOURS[number % COLOURS.length];
    const home = pointOf(lane);
    const way = home ? [home] : [];
    for (const stop of lane.querySelectorAll(".stop")) {
      const point = pointOf(stop);
      if (!point) continue;
      way.push(point);
      mark(map, point, stop.dataset.label, { radius: 6, color: colour, fillColor: colour, fillOpacity: 0.9, weight: 1 }, stop);
    }
    if (home) {
      mark(map, home, `${lane.dataset.name} – ${box.dataset.home}`, { radius: 5, color: colour, fillColor: "#fff", fillOpacity: 1, weight: 3 }, lane);
      if (way.length > 1) L.polyline([...way, home], { color: colour, weight: 2, opacity: 0.6, interactive: false }).addTo(map);
    }
    if (!lane.closest(".idle")) seen.push(...way);
  });
  for (const one of document.querySelectorAll(".left-one")) {
    const point = pointOf(one);
    if (!point) continue;
    mark(map, point, one.dataset.label, { radius: 6, color: "#14202b", fillColor: "#b3261e", fillOpacity: 1, weight: 2 }, one);
    seen.push(point);
  }
  if (seen.length) map.fitBounds(L.latLngBounds(seen).pad(0.1), { maxZoom: 17 });
  else showPlaces(map);
}

// A day without visits: the communities of the plan's place.
function showPlaces(map) {
  const places = planPlaces().map((place) => [place.lat, place.lon]);
  if (places.length) map.fitBounds(L.latLngBounds(places).pad(0.1), { maxZoom: 15 });
  else map.setView([32.06, 118.8], 11);
}

function planPlaces() {
  return JSON.parse(document.getElementById("map-places").textContent);
}

// Two visits in one house lie beside each other, so that both can be seen and pressed.
const taken = new Map();
function apart(point) {
  const key = point.join();
  const before = taken.get(key) ?? 0;
  taken.set(key, before + 1);
  if (!before) return point;
  const way = 0.0001 * Math.sqrt(before);
  return [point[0] + way * Math.cos(2.4 * before), point[1] + way * Math.sin(2.4 * before)];
}

function escapeText(text) {
  const holder = document.createElement("span");
  holder.textContent = text;
  return holder.innerHTML;
}

// Our own drawing where there are no tiles: the communities by name, at their place.
function drawPlaces(map) {
  for (const place of planPlaces()) {
    L.circleMarker([place.lat, place.lon], { radius: 2, color: "#8a949e", interactive: false })
      .bindTooltip(escapeText(place.name), { permanent: true, direction: "right", className: "place-name" })
      .addTo(map);
  }
}

function mark(map, point, label, look, element) {
  const circle = L.circleMarker(apart(point), look).bindTooltip(escapeText(label)).addTo(map);
  circle.on("click", () => {
    const folded = element.closest("details");
    if (folded) folded.open = true;
    element.scrollIntoView({ block: "center" });
    element.querySelector("a")?.focus();
  });
}

// A visit dragged onto a helper: the same check as by keyboard, shown before anything is saved.
let dragged = null;
document.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.("[data-check]") ?? null;
  if (dragged) event.dataTransfer.setData("text/plain", dragged.dataset.visit);
});
document.addEventListener("dragend", () => {
  dragged = null;
  for (const lane of document.querySelectorAll(".lane.over")) lane.classList.remove("over");
});
document.addEventListener("dragover", (event) => {
  const folded = dragged && event.target.closest?.(".idle:not([open]) > summary");
  if (folded) folded.parentElement.open = true;
  const lane = event.target.closest(".lane");
  if (!dragged || !lane) return;
  event.preventDefault();
  for (const other of document.querySelectorAll(".lane.over")) if (other !== lane) other.classList.remove("over");
  lane.classList.add("over");
});
document.addEventListener("drop", (event) => {
  const lane = event.target.closest(".lane");
  if (!dragged || !lane) return;
  event.preventDefault();
  showCheck(`${dragged.dataset.check}&volunteer_id=${lane.dataset.helper}`);
});

async function showCheck(address) {
  const answer = await fetch(address, { headers: { "HX-Request": "true" } });
  if (!answer.ok) {
    window.location.assign(address);
    return;
  }
  const dialog = document.getElementById("change");
  dialog.innerHTML = await answer.text();
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn btn-quiet";
  close.textContent = dialog.dataset.close;
  close.addEventListener("click", () => dialog.close());
  dialog.append(close);
  dialog.showModal();
}

const box = document.getElementById("map");
if (box) drawMap(box);
