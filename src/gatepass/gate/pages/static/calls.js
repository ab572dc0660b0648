// The desk's calls to the agent. A locked desk asks for the PIN and then does what was asked for.

let language = "zh-Hans";
let askForPin = async () => false;

export function speakIn(chosen) {
  language = chosen;
}

export function whenLocked(ask) {
  askForPin = ask;
}

/** A refusal by the agent: RFC 9457, `title` is already a sentence in the guard's language. */
export class Refused extends Error {
  constructor(problem, status, retryAfter) {
    super(problem.title ?? "");
    this.code = problem.code ?? "";
    this.status = status;
    this.retryAfter = retryAfter; // seconds, 0 where the agent does not say
    this.kinds = problem.kinds ?? []; // of document that a typed number can be on
    this.states = problem.states ?? []; // that may have issued it, alpha-3
  }
}

/** The agent cannot be reached at all. */
export class Unreachable extends Error {}

async function once(method, path, body) {
  let answer;
  try {
    answer = await fetch(path, {
      method,
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", "Accept-Language": language },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new Unreachable();
  }
  if (answer.ok) return answer;
  const problem = await answer.json().catch(() => ({}));
  throw new Refused(problem, answer.status, Number(answer.headers.get("Retry-After")) || 0);
}

/** Makes a call without asking for the PIN: for the PIN itself. */
export const callOnce = once;

/** Makes a call; null when the desk is locked and the guard puts the PIN pad away. */
export async function call(method, path, body) {
  try {
    return await once(method, path, body);
  } catch (error) {
    if (error.code !== "locked") throw error;
    return (await askForPin()) ? once(method, path, body) : null;
  }
}
