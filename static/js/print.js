// The print button; hidden where there is no script.
addEventListener("click", ({ target }) => target.matches?.("[data-print]") && print());
