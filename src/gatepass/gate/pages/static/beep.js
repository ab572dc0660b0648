// A beep each second, made here: no file has to be loaded, and nobody mistakes it for a prompt.

const EVERY_MS = 1000;
const LASTS_S = 0.18;
const PITCH_HZ = 880;

let sounding = 0;
let context = null;

function once() {
  context ??= new AudioContext();
  const tone = context.createOscillator();
  const loudness = context.createGain();
  tone.frequency.value = PITCH_HZ;
  const now = context.currentTime;
  // A tone that begins and ends at full loudness clicks.
  loudness.gain.setValueAtTime(0, now);
  loudness.gain.linearRampToValueAtTime(0.5, now + 0.02);
  loudness.gain.linearRampToValueAtTime(0, now + LASTS_S);
  tone.connect(loudness).connect(context.destination);
  tone.start(now);
  tone.stop(now + LASTS_S);
}

/** Until `stopBeeping()`. Said again while it sounds, it changes nothing. */
export function beep() {
  if (sounding) return;
  once();
  sounding = setInterval(once, EVERY_MS);
}

export function stopBeeping() {
  clearInterval(sounding);
  sounding = 0;
}
