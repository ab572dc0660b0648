// The line to the agent: a WebSocket that comes back by itself and notices when nobody speaks at the other end.

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 5000;
const CONNECT_MS = 4000; // a socket that does not open within this is given up: a stopped agent accepts but never answers

/**
 * Opens the line and keeps it open.
 *   path       of the socket, on this page's own host
 *   heard      called with each message (an object)
 *   silent     called once when the line is lost: closed, or no message for two heartbeats
 *   Returns say(message), which is silently dropped while the line is down.
 * The line is up again with the first message after `silent`; `heard` is then called as always.
 */
export function openLine(path, { heard, silent }) {
  const address = new URL(path, location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  let socket = null;
  let wait = FIRST_RETRY_MS;
  let heartbeat = 2000;
  let watch = 0;
  let alive = true; // so that a page without an agent reports silence once

  function lost() {
    clearTimeout(watch);
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
      socket = null;
    }
    if (alive) {
      alive = false;
      silent();
    }
    // Jitter: kiosk and desk should not knock at a starting agent in the same instant.
    setTimeout(connect, wait * (0.75 + Math.random() / 2));
    wait = Math.min(wait * 2, LAST_RETRY_MS);
  }

  function connect() {
    socket = new WebSocket(address);
    watch = setTimeout(lost, CONNECT_MS);
    socket.onclose = lost;
    socket.onmessage = (event) => {
      clearTimeout(watch);
      const message = JSON.parse(event.data);
      if (message.type === "hello") heartbeat = message.heartbeat_ms ?? heartbeat;
      watch = setTimeout(lost, 2 * heartbeat);
      alive = true;
      wait = FIRST_RETRY_MS;
      if (message.type === "beat") say({ type: "beat", n: message.n });
      heard(message);
    };
  }

  function say(message) {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  }

  connect();
  return say;
}
