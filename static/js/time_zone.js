// Chooses the device's own time zone where none is chosen yet. The person sees it and can change it.
const zones = document.querySelector("select[data-time-zone]");
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zones && !zones.value && [...zones.options].some(({ value }) => value === own)) zones.value = own;
