// Says so where this device's clock is another one than the reminders follow. The server asks, and keeps the answer.
const banner = document.getElementById("travel");
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
const year = new Date().getFullYear();
// Two names of zones whose clocks agree now, in winter and in summer need no question.
const moments = [new Date(), new Date(year, 0, 15), new Date(year, 6, 15)];

const clocks = (timeZone) => {
  const read = new Intl.DateTimeFormat("en", { timeZone, dateStyle: "short", timeStyle: "short" });
  return moments.map((moment) => read.format(moment)).join();
};

const isAnother = (zone) => {
  try {
    return clocks(zone) !== clocks(own);
  } catch {
    return false; // this browser does not know the zone
  }
};

if (banner && own && own !== banner.dataset.kept && isAnother(banner.dataset.zone)) {
  const link = banner.querySelector("a");
  link.href = `${link.pathname}?${new URLSearchParams({ zone: own })}`;
  banner.hidden = false;
}
