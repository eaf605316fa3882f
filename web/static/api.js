// The API as one function, and the sign-in it needs. Tokens live in this browser's storage, which
// all tabs share; an expired access token is renewed once, quietly, by one tab at a time: a refresh
// token is good once, and using a spent one ends the session.

const PREFIX = "/api/v1";
const KEY = "jobray.session";

export class Problem extends Error {
  constructor(status, body) {
    super(body.detail || body.title || `The server answered ${status}`);
    this.status = status;
    this.errors = body.errors || [];
  }
}

export const session = {
  read: () => JSON.parse(localStorage.getItem(KEY) || "null"),
  keep: (tokens) => localStorage.setItem(KEY, JSON.stringify(tokens)),
  forget: () => localStorage.removeItem(KEY),
};

async function send(method, path, { body, form, headers = {}, signal } = {}) {
  const tokens = session.read();
  const all = { Accept: "application/json", ...headers };
  if (tokens) all.Authorization = `Bearer ${tokens.access_token}`;
  if (body !== undefined) all["Content-Type"] = "application/json";
  const content = form ? new URLSearchParams(form) : body === undefined ? undefined : JSON.stringify(body);
  return fetch(PREFIX + path, { method, headers: all, body: content, signal });
}

// Browsers have locks where a page came safely: over https, or from this machine.
const alone = (work) => (navigator.locks ? navigator.locks.request(KEY, work) : work());

let renewal = null;

function renew(spent) {
  renewal ??= alone(() => exchange(spent)).finally(() => { renewal = null; });
  return renewal;
}

// Whether there is another access token than the spent one. Throws where that cannot be told now.
async function exchange(spent) {
  const tokens = session.read();
  if (!tokens) return false;
  if (tokens.access_token !== spent) return true; // another tab was faster
  const answer = await send("POST", "/auth/refresh", { body: { refresh_token: tokens.refresh_token } });
  if (answer.ok) session.keep(await answer.json());
  else if (answer.status === 401) session.forget();
  else throw await problemOf(answer);
  return answer.ok;
}

const problemOf = async (answer) => new Problem(answer.status, await answer.json().catch(() => ({})));

export async function request(method, path, options = {}) {
  const used = session.read()?.access_token;
  let answer = await send(method, path, options);
  if (answer.status === 401 && used && (await renew(used))) answer = await send(method, path, options);
  if (!answer.ok) throw await problemOf(answer);
  return answer;
}

export async function call(method, path, options) {
  const answer = await request(method, path, options);
  return answer.status === 204 ? null : answer.json();
}

export async function signIn(email, password) {
  session.keep(await call("POST", "/auth/login/access-token", { form: { username: email, password } }));
}

// Server-sent events over fetch (EventSource cannot send the token). Resumes after the last seen
// position; `onState` is told true while connected.
export async function listen(onItem, onState, signal) {
  let last = "";
  let pause = 500;
  while (!signal.aborted) {
    try {
      const headers = { Accept: "text/event-stream", ...(last && { "Last-Event-ID": last }) };
      const answer = await request("GET", "/notifications/stream", { headers, signal });
      onState(true);
      pause = 500;
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = "";
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        const blocks = (rest + value.replaceAll("\r\n", "\n")).split("\n\n");
        rest = blocks.pop();
        for (const block of blocks) {
          const event = Object.fromEntries(block.split("\n").filter((l) => l && l[0] !== ":")
            .map((l) => [l.slice(0, l.indexOf(":")), l.slice(l.indexOf(":") + 1).trimStart()]));
          if (event.id) last = event.id;
          if (event.data) onItem(JSON.parse(event.data));
        }
      }
    } catch (error) {
      if (signal.aborted || (error instanceof Problem && error.status === 401)) break;
    }
    onState(false);
    await new Promise((resolve) => setTimeout(resolve, pause));
    pause = Math.min(pause * 2, 15000);
  }
}
