// Two tones, as long as it rings; a browser may want a touch first (#sound-note).

let sound = null;
let beat = 0;

function ring() {
  sound ??= new AudioContext();
  if (sound.state === "suspended") document.getElementById("sound-note").hidden = false;
  for (const [at, pitch] of [[0, 660], [0.25, 880]]) {
    const tone = new OscillatorNode(sound, { frequency: pitch });
    const loud = new GainNode(sound, { gain: 0.2 });
    tone.connect(loud).connect(sound.destination);
    tone.start(sound.currentTime + at);
    tone.stop(sound.currentTime + at + 0.2);
  }
}

/** Rings while something in the box rings, and marks the title. */
export function look(box) {
  clearInterval(beat);
  const rings = box.querySelector('[data-ringing="ringing"]');
  document.title = document.title.replace(/^● /, "");
  if (!rings) return;
  document.title = `● ${document.title}`;
  ring();
  beat = setInterval(ring, 2000);
}

document.getElementById("sound").addEventListener("click", () => {
  sound?.resume();
  document.getElementById("sound-note").hidden = true;
});
