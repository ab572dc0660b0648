// Sound and picture between two browsers (WebRTC). They meet by signals that somebody else carries; nothing is recorded.

const DISCONNECTED_MS = 4000; // a way that is lost for so long is not coming back: the next one is called

/** Camera and microphone, or what there is of them; null for nothing. */
export async function ownStream() {
  const picture = { width: { ideal: 640 }, height: { ideal: 480 }, facingMode: "user" };
  for (const wish of [{ audio: true, video: picture }, { audio: true }, { video: picture }]) {
    try {
      return await navigator.mediaDevices.getUserMedia(wish);
    } catch {
      // Not there, in use, or not allowed: with less, then.
    }
  }
  return null;
}

export class Talk {
  /**
   *   ice      servers, as RTCPeerConnection wants them
   *   offers   whether this side begins; the other one answers
   *   stream   own sound and picture, or null
   *   send     (signal) => void; for the other browser
   *   heard    (MediaStream) => void
   *   lost     () => void, once
   */
  constructor({ ice, offers, stream, send, heard, lost }) {
    this.peer = new RTCPeerConnection({ iceServers: ice });
    this.send = send;
    this.early = []; // candidates that came before the description
    let ended = false;
    let watch = 0;
    const loses = () => { if (!ended) { ended = true; lost(); } };
    this.end = () => { ended = true; clearTimeout(watch); this.peer.close(); };
    this.peer.ontrack = ({ streams }) => heard(streams[0]);
    this.peer.onicecandidate = ({ candidate }) => { if (candidate) send({ candidate }); };
    this.peer.onconnectionstatechange = () => {
      clearTimeout(watch);
      const state = this.peer.connectionState;
      if (state === "failed") loses();
      if (state === "disconnected") watch = setTimeout(loses, DISCONNECTED_MS);
    };
    for (const track of stream?.getTracks() ?? []) this.peer.addTrack(track, stream);
    if (offers) {
      for (const kind of ["audio", "video"]) {
        if (!stream?.getTracks().some((track) => track.kind === kind)) this.peer.addTransceiver(kind, { direction: "recvonly" });
      }
      this.ready = this.peer.setLocalDescription().then(() => send({ description: this.peer.localDescription }));
    } else {
      this.ready = Promise.resolve();
    }
  }

  /** A signal of the other side; in the order in which they were sent. */
  hear(signal) {
    this.ready = this.ready.then(() => this.#hear(signal)).catch(() => {}); // a signal of an earlier talk, or none at all
    return this.ready;
  }

  async #hear({ description, candidate }) {
    if (description) {
      await this.peer.setRemoteDescription(description);
      for (const one of this.early.splice(0)) await this.peer.addIceCandidate(one);
      if (description.type === "offer") {
        await this.peer.setLocalDescription();
        this.send({ description: this.peer.localDescription });
      }
    } else if (candidate && this.peer.remoteDescription) {
      await this.peer.addIceCandidate(candidate);
    } else if (candidate) {
      this.early.push(candidate);
    }
  }

  close() {
    this.end();
  }
}
