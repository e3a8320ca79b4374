// Asks the server what it says of the text as it stands, after each pause in typing; one question at a time.
import { afterPause, make } from "./page.js";
import { gettext } from "./words.js";

const form = document.getElementById("editor");
const place = document.getElementById("editor-checks");
const failure = make("p", { class: "editor-note is-warning" },
  gettext("The checks did not answer. What stands here may be out of date; “Check” asks again."));
let isAsking = false, isStale = false, shown;

async function answer() {
  const response = await fetch(place.dataset.checksUrl, { method: "POST", body: new FormData(form) });
  if (!response.ok || response.redirected) throw new Error(response.statusText); // signed out, perhaps
  return response.text();
}

async function ask() {
  if (isAsking) {
    isStale = true;
    return;
  }
  isAsking = true;
  isStale = false;
  try {
    const html = await answer();
    failure.remove();
    // A screen reader speaks whatever is put here.
    if (html !== shown) place.innerHTML = shown = html;
  } catch { place.prepend(failure); }
  isAsking = false;
  if (isStale) askSoon();
}

const askSoon = afterPause(1500, ask);
place.tabIndex = 0; // it scrolls by itself on a wide screen
form.addEventListener("input", askSoon);
form.addEventListener("change", askSoon);
