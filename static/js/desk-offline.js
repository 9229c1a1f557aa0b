// The desk without a line: keeps this page (goods, prices, stock) and what is entered on it, and sends that when the
// line is back.  Each entry has a key of its own, so that sending twice does it once.  Without script (or without https,
// where browsers keep nothing) the form is sent as any other.
"use strict";

(() => {
  if (!window.isSecureContext) return;
  const words = document.getElementById("desk-offline").dataset;
  const form = document.getElementById("entry");
  const line = document.getElementById("line");
  const list = document.querySelector("#unsent ul");
  const place = `desk:${words.who}`;
  const { address } = words; // the kept page also stands at other addresses of the desk
  let sending = false;
  let kept = false; // does the device have this page?

  const read = () => JSON.parse(localStorage.getItem(place) ?? "[]");
  const write = (entries) => {
    if (entries.length) {
      localStorage.setItem(place, JSON.stringify(entries));
      localStorage.setItem("desk:leaving", words.leaving);
    } else {
      localStorage.removeItem(place);
      const others = Object.keys(localStorage).filter((name) => name.startsWith("desk:") && name !== "desk:leaving");
      if (!others.length) localStorage.removeItem("desk:leaving");
    }
    show();
  };
  const say = (text) => {
    line.textContent = text;
    line.hidden = !text;
  };

  function show() {
    const entries = read();
    list.replaceChildren(...entries.map(row));
    document.getElementById("unsent").hidden = !entries.length;
  }

  function row(entry) {
    const item = document.createElement("li");
    const goods = entry.goods.map(([name, pieces]) => `${pieces} × ${name}`).join(", ");
    const time = new Date(entry.at).toLocaleString(document.documentElement.lang, { timeZone: "Asia/Shanghai" });
    item.textContent = `${time} · ${entry.member} · ${goods}${entry.words ? ` · ${entry.words}` : ""} `;
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "btn btn-quiet";
    remove.textContent = words.remove;
    remove.addEventListener("click", () => write(read().filter((other) => other.key !== entry.key)));
    item.append(remove);
    return item;
  }

  function entered() {
    const fields = [...form.querySelectorAll("[data-item]")].filter((field) => Number(field.value) > 0);
    return {
      key: crypto.randomUUID(),
      at: Date.now(),
      member: form.elements.member.value.trim(),
      how: form.elements.how.value,
      lines: fields.map((field) => `${field.dataset.item}:${Number(field.value)}`).join(","),
      total: fields.reduce((sum, field) => sum + Number(field.value) * Number(field.dataset.minutes), 0),
      goods: fields.map((field) => [field.dataset.name, Number(field.value)]),
    };
  }

  // Keeps the page and what it needs, and takes over fresh numbers and a fresh token; false when there is no line, or
  // when somebody else is signed in meanwhile: what this clerk entered must not be sent under another's name.
  async function refresh() {
    let answer;
    try {
      answer = await fetch(address, { cache: "no-store" });
    } catch {
      say(words.noLine);
      return false;
    }
    if (!answer.ok || answer.redirected) return false;
    const copy = answer.clone();
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (fresh.getElementById("desk-offline")?.dataset.who !== words.who) {
      say(words.signIn);
      return false;
    }
    form.elements.csrf_token.value = fresh.querySelector("#entry [name=csrf_token]").value;
    await keep(copy, fresh);
    return true;
  }

  // A part that cannot be had (a picture taken away, a full device) must not keep entries from being sent.
  async function keep(answer, fresh) {
    const parts = [...fresh.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src], main img[src]")];
    const addresses = parts.map((part) => new URL(part.getAttribute("href") ?? part.getAttribute("src"), location).href);
    try {
      const store = await caches.open("desk");
      await store.put(address, answer);
      kept = true;
      await Promise.allSettled(addresses.map((part) => store.add(part)));
    } catch {
      // The page is used as it is; the next time is tried again.
    }
  }

  async function send() {
    if (sending || !read().some((entry) => !entry.words)) return;
    sending = true;
    try {
      for (const entry of read()) if (!entry.words && !(await post(entry))) break;
    } finally {
      sending = false;
    }
  }

  async function post(entry) {
    const fields = { csrf_token: form.elements.csrf_token.value };
    for (const name of ["key", "at", "member", "how", "lines", "total"]) fields[name] = entry[name];
    let answer;
    try {
      const headers = { Accept: "application/json" };
      answer = await fetch(address, { method: "POST", headers, body: new URLSearchParams(fields), redirect: "manual" });
    } catch {
      say(words.noLine);
      return false;
    }
    const json = answer.headers.get("Content-Type")?.includes("json");
    if (!json || ![200, 409, 422].includes(answer.status)) {
      say(answer.status >= 500 ? words.kept : words.signIn);
      return false;
    }
    const said = (await answer.json()).words;
    const others = read().filter((other) => other.key !== entry.key);
    write(answer.ok ? others : [...others, { ...entry, words: said }]);
    say(`${entry.member}: ${said}`);
    return true;
  }

  async function again() {
    if (!(await refresh())) return;
    await navigator.serviceWorker.ready;
    if (line.hidden || [words.noLine, words.signIn].includes(line.textContent)) say(kept ? words.ready : "");
    await send();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    const entry = entered();
    if (!entry.member || !entry.lines) {
      say(words.empty);
      (entry.member ? form.querySelector("[data-item]") : form.elements.member)?.focus();
      return;
    }
    write([...read(), entry]);
    for (const field of form.querySelectorAll("[data-item]")) field.value = "";
    form.elements.member.value = "";
    form.elements.member.focus();
    say(words.kept);
    send();
  }, true);

  window.addEventListener("online", again);
  window.setInterval(() => { if (read().length) again(); }, 20000);
  navigator.serviceWorker.register(words.worker);
  show();
  again();
})();
