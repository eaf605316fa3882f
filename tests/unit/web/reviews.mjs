// For test_reviews.py: an administrator looks at the queue of reviews, lets the first posting through
// and refuses the next. Arguments: the address of reviews.js, and what the server answers to the
// decisions (status). What was asked of the server, and what the page shows at the end, as JSON.

class Element {
  constructor(tag) {
    Object.assign(this, { tag, children: [], listeners: {}, attributes: {}, hidden: false, value: "" });
  }
  append(...children) {
    for (const child of children) {
      if (child instanceof Element) child.parent = this;
      this.children.push(child);
    }
  }
  replaceChildren(...children) {
    this.children = [];
    this.append(...children);
  }
  remove() {
    this.parent.children = this.parent.children.filter((child) => child !== this);
  }
  setAttribute(name, value) {
    this.attributes[name] = value;
    if (name === "hidden") this.hidden = true;
  }
  addEventListener(name, listener) {
    this.listeners[name] = listener;
  }
  get text() {
    return this.children.map((child) => (child instanceof Element ? child.text : child)).join(" ");
  }
  all(tag) {
    const inner = this.children.filter((child) => child instanceof Element);
    return inner.flatMap((child) => [...(child.tag === tag ? [child] : []), ...child.all(tag)]);
  }
}

const page = { "#reviews": new Element("ul"), "#more-reviews": new Element("button") };
globalThis.document = {
  createElement: (tag) => new Element(tag),
  querySelector: (selector) => page[selector],
};
globalThis.localStorage = { getItem: () => null, setItem() {}, removeItem() {} };

const [address, status] = process.argv.slice(2);
const asked = [];
const review = (id) => ({
  id, version: 3, status: "needs_review", since: "2026-11-21T09:30:00Z", excerpt: `${id} <b>says</b>`,
  reasons: [{ code: "fee", detail: "It asks for money." }], owner: { id: "o", name: "Owner" },
  posting: { title: `Baker ${id}`, company: "Acme", places: ["Leeds, GB"], pay: null },
});
const pages = { "": { items: [review("one")], next_cursor: "c&d" }, "c&d": { items: [review("two")], next_cursor: null } };

globalThis.fetch = async (path, options = {}) => {
  const url = new URL(path, "http://localhost");
  asked.push([options.method, url.pathname + url.search, options.body ? JSON.parse(options.body) : null]);
  if (options.method === "GET") return Response.json(pages[url.searchParams.get("cursor") ?? ""]);
  if (status === "200") return Response.json({});
  const problem = { title: "Conflict", status: Number(status), detail: "Somebody else decided it." };
  return Response.json(problem, { status: Number(status), headers: { "Content-Type": "application/problem+json" } });
};

const { setUpReviews } = await import(address);
const settled = () => new Promise((done) => setTimeout(done, 20));
await setUpReviews();
const hadMore = !page["#more-reviews"].hidden;
await page["#more-reviews"].listeners.click();
const [first, second] = page["#reviews"].children;
first.all("button")[0].listeners.click();
await settled();
second.all("input")[0].value = "No such company.";
second.all("form")[0].listeners.submit({ preventDefault() {} });
await settled();
console.log(JSON.stringify({
  asked, hadMore, hasMore: !page["#more-reviews"].hidden,
  shown: page["#reviews"].children.map((item) => item.text), said: page["#reviews"].all("p").filter((p) => p.attributes.role === "alert" && !p.hidden).map((p) => p.text),
}));
