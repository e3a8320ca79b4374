// The reader's choice of light or night, before the first paint; and the buttons that print.
{
  const root = document.documentElement.dataset;
  let chosen = "";
  try { chosen = localStorage.theme ?? ""; } catch { /* storage is off */ }
  const paint = () => {
    root.theme = chosen;
    for (const button of document.querySelectorAll("[data-set-theme]"))
      button.ariaPressed = button.dataset.setTheme === chosen;
  };
  root.js = "";
  paint();
  addEventListener("DOMContentLoaded", paint);
  addEventListener("click", ({ target }) => {
    const asked = target.dataset ?? {};
    if (asked.print === "") print();
    if (asked.setTheme === undefined) return;
    chosen = asked.setTheme;
    paint();
    try { localStorage.theme = chosen; } catch { /* for this page only */ }
  });
}
