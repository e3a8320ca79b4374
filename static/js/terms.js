// Opens a glossary word where it stands; Escape and a tap outside close it, which the browser does by itself.
addEventListener("click", (event) => {
  const word = event.target.closest?.("a.term");
  const meaning = word && document.getElementById(`term-${word.hash.slice(1)}`);
  if (!meaning?.showPopover || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  meaning.showPopover({ source: word });
  meaning.focus();
});
