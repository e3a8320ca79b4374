// The first "yes" or "not sure" shows what to do at once, with or without a network, and lets the server know.
const form = document.querySelector("form[data-emergency]");
const questions = document.getElementById("emergency-questions");
const now = document.getElementById("emergency-now");
const PAUSE = 900; // an arrow key walks over answers on the way to another one
const AGAIN = 5_000; // without a network, and where the server is away for a moment
let waiting, again, byArrow = false;

const send = async () => {
  clearTimeout(again);
  again = undefined;
  try {
    const { status } = await fetch(form.dataset.answer, {
      method: "POST", body: new FormData(form), redirect: "manual", keepalive: true,
    });
    if (status < 500) return; // 0: kept, and led on
  } catch { /* no network */ }
  again = setTimeout(send, AGAIN);
};
addEventListener("online", () => { if (again) send(); });

const show = (isHelp) => {
  now.hidden = !isHelp;
  questions.hidden = isHelp;
  scrollTo(0, 0);
  (isHelp ? now : questions).querySelector("h1").focus();
};

const help = () => {
  show(true);
  send();
};

form.addEventListener("keydown", ({ key }) => { byArrow = key.startsWith("Arrow"); });
form.addEventListener("pointerdown", () => { byArrow = false; });
form.addEventListener("change", ({ target }) => {
  clearTimeout(waiting);
  if (["yes", "not_sure"].includes(target.value)) waiting = setTimeout(help, byArrow ? PAUSE : 0);
});
document.getElementById("emergency-back").addEventListener("click", () => show(false));
