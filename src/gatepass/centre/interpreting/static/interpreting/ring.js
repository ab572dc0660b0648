// What rings for this interpreter, as the centre says it (/live/calls); with a sound as long as it rings.

const box = document.getElementById("ringing");
const token = document.querySelector("main [name=csrfmiddlewaretoken]");
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

function look() {
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

const live = new EventSource("/live/calls");
live.addEventListener("calls", ({ data }) => {
  box.innerHTML = JSON.parse(data);
  for (const form of box.querySelectorAll("form")) form.prepend(token.cloneNode());
  look();
});
look();
