// Care sessions: the start button is sent from here, so that the sound made at the tap lives on; <session-timer> counts
// one session down from the server's clock, rings, and keeps the screen awake. Without this file the page says when.
let sound, lock;
// When the page that is shown was asked for: counted from there no session ends late, however slow the line is.
let askedAt = performance.getEntriesByType("navigation")[0]?.requestStart ?? 0;

const prepareSound = () => {
  try {
    sound ??= new AudioContext(); // while the finger is on the button
    sound.resume();
  } catch { /* this phone has none */ }
};

const show = async (answer) => {
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.querySelector("main").replaceWith(document.adoptNode(page.querySelector("main")));
  document.title = page.title;
  const target = document.querySelector("#timer, main [role=alert]");
  if (!target) return;
  target.tabIndex = -1;
  target.focus();
};

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("form[data-start]")) return;
  event.preventDefault();
  prepareSound();
  const button = form.querySelector("button");
  button.disabled = true;
  const body = new URLSearchParams(new FormData(form));
  askedAt = performance.now();
  try {
    const answer = await fetch(form.action, { method: "POST", body });
    if (new URL(answer.url).pathname.startsWith("/accounts/")) location.assign(answer.url); // signed out meanwhile
    else await show(answer);
  } catch {
    button.disabled = false;
    form.submit(); // the browser says what is wrong
  }
});

customElements.define("session-timer", class extends HTMLElement {
  connectedCallback() {
    const { now, ends, five } = this.dataset;
    this.length = Date.parse(ends) - Date.parse(now);
    this.begun = askedAt;
    this.wall = Date.now() - (performance.now() - askedAt);
    this.five = five;
    this.parts = Object.fromEntries([...this.querySelectorAll("[data-part]")].map((part) => [part.dataset.part, part]));
    const ring = this.querySelector(".ring");
    [this.arc, this.clock] = [ring.querySelector(".tm-i"), ring.querySelector(".tm-n")];
    ring.removeAttribute("aria-label");
    ring.setAttribute("aria-hidden", "true");
    this.parts.plain.hidden = true;
    this.parts.sound.hidden = sound?.state === "running";
    this.parts.sound.onclick = () => {
      prepareSound();
      this.parts.sound.hidden = true;
      this.ringLater();
    };
    if (sound) this.ringLater();
    this.onSeen = () => {
      // A phone that slept may have stopped this page's clock: take the wall clock where it is ahead.
      if (!document.hidden) this.begun = Math.min(this.begun, performance.now() - (Date.now() - this.wall));
      this.stayAwake();
    };
    document.addEventListener("visibilitychange", this.onSeen);
    this.beat = setInterval(() => this.tick(), 250);
    this.stayAwake();
    this.tick();
  }

  disconnectedCallback() {
    this.finish();
    document.removeEventListener("visibilitychange", this.onSeen);
  }

  get left() {
    return Math.max(0, this.length - (performance.now() - this.begun));
  }

  tick() {
    const { left } = this;
    this.clock.textContent = new Date(Math.ceil(left / 1000) * 1000).toISOString().slice(left < 3_600_000 ? 14 : 11, 19);
    this.arc.setAttribute("stroke-dasharray", `${left / 60_000} ${this.arc.getAttribute("pathLength")}`);
    if (left < 300_000 && left > 298_000) this.parts.status.textContent = this.five;
    if (left > 0) return;
    const { off, stop, done } = this.parts;
    const hasRung = this.tones?.rings <= sound?.currentTime + .5;
    this.finish(hasRung);
    if (sound && !hasRung) this.ring(sound.currentTime);
    navigator.vibrate?.([400, 200, 400, 200, 400]);
    for (const part of [this.querySelector(".until"), this.parts.hint, this.parts.sound, stop]) part.hidden = true;
    off.textContent = off.dataset.words.trim();
    done.hidden = false;
  }

  finish(isRinging) {
    clearInterval(this.beat);
    if (!isRinging) this.tones?.nodes.forEach((tone) => tone.disconnect());
    this.isOver = true;
    this.stayAwake();
  }

  // Set at once: the sound keeps its own time when the page is slowed down in the background.
  ringLater() {
    if (sound && this.left > 0) this.ring(sound.currentTime + this.left / 1000);
  }

  ring(from) {
    this.tones?.nodes.forEach((tone) => tone.disconnect());
    const nodes = [0, .5, 1, 2, 2.5, 3].map((later) => {
      const tone = new OscillatorNode(sound, { frequency: 880 });
      tone.connect(sound.destination);
      tone.start(from + later);
      tone.stop(from + later + .3);
      return tone;
    });
    this.tones = { rings: from, nodes };
  }

  async stayAwake() {
    try {
      if (this.isOver) await lock?.release();
      else if (!document.hidden) lock = await navigator.wakeLock.request("screen");
    } catch { /* refused */ }
  }
});
