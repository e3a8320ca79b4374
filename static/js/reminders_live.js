// While the page is open and seen, asks every half minute what is due and puts it in place. Stops when signed out.
const EVERY = 30_000;
let timer, askedAt = Date.now();

// Looked for each time: the care timer may put a new page in place.
const parts = () => ["[data-due]", "[data-due-news]"].map((name) => document.querySelector(name));
const ids = (place) => [...place.querySelectorAll("[data-delivery]")].map((row) => row.dataset.delivery);

const show = (html) => {
  const [place, news] = parts();
  const fresh = new DOMParser().parseFromString(html, "text/html").body;
  const before = ids(place);
  if (ids(fresh).some((id) => !before.includes(id))) news.textContent = place.dataset.news;
  // Nobody loses the button that their finger or focus is on.
  if (place.contains(document.activeElement) || place.querySelector("details[open]")) return;
  place.replaceChildren(...fresh.childNodes);
};

const stop = () => {
  clearInterval(timer);
  timer = undefined;
};

const ask = async () => {
  const [place, news] = parts();
  if (document.hidden || !place || !news) return;
  askedAt = Date.now();
  try {
    const answer = await fetch(place.dataset.due, { redirect: "manual", headers: { Accept: "text/html" } });
    if (answer.status === 0 || (answer.status >= 400 && answer.status < 500)) return stop(); // signed out, or gone
    if (!answer.ok) return; // the server is away for a moment
    news.textContent = "";
    show(await answer.text());
  } catch { /* no network; the next time may go better */ }
};

timer = setInterval(ask, EVERY);
document.addEventListener("visibilitychange", () => {
  if (timer && !document.hidden && Date.now() - askedAt >= EVERY) ask();
});
