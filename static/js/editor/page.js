// What the editing scripts share: making elements, and waiting for a pause.

/** Makes an element. Names with a dash, "class", "for", "list" and "role" are attributes, all others properties. */
export function make(tag, names = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(names)) {
    if (/-|^(class|for|list|role)$/.test(name)) element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children);
  return element;
}

/** Returns a function that calls back once it has not been called for a while; `cancel` drops the call that waits. */
export function afterPause(milliseconds, call) {
  let waiting;
  const later = () => {
    clearTimeout(waiting);
    waiting = setTimeout(call, milliseconds);
  };
  later.cancel = () => clearTimeout(waiting);
  return later;
}
