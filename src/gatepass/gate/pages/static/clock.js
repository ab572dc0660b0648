// Times as people at a gate say them: 24 hours, the site's civil time, whatever zone the machine was set up with.

const two = (number) => String(number).padStart(2, "0");

// Minutes east of UTC; this screen's own until the agent has said the site's.
let offset = null;
const shown = [];
const minutesEast = (when) => offset ?? -when.getTimezoneOffset();
const there = (when) => new Date(when.getTime() + minutesEast(when) * 60_000);

export function setOffset(minutes) {
  offset = Number.isFinite(minutes) ? minutes : null;
  for (const draw of shown) draw();
}

export function hourMinute(when) {
  const civil = there(when);
  return `${two(civil.getUTCHours())}:${two(civil.getUTCMinutes())}`;
}

/** "10:15" today, with the day in front when it was another day. */
export function timeOrDay(milliseconds, language, now = new Date()) {
  const when = new Date(milliseconds);
  const dayOf = (moment) => there(moment).toISOString().slice(0, 10);
  if (dayOf(when) === dayOf(now)) return hourMinute(when);
  const day = new Intl.DateTimeFormat(language, { month: "short", day: "numeric", timeZone: "UTC" }).format(there(when));
  return `${day} ${hourMinute(when)}`;
}

/** 84 -> "1:24"; 4000 -> "1:06:40". */
export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** "UTC+8": the zone in which times stand here. */
export function zone(now = new Date()) {
  const minutes = minutesEast(now);
  const sign = minutes < 0 ? "−" : "+";
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `UTC${sign}${hours}${rest ? `:${two(rest)}` : ""}`;
}

/** Shows the time in a <time>, now and at every minute. */
export function showTime(element, suffix = () => "") {
  const draw = () => {
    const now = new Date();
    element.textContent = hourMinute(now) + suffix();
    element.dateTime = hourMinute(now);
  };
  const tick = () => {
    draw();
    setTimeout(tick, 60_000 - (Date.now() % 60_000) + 5);
  };
  shown.push(draw);
  tick();
}
