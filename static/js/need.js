// The map of unmet need: the drawing of the page becomes a map to move and look closer at.  The page works without.
"use strict";

const SHADES = ["#dfe8e4", "#f6d9a8", "#f0b45f", "#e0813a", "#b3261e"];
const NEAREST = 16;

function escapeText(text) {
  const holder = document.createElement("span");
  holder.textContent = text;
  return holder.innerHTML;
}

function drawNeed(box) {
  box.hidden = false;
  const map = L.map(box, { attributionControl: Boolean(box.dataset.tiles), zoomSnap: 0.5, scrollWheelZoom: false });
  if (box.dataset.tiles) L.tileLayer(box.dataset.tiles, { attribution: escapeText(box.dataset.credit) }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  const places = JSON.parse(document.getElementById("need-places").textContent);
  for (const place of places) {
    const look = { radius: place.radius, color: "#14202b", weight: 1, fillColor: SHADES[place.level], fillOpacity: 0.8 };
    const circle = L.circleMarker([place.lat, place.lon], look).bindTooltip(escapeText(place.words)).addTo(map);
    if (place.link) circle.on("click", () => { window.location = place.link; });
    if (!place.named || box.dataset.tiles) continue;  // our own drawing: the names stand at their places
    L.circleMarker([place.lat, place.lon], { radius: 0, opacity: 0, interactive: false })
      .bindTooltip(escapeText(place.name), { permanent: true, direction: "bottom", offset: [0, place.radius], className: "place-name" })
      .addTo(map);
  }
  map.fitBounds(L.latLngBounds(places.map((place) => [place.lat, place.lon])).pad(0.15), { maxZoom: NEAREST });
}

document.addEventListener("DOMContentLoaded", () => {
  const box = document.getElementById("need-map");
  if (!box || !window.L) return;
  drawNeed(box);
  document.getElementById("need-drawing").setAttribute("hidden", "");
});
