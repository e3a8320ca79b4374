// <care-timer> counts one session down: 20 minutes and 0 seconds at most. Its end is kept in this tab, so a reload goes on.
customElements.define("care-timer", class extends HTMLElement {
  connectedCallback() {
    const { key, minutes, over } = this.dataset;
    const parts = document.getElementById("care-timer");
    const { started, five } = parts.dataset;
    const length = Math.min(minutes, 20) * 60_000;
    this.append(parts.content.cloneNode(true));
    const [start, clock, stop, status] = this.querySelectorAll("button, strong, [role]");
    let endsAt = 0, beat, sound, lock;

    const say = (words) => {
      if (status.textContent !== words) status.textContent = words;
    };
    const set = (moment) => {
      endsAt = moment;
      start.hidden = moment > 0;
      stop.hidden = clock.hidden = !moment;
      try { sessionStorage.setItem(key, moment); } catch { /* lasts as long as the page */ }
    };
    const stayAwake = async () => {
      try { if (endsAt) lock = await navigator.wakeLock.request("screen"); } catch { /* refused */ }
      if (!endsAt) lock?.release();
    };
    const finish = (words) => {
      clearInterval(beat);
      set(0);
      stayAwake();
      say(words);
    };
    const ring = (seconds) => {
      const tone = new OscillatorNode(sound, { frequency: 880 });
      tone.connect(sound.destination);
      tone.start(sound.currentTime + seconds);
      tone.stop(sound.currentTime + seconds + .3);
    };
    const tick = () => {
      const left = endsAt - Date.now();
      clock.textContent = new Date(left + 999).toISOString().slice(14, 19);
      if (left < 300_000 && left > 299_000) say(five);
      if (left > 0) return;
      finish(over);
      if (sound) [0, .5, 1, 2, 2.5, 3].forEach(ring);
    };
    const run = (moment) => {
      set(moment);
      beat = setInterval(tick, 250);
      tick();
      stayAwake();
    };

    start.onclick = () => {
      sound = new AudioContext(); // made while the finger is on the button
      say(started);
      run(Date.now() + length);
      stop.focus();
    };
    stop.onclick = () => {
      finish("");
      start.focus();
    };
    document.addEventListener("visibilitychange", stayAwake);
    try {
      const kept = +sessionStorage.getItem(key);
      if (kept) run(Math.min(kept, Date.now() + length));
    } catch { /* no storage */ }
  }
});
