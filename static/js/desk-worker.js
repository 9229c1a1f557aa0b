// When there is no line, a tablet of the desk shows the page it has kept.  Nothing else is kept here: what is stored,
// and erased when the clerk signs out, is decided by desk-offline.js and timebank.js.
"use strict";

const STORE = "desk";
const PARTS = new Set(["style", "script", "image", "font"]);

async function kept(request) {
  const store = await caches.open(STORE);
  return (await store.match(request, { ignoreVary: true })) ?? Response.error();
}

function page(url) {
  const desk = /^\/desk\/\d+/.exec(url.pathname);
  return desk ? kept(`${desk[0]}/offline`) : Response.error();
}

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => page(url)));
  else if (PARTS.has(request.destination)) event.respondWith(fetch(request).catch(() => kept(request)));
});
