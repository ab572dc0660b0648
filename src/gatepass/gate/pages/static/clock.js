// Times as people at a gate say them: 24 hours, the gate's own zone.

const two = (number) => String(number).padStart(2, "0");

export function hourMinute(when) {
  return `${two(when.getHours())}:${two(when.getMinutes())}`;
}

/** "10:15" today, with the day in front when it was another day. */
export function timeOrDay(milliseconds, language, now = new Date()) {
  const when = new Date(milliseconds);
  if (when.toDateString() === now.toDateString()) return hourMinute(when);
  const day = new Intl.DateTimeFormat(language, { month: "short", day: "numeric" }).format(when);
  return `${day} ${hourMinute(when)}`;
}

/** 84 -> "1:24"; 4000 -> "1:06:40". */
export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** "UTC+8": the zone of this screen. */
export function zone(now = new Date()) {
  const minutes = -now.getTimezoneOffset();
  const sign = minutes < 0 ? "−" : "+";
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `UTC${sign}${hours}${rest ? `:${two(rest)}` : ""}`;
}

/** Shows the time in a <time>, now and at every minute. */
export function showTime(element, suffix = "") {
  const tick = () => {
    const now = new Date();
    element.textContent = hourMinute(now) + suffix;
    element.dateTime = hourMinute(now);
    setTimeout(tick, 60_000 - (now.getTime() % 60_000) + 5);
  };
  tick();
}
