// Fills an empty time zone field with the zone of this device, where the field knows it.
const named = (zone) => {
  try { return Intl.DateTimeFormat(undefined, { timeZone: zone }).resolvedOptions().timeZone; } catch { return ""; }
};
const { timeZone } = Intl.DateTimeFormat().resolvedOptions();

for (const field of document.querySelectorAll("[name=zone]")) {
  if (field.value) continue;
  const zones = [...(field.options ?? [{ value: timeZone }])].map(({ value }) => value).filter(Boolean);
  // Browsers go by old names: Asia/Calcutta is the device's word for Asia/Kolkata.
  field.value = zones.find((zone) => zone === timeZone) ?? zones.find((zone) => named(zone) === timeZone) ?? "";
}
