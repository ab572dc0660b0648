// The spoken prompts: recorded files from the agent, kept ready so that the first sound comes within a few milliseconds.

const KEPT = 60; // of 7 kB each; browsers allow far more players, a small tablet does not
const players = new Map(); // "lang/prompt" -> Audio, least recently used first

function playerFor(language, prompt) {
  const name = `${language}/${prompt}`;
  const player = players.get(name) ?? new Audio(`/audio/${name}.opus`);
  player.preload = "auto";
  players.delete(name);
  players.set(name, player);
  if (players.size > KEPT) players.delete(players.keys().next().value);
  return player;
}

/** Loads prompts ahead, one after the other, so that a gate that starts is not busy with sound. */
export async function warm(language, prompts) {
  for (const prompt of prompts) {
    if (players.has(`${language}/${prompt}`)) continue;
    const player = playerFor(language, prompt);
    await new Promise((resolve) => {
      player.addEventListener("canplaythrough", resolve, { once: true });
      player.addEventListener("error", resolve, { once: true });
      setTimeout(resolve, 2000);
      player.load();
    });
  }
}

let present = null; // {player, done, ended} of what is being spoken

/**
 * Speaks prompts one after the other; whatever is being spoken stops. `sounded` is called when the first sound leaves
 * the page, `blocked` when the browser wants a touch first (Chromium without --autoplay-policy=no-user-gesture-required).
 */
export async function speak(language, prompts, { sounded = () => {}, blocked = () => {} } = {}) {
  hush();
  const turn = { player: null, over: false };
  turn.finished = new Promise((resolve) => { turn.finish = resolve; });
  present = turn;
  for (const [place, prompt] of prompts.entries()) {
    const result = await play(turn, playerFor(language, prompt), place === 0 ? sounded : () => {});
    if (result === "blocked") blocked();
    if (result !== "ended" || turn.over) break;
  }
  turn.finish();
  if (present === turn) present = null;
}

function play(turn, player, sounded) {
  turn.player = player;
  return new Promise((resolve) => {
    player.onplaying = () => {
      player.onplaying = null;
      sounded();
    };
    player.onended = () => resolve("ended");
    player.onpause = () => { if (turn.over) resolve("hushed"); };
    player.onerror = () => resolve("ended"); // a missing file is silent here, the agent logs it; the next prompt still helps
    player.currentTime = 0;
    player.play().catch((error) => {
      if (error.name === "NotAllowedError") resolve("blocked");
      else resolve(turn.over ? "hushed" : "ended");
    });
  });
}

/** Resolves when nothing is being spoken. */
export function speaking() {
  return present?.finished ?? Promise.resolve();
}

export function isSpeaking() {
  return present !== null;
}

export function hush() {
  if (!present) return;
  present.over = true;
  present.player?.pause();
  present.finish();
  present = null;
}

/** Would the browser let the page speak by itself? Asked at the start, muted, so that a technician sees it and not a resident. */
export async function maySpeak(language, prompt) {
  const player = new Audio(`/audio/${language}/${prompt}.opus`);
  player.muted = true;
  try {
    await player.play();
    player.pause();
    return true;
  } catch (error) {
    return error.name !== "NotAllowedError";
  }
}
