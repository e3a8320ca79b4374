addEventListener("click", ({ target }) => target.dataset?.print === "" && print());
