/* Saves the form of an article or of a newsletter issue in the background (iria/core/autosave.py), and says what is
   saved. Until the server has a text, this browser keeps a copy.
   Without this script the buttons that save do the same. */

import { changedNames, forget, keep, kept, valuesOf, writeValues } from "iria-admin/form-values";

const AFTER_TYPING = 2_000;
const COPY_AFTER = 150;
const RETRY = 5_000;
const SLOW = 10_000;
const SPOKEN_EVERY = 60_000;

const form = document.querySelector("#article_form, #issue_form");
const line = form?.querySelector("[data-save-state]");
if (line) start();

function start() {
  /* An issue is sent whole: its articles and their headings belong together. */
  const { autosaveUrl, compareUrl, copyKey, bound, noun, whole } = line.dataset;
  const shown = line.querySelector("[data-save-shown]");
  const spoken = line.querySelector("[data-save-spoken]");
  const notice = form.querySelector("[data-save-notice]");
  const version = form.elements.version;
  let url = autosaveUrl;
  let key = copyKey;
  let saved = bound ? {} : valuesOf(form);
  let refused = {};
  let running = null;
  let paused = false; /* after a conflict, until the editor decides */
  let overrules = Boolean(bound); /* until it is saved: what was saved elsewhere stays a version of its own */
  let merged = false; /* the form does not show the other fields as they are saved */
  let leaving = false;
  let ready = false;
  let savedAt = null;
  let timer = 0;
  let copyTimer = 0;
  let spokenAt = -Infinity;

  const unsaved = () => changedNames(valuesOf(form), saved);

  function say(text, { urgent = false, problem = false } = {}) {
    shown.textContent = text;
    line.classList.toggle("admin-lacks", problem);
    const now = performance.now();
    if (text && (urgent || now - spokenAt > SPOKEN_EVERY)) {
      spoken.textContent = text;
      spokenAt = now;
    }
  }

  /* By a clock that runs evenly: the time of day may be wrong or change. */
  function saySaved() {
    const seconds = Math.round((performance.now() - savedAt) / 1000);
    if (seconds < 5) say("Saved");
    else if (seconds < 60) say(`Saved ${seconds} s ago`);
    else say(`Saved ${Math.round(seconds / 60)} min ago`);
  }
  setInterval(() => { if (savedAt !== null && !running && !paused && !unsaved().length) saySaved(); }, 5_000);

  function ask(message, ...choices) {
    const text = document.createElement("p");
    text.textContent = message;
    const buttons = document.createElement("div");
    buttons.className = "admin-buttons";
    for (const [label, act] of choices) {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: "button", textContent: label });
      button.addEventListener("click", act);
      buttons.append(button);
    }
    notice.replaceChildren(text, buttons);
    notice.hidden = false;
  }

  function answered() {
    notice.hidden = true;
    notice.replaceChildren();
  }

  /* Saving */

  function later(delay = AFTER_TYPING) {
    clearTimeout(timer);
    timer = setTimeout(() => save(), delay);
  }

  function save(reason = "autosave") {
    if (running) return running.then(() => (unsaved().length || reason === "save" ? save(reason) : undefined));
    if (paused) return Promise.resolve();
    clearTimeout(timer);
    running = send(reason).finally(() => { running = null; });
    return running;
  }

  /* Also what was written while a save was under way. */
  async function saveAll() {
    await running;
    if (unsaved().length) await save();
  }

  async function send(reason) {
    const values = valuesOf(form);
    const names = changedNames(values, saved).filter((name) => (
      reason === "save" || JSON.stringify(values[name]) !== refused[name]
    ));
    if (!names.length && (reason !== "save" || !version.value)) return;
    const body = new FormData(whole ? form : undefined);
    if (!whole) for (const name of names) for (const value of values[name]) body.append(name, value);
    body.set("reason", reason);
    body.set("version", version.value);
    body.set("form_token", form.elements.form_token?.value ?? "");
    if (overrules) body.append("overwrite", "1");
    say("Saving");
    const slow = setTimeout(() => say("Saving is slow. Your text is kept in this browser.", { urgent: true }), SLOW);
    try {
      await judge(await post(body), values, names);
    } catch {
      say("Offline: kept in this browser", { urgent: true, problem: true });
      later(RETRY);
    } finally {
      clearTimeout(slow);
    }
  }

  async function post(body, again = true) {
    const response = await fetch(url, {
      method: "POST",
      body,
      redirect: "manual",
      headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value, Accept: "application/json" },
    });
    /* Signing in again renews the token. */
    if (response.status !== 403 || !again) return response;
    const asked = await fetch(url, { redirect: "manual", headers: { Accept: "application/json" } });
    if (!asked.ok) return asked;
    form.elements.csrfmiddlewaretoken.value = (await asked.json()).csrf_token;
    return post(body, false);
  }

  async function judge(response, values, names) {
    if (response.type === "opaqueredirect") {
      say("Signed out: sign in to save", { urgent: true, problem: true });
      ask("You are signed out. Your text is stored in this browser. Sign in in a new tab; saving then continues automatically.", ["Sign in", () => window.open(line.dataset.signInUrl, "_blank")]);
      later(RETRY);
      return;
    }
    const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
    const answer = isJson ? await response.json() : {};
    if (response.ok) done(answer, values, names);
    else if (response.status === 409) conflict(answer);
    else if (response.status === 404) deleted(answer);
    else if (response.status >= 500 || response.status === 429) {
      say("Not saved: trying again. Your text is kept in this browser.", { urgent: true, problem: true });
      later(RETRY);
    } else {
      const why = response.status === 413 ? "the text is too large" : answer.message;
      say(`Not saved${why ? `: ${why}` : ""}. Your text is kept in this browser.`, { urgent: true, problem: true });
      for (const name of names) refused[name] = JSON.stringify(values[name]);
    }
  }

  function done(answer, values, names) {
    answered();
    overrules = false;
    if (answer.blank) {
      forget(key);
      saved = { ...saved, ...Object.fromEntries(names.map((name) => [name, values[name]])) };
      say("");
      return;
    }
    const wrong = Object.keys(answer.errors);
    refused = Object.fromEntries(wrong.map((name) => [name, JSON.stringify(values[name])]));
    for (const name of names) if (!wrong.includes(name)) saved[name] = values[name];
    version.value = answer.version;
    if (url !== answer.autosave_url) named(answer);
    savedAt = performance.now();
    form.dispatchEvent(new CustomEvent("article:saved", { detail: answer }));
    if (wrong.length) {
      say(`Saved, except: ${Object.values(answer.errors).flat().join(" ")}`, { urgent: true, problem: true });
    } else if (unsaved().length) {
      later();
    } else {
      const forgotten = forget(key);
      saySaved();
      if (merged) forgotten.then(() => { if (!leaving && !unsaved().length) location.replace(answer.url); });
    }
  }

  /* A new article has its own URL from the first save on; a reload shows it. */
  function named(answer) {
    forget(key);
    url = answer.autosave_url;
    key = line.dataset.copyKey.replace(/[^:]*$/, answer.id);
    form.action = answer.url;
    history.replaceState(history.state, "", answer.url);
  }

  function conflict({ message, url: theirs, version: current }) {
    paused = true;
    say("Not saved: there is a newer version", { urgent: true, problem: true });
    ask(
      `${message} The text in this tab is kept in this browser.`,
      ...(compareUrl ? [["Show differences", compare]] : []),
      ["Keep this text", () => {
        version.value = current;
        paused = false;
        overrules = true;
        merged = !whole;
        save();
      }],
      ["Use the newer version", async () => { leaving = true; await forget(key); location.assign(theirs); }],
    );
  }

  function deleted({ message = `This ${noun} was deleted.` }) {
    paused = true;
    say(`Not saved: this ${noun} was deleted`, { urgent: true, problem: true });
    ask(message, [`Save as a new ${noun}`, () => {
      paused = false;
      saved = {};
      url = line.dataset.newUrl;
      version.value = "";
      save();
    }]);
  }

  async function compare() {
    const body = new FormData();
    for (const [name, values] of Object.entries(valuesOf(form))) for (const value of values) body.append(name, value);
    await showDifferences(body);
  }

  async function showDifferences(body) {
    notice.querySelector(".admin-differences")?.remove();
    const found = document.createElement("div");
    found.className = "admin-differences admin-version";
    try {
      const response = await fetch(compareUrl, { method: "POST", body, redirect: "manual", headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value } });
      if (!response.ok) throw new Error(response.status);
      found.innerHTML = await response.text(); /* escaped by the server's template */
    } catch {
      found.textContent = "The differences could not be loaded. Try again.";
    }
    notice.append(found);
  }

  /* The copy in this browser */

  async function copy() {
    const names = unsaved();
    if (!names.length || leaving) return;
    const values = valuesOf(form);
    await keep(key, Object.fromEntries(names.map((name) => [name, values[name]])));
  }

  async function offer() {
    const copied = await kept(key);
    if (!copied) return;
    if (!changedNames(copied, valuesOf(form)).length) {
      forget(key);
      return;
    }
    ask(
      "This browser kept a text that was not saved, for example because of a crash or a lost connection.",
      ...(compareUrl ? [["Show differences", () => {
        const body = new FormData();
        for (const [name, values] of Object.entries(copied)) for (const value of values) body.append(name, value);
        showDifferences(body);
      }]] : []),
      ["Use this text", () => { answered(); overrules = true; writeValues(form, copied); later(0); }],
      ["Delete it", () => { answered(); forget(key); }],
    );
  }

  /* What the editor does */

  function changed() {
    if (!unsaved().length) return;
    if (!paused && !running) say("Editing");
    clearTimeout(copyTimer);
    copyTimer = setTimeout(copy, COPY_AFTER);
    later();
  }
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("focusout", () => { if (unsaved().length && !paused) later(100); });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && unsaved().length && !leaving) { copy(); save(); }
  });
  window.addEventListener("online", () => save());
  form.addEventListener("article:save", ({ detail }) => detail.push(saveAll()));
  window.addEventListener("focus", () => { if (!notice.hidden && unsaved().length) save(); });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "s" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    event.preventDefault();
    save("save");
  });

  /* Everything is saved before the form is sent, so that the copy can be deleted, and a save under way
     does not meet the form as another version. A second click sends nothing. */
  form.addEventListener("submit", async (event) => {
    if (event.submitter?.name === "_look") return; /* the preview of an issue, in its frame */
    if (leaving) {
      if (!ready) event.preventDefault();
      ready = false;
      return;
    }
    event.preventDefault();
    leaving = true;
    const { submitter } = event;
    await saveAll();
    if (paused) {
      leaving = false; /* The form itself would replace what others saved. */
      notice.querySelector("button")?.focus();
      return;
    }
    ready = true;
    /* A form cannot be sent again while its first event is still being handled. */
    setTimeout(() => form.requestSubmit(submitter));
  });
  window.addEventListener("pageshow", (event) => {
    leaving = false;
    if (event.persisted && !unsaved().length) location.reload();
  });
  window.addEventListener("beforeunload", (event) => { if (!leaving && unsaved().length) event.preventDefault(); });

  offer();
  if (bound) changed();
}
