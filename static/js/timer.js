// <care-timer> counts one session down and ends at 20 minutes and 0 seconds at the latest.
// The moment it ends is kept in this tab, so a reload goes on counting; nothing is sent.
customElements.define("care-timer", class extends HTMLElement {
  connectedCallback() {
    const { key, minutes, started, five, over } = this.dataset;
    const length = Math.min(minutes, 20) * 60_000;
    this.append(this.querySelector("template").content);
    const [start, stop] = this.querySelectorAll("button");
    const [clock, status] = this.querySelectorAll("strong, [role]");
    let endsAt = 0, beat, sound, lock;

    const set = (moment) => {
      endsAt = moment;
      start.hidden = moment > 0;
      stop.hidden = clock.hidden = !moment;
      try { sessionStorage.setItem(key, moment); } catch { /* no storage: it lasts as long as the page */ }
    };

    const stayAwake = async () => {
      try { if (endsAt) lock = await navigator.wakeLock.request("screen"); } catch { /* refused or unknown */ }
      if (!endsAt) lock?.release();
    };

    const finish = (words) => {
      clearInterval(beat);
      set(0);
      stayAwake();
      status.textContent = words;
    };

    const ring = (seconds) => {
      const tone = new OscillatorNode(sound, { frequency: 880 });
      tone.connect(sound.destination);
      tone.start(sound.currentTime + seconds);
      tone.stop(sound.currentTime + seconds + .3);
    };

    const tick = () => {
      const left = Math.ceil((endsAt - Date.now()) / 1000);
      if (left <= 0) {
        finish(over);
        if (sound) [0, .5, 1, 2, 2.5, 3].forEach(ring);
      } else {
        if (left === 300 && status.textContent !== five) status.textContent = five;
        clock.textContent = new Date(left * 1000).toISOString().slice(14, 19);
      }
    };

    const run = (moment) => {
      set(moment);
      beat = setInterval(tick, 250);
      tick();
      stayAwake();
    };

    start.onclick = () => {
      sound = new AudioContext(); // has to be made while the finger is on the button
      status.textContent = started;
      run(Date.now() + length);
      stop.focus();
    };
    stop.onclick = () => {
      finish("");
      start.focus();
    };
    document.addEventListener("visibilitychange", () => endsAt && stayAwake());
    try {
      const kept = Number(sessionStorage.getItem(key));
      if (kept > Date.now()) run(Math.min(kept, Date.now() + length));
    } catch { /* no storage */ }
  }
});
