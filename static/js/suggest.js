// Suggestions under the search field: the browser's own list, so keys and screen readers work as everywhere.
const field = document.querySelector("#q");
const list = document.createElement("datalist");
list.id = "suggestions";
field.after(list);
field.setAttribute("list", list.id);
const places = new Map();
let waiting;

async function suggest(query) {
  const answer = await fetch(`/search/suggest/?q=${encodeURIComponent(query)}`);
  if (!answer.ok || field.value.trim() !== query) return;
  const { suggestions } = await answer.json();
  places.clear();
  suggestions.forEach(({ title, url }) => places.set(title, url));
  list.replaceChildren(...suggestions.map(({ title }) => new Option(title)));
}

field.addEventListener("input", () => {
  const query = field.value.trim();
  clearTimeout(waiting);
  if (places.has(query)) location.assign(places.get(query));
  else if (query.length > 1) waiting = setTimeout(() => suggest(query).catch(() => list.replaceChildren()), 150);
});
