// Words of the editing scripts: from Django's catalogue where the page loads it, as written here elsewhere.
export const gettext = (words) => globalThis.gettext?.(words) ?? words;

/** Puts values where %(name)s stands. */
export const fill = (words, values) => words.replace(/%\((\w+)\)s/g, (_, name) => values[name]);
