// Keeps what is typed into the editing form in this browser until the server has saved it, and offers it back.
import { afterPause, make } from "./page.js";
import { fill, gettext } from "./words.js";

const form = document.getElementById("editor");
const { draft, user, base } = form.dataset;
const key = `draft:${user}:${draft}`;
const isKept = ([name, value]) => name !== "csrfmiddlewaretoken" && typeof value === "string";
const entries = () => [...new FormData(form)].filter(isKept);
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
let isUnsaved = false, offer, warning;

function warn() {
  warning ??= make("p", { class: "editor-note is-warning", role: "alert" },
    gettext("This browser cannot keep a copy of what you type: its storage is full or switched off. Save often."));
  if (!warning.isConnected) form.before(warning);
}

function read() {
  try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
}

function keep(isSent = false) {
  try {
    localStorage.setItem(key, JSON.stringify({ base, at: Date.now(), entries: entries(), isSent }));
    warning?.remove();
  } catch { warn(); }
}

function forget() {
  try { localStorage.removeItem(key); } catch { /* nothing was kept */ }
}

const keepSoon = afterPause(700, () => keep());

/** Sends the kept entries for the server to show; it saves nothing. */
function putBack(kept) {
  const token = form.elements.csrfmiddlewaretoken?.value ?? "";
  const sent = [...kept.entries, ["csrfmiddlewaretoken", token], ["_show", "1"]];
  const copy = make("form", { method: "post", action: location.href, hidden: true },
    ...sent.map(([name, value]) => make("input", { type: "hidden", name, value })));
  isUnsaved = false;
  document.body.append(copy);
  copy.submit();
}

function offerBack(kept) {
  const at = new Date(kept.at).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  const put = make("button", { type: "button", onclick: () => putBack(kept) }, gettext("Put it back"));
  const drop = make("button", { type: "button" }, gettext("Throw it away"));
  const lines = [
    fill(gettext("This browser kept work on this page that was not saved, from %(at)s."), { at }),
    kept.base === base ? "" : gettext("The page has been changed on the server since then."),
    gettext("Until you choose, nothing new is kept here."),
  ];
  offer = make("div", { class: "editor-note", role: "group", ariaLabel: gettext("Unsaved work") },
    make("p", { role: "status" }, lines.filter(Boolean).join(" ")), put, drop);
  drop.onclick = () => {
    forget();
    offer.remove();
    offer = null;
    if (isUnsaved) keep();
  };
  form.before(offer);
}

function note() {
  isUnsaved = true;
  if (!offer) keepSoon();
}

const kept = read();
// Told once: the same address after a new sign-in, or a reload, has saved nothing.
if (form.dataset.saved !== undefined) history.replaceState(null, "", location.pathname);
// Saved is what was sent last; a draft that waited for an answer meanwhile still waits.
if (kept?.isSent && form.dataset.saved !== undefined) forget();
else if (kept) {
  // A page that shows what was sent, with errors or put back, is as unsaved as it was.
  if (form.dataset.sent !== undefined || same(kept.entries, entries())) isUnsaved = true;
  else offerBack(kept);
}
form.addEventListener("input", note);
form.addEventListener("change", note);
form.addEventListener("submit", ({ submitter }) => {
  if (submitter?.formTarget) return; // the preview opens elsewhere, this page stays
  keepSoon.cancel();
  if (isUnsaved && !offer) keep(true);
  isUnsaved = false;
});
document.addEventListener("drafts:cleared", keepSoon.cancel);
addEventListener("beforeunload", (event) => isUnsaved && event.preventDefault());
