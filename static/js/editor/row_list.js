// <row-list> adds, removes, moves and drags the rows of a formset. Without script the ORDER and DELETE fields do.
import { drag, field, inRow, part } from "./row_parts.js";
import { fill, gettext } from "./words.js";

let titles = 0;

customElements.define("row-list", class extends HTMLElement {
  connectedCallback() {
    if (this.list) return; // moved with the row around it
    this.list = this.part("[data-rows]");
    const tools = this.part("[data-add-tools]");
    if (tools) tools.hidden = false;
    [...this.list.children].forEach((row) => this.dress(row));
    this.addEventListener("click", ({ target }) => this.act(target.closest("button")));
    this.addEventListener("pointerdown", ({ target, pointerId }) => {
      const handle = target.closest("[data-drag]");
      const row = handle?.closest("[data-row]");
      if (row?.parentElement === this.list) drag(row, handle, pointerId, () => this.changed(row, this.moved));
    });
  }

  get moved() { return gettext("Moved to place %(place)s of %(all)s."); }

  part(selector) { return part(this, "row-list", selector); }

  dress(row) {
    inRow(row, "[data-plain]").hidden = true;
    const title = inRow(row, "[data-row-title]");
    title.id ||= `row-title-${++titles}`;
    const tools = inRow(row, "[data-tools]");
    tools.hidden = false;
    for (const button of tools.children) button.setAttribute("aria-describedby", title.id);
    this.showRemoved(row);
  }

  act(button) {
    if (button?.closest("row-list") !== this) return;
    const action = ["add", "up", "down", "remove"].find((name) => name in button.dataset);
    if (action) this[action](action === "add" ? button.dataset.add : button.closest("[data-row]"));
  }

  add(kind) {
    const { prefix } = this.dataset;
    const total = this.part(`[name="${prefix}-TOTAL_FORMS"]`);
    const made = document.createElement("template");
    // Only this level: a list inside the row keeps its own __prefix__ for the rows it will get.
    made.innerHTML = this.part(`[data-row-template="${kind}"]`).innerHTML
      .replaceAll(`${prefix}-__prefix__`, `${prefix}-${total.value++}`);
    const row = made.content.firstElementChild;
    this.list.append(row);
    this.dress(row);
    row.dispatchEvent(new CustomEvent("formset:added", { bubbles: true, detail: { formsetName: prefix } }));
    this.changed(row, gettext("Added at place %(place)s of %(all)s."));
    [...row.querySelectorAll("input, select, textarea")].find((found) => found.checkVisibility())?.focus();
  }

  up(row) {
    const other = row.previousElementSibling;
    if (!other) return this.say(row, gettext("This is the first already."));
    row.after(other); // the neighbour moves, so the button that was pressed keeps the focus
    this.changed(row, this.moved);
  }

  down(row) {
    const other = row.nextElementSibling;
    if (!other) return this.say(row, gettext("This is the last already."));
    row.before(other);
    this.changed(row, this.moved);
  }

  remove(row) {
    const box = field(row, "DELETE");
    box.checked = !box.checked;
    this.showRemoved(row);
    this.changed(row, box.checked ? gettext("Will be removed when you save.") : gettext("Put back."));
  }

  showRemoved(row) {
    const isRemoved = field(row, "DELETE")?.checked ?? false;
    row.classList.toggle("is-removed", isRemoved);
    const button = inRow(row, "[data-remove]");
    if (!button) return;
    button.removeAttribute("aria-pressed"); // its words change instead
    button.dataset.remove ||= button.textContent;
    button.textContent = isRemoved ? gettext("Put back") : button.dataset.remove;
  }

  changed(row, words) {
    [...this.list.children].forEach((each, place) => {
      const order = field(each, "ORDER");
      if (order) order.value = place + 1;
    });
    row.scrollIntoView({ block: "nearest" });
    this.say(row, words);
    row.dispatchEvent(new Event("change", { bubbles: true }));
  }

  say(row, words) {
    const rows = [...this.list.children];
    this.part("[data-said]").textContent = fill(words, { place: rows.indexOf(row) + 1, all: rows.length });
  }
});
