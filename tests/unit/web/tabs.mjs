// Tabs of one browser, for test_session.py: each is an instance of api.js of its own, and all share
// the storage and the locks. The server is one session whose refresh tokens are good once.
// Arguments: the address of api.js, what `/auth/refresh` answers first (a status), and "locks" where
// the browser has them. Prints what came of it as JSON.

const [, , api, first, locks] = process.argv;
const KEY = "jobray.session";

const stored = new Map();
globalThis.localStorage = {
  getItem: (key) => stored.get(key) ?? null,
  setItem: (key, value) => stored.set(key, value),
  removeItem: (key) => stored.delete(key),
};

let held = Promise.resolve();
const request = (_, work) => {
  const done = held.then(work);
  held = done.catch(() => {});
  return done;
};
Object.defineProperty(globalThis, "navigator", { value: locks ? { locks: { request } } : {} });

const server = { good: 1, revoked: false, refreshes: 0, first: Number(first) };
const answer = (status, body) => new Response(JSON.stringify(body), { status });
const tokens = (number) => ({ access_token: `access${number}`, refresh_token: `refresh${number}` });

function refreshed({ refresh_token }) {
  server.refreshes += 1;
  if (server.first !== 200) return answer(server.first, { title: "not now" });
  if (server.revoked || refresh_token !== `refresh${server.good}`) {
    server.revoked = true;
    return answer(401, { title: "the token was used before" });
  }
  server.good += 1;
  return answer(200, tokens(server.good));
}

globalThis.fetch = async (path, { headers, body }) => {
  await new Promise((resolve) => setTimeout(resolve, 5));
  if (path.endsWith("/auth/refresh")) return refreshed(JSON.parse(body));
  const isGood = !server.revoked && headers.Authorization === `Bearer access${server.good}`;
  // The first access token has expired.
  return isGood && server.good > 1 ? answer(200, { ok: true }) : answer(401, { title: "sign in" });
};

stored.set(KEY, JSON.stringify(tokens(1)));
const tabs = await Promise.all(["one", "two"].map((name) => import(`${api}?tab=${name}`)));
const asked = tabs.flatMap((tab) => [tab.call("GET", "/users/me"), tab.call("GET", "/alerts")]);
const outcomes = (await Promise.allSettled(asked)).map((each) => each.reason?.status ?? 200);
const kept = JSON.parse(stored.get(KEY) ?? "null")?.refresh_token ?? null;
console.log(JSON.stringify({ outcomes, kept, refreshes: server.refreshes, revoked: server.revoked }));
