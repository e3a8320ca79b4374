// Finds the parts of a formset's rows, and follows a row that is dragged.

/** Finds what belongs to `owner` itself, a "row-list" or a "[data-row]", not to a list inside it. */
export const part = (owner, kind, selector) =>
  [...owner.querySelectorAll(selector)].find((found) => found.parentElement.closest(kind) === owner);

export const inRow = (row, selector) => part(row, "[data-row]", selector);

/** The ORDER or DELETE field of a row. */
export const field = (row, name) => inRow(row, `[name$="-${name}"]`);

const middle = (row) => {
  const { top, height } = row.getBoundingClientRect();
  return top + height / 2;
};

/** Moves a row with the pointer that holds its handle, and calls back when it is let go. */
export function drag(row, handle, pointerId, done) {
  const follow = ({ clientY }) => {
    const { previousElementSibling: above, nextElementSibling: below } = row;
    // The neighbour moves: an element that is taken out of the page loses its pointer.
    if (above && clientY < middle(above)) row.after(above);
    else if (below && clientY > middle(below)) row.before(below);
    if (clientY < 60) scrollBy(0, -20);
    else if (clientY > innerHeight - 60) scrollBy(0, 20);
  };
  row.classList.add("is-dragged");
  handle.setPointerCapture(pointerId);
  handle.addEventListener("pointermove", follow);
  handle.addEventListener("lostpointercapture", () => {
    handle.removeEventListener("pointermove", follow);
    row.classList.remove("is-dragged");
    done();
  }, { once: true });
}
