// <key-picker> shows the keys in its field, which stand between spaces, as chips with their names; a list offers more.
import { make } from "./page.js";
import { fill, gettext } from "./words.js";

const SEPARATORS = /[\s,;]+/; // as the server reads them

customElements.define("key-picker", class extends HTMLElement {
  connectedCallback() {
    if (this.kept) return; // moved with its row
    this.kept = this.querySelector("input");
    this.options = document.getElementById(`list-${this.dataset.list}`);
    this.chips = make("ul", { class: "chips" });
    this.said = make("p", { class: "chips-said", role: "status" });
    this.entry = make("input", { list: this.options?.id ?? "", autocomplete: "off" });
    this.takeOver();
    this.prepend(this.chips);
    this.append(this.entry, this.said);
    this.show();
    this.entry.addEventListener("input", ({ inputType }) => {
      // Chosen from the list. A typed R6 may become R60.
      if (!inputType || inputType === "insertReplacementText") this.take();
    });
    this.entry.addEventListener("change", () => this.take());
    this.entry.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault(); // it would save the page
      this.take();
    });
  }

  /** The label and the hints of the field now belong to what is typed into. */
  takeOver() {
    const { id, labels } = this.kept;
    this.chips.ariaLabel = labels[0]?.textContent.trim() ?? "";
    for (const name of ["aria-describedby", "aria-invalid", "aria-label"])
      if (this.kept.hasAttribute(name)) this.entry.setAttribute(name, this.kept.getAttribute(name));
    this.kept.id = `${id}-keys`;
    this.kept.type = "hidden";
    this.entry.id = id;
  }

  get keys() { return this.kept.value.split(SEPARATORS).filter(Boolean); }

  find(words) {
    const same = (text) => text.toLowerCase() === words.toLowerCase();
    return [...(this.options?.options ?? [])].find(({ value, label }) => same(value) || same(label));
  }

  name(key) {
    const option = this.find(key);
    if (!option) return fill(gettext("%(key)s (not in the list)"), { key });
    return option.label === option.value ? key : `${option.value} ${option.label}`;
  }

  take() {
    const words = this.entry.value.trim();
    if (!words) return;
    const whole = this.find(words);
    // What the list does not know is kept too: the server says so, and nothing that was typed is lost.
    const typed = whole ? [whole.value] : words.split(SEPARATORS).filter(Boolean).map((key) => this.find(key)?.value ?? key);
    const before = this.keys;
    this.entry.value = "";
    this.keep([...new Set([...before, ...typed])]);
    const names = typed.map((key) => this.name(key)).join(", ");
    const isNew = typed.some((key) => !before.includes(key));
    this.said.textContent = fill(isNew ? gettext("Added: %(names)s.") : gettext("There already: %(names)s."), { names });
  }

  drop(key) {
    const place = this.keys.indexOf(key);
    this.keep(this.keys.filter((other) => other !== key));
    this.said.textContent = fill(gettext("Removed: %(names)s."), { names: this.name(key) });
    (this.chips.querySelectorAll("button")[place] ?? this.entry).focus();
  }

  keep(keys) {
    this.kept.value = keys.join(" ");
    this.show();
    this.kept.dispatchEvent(new Event("change", { bubbles: true }));
  }

  show() {
    this.chips.replaceChildren(...this.keys.map((key) => {
      const label = fill(gettext("Remove %(name)s"), { name: this.name(key) });
      const button = make("button", { type: "button", ariaLabel: label, onclick: () => this.drop(key) });
      return make("li", {}, make("span", {}, this.name(key)), button);
    }));
    this.chips.hidden = !this.keys.length;
  }
});
