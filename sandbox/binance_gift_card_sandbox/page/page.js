// The window into the sandbox. Whatever the server tells may have been written by somebody hostile, so all of it
// becomes text nodes: nothing here parses HTML.

const POLL_MS = 1000;
const GIVE_UP_MS = 5000; // on the control plane, which answers in milliseconds
const MOST_ROWS = 500; // the newest; a page that is open for days must not grow with every request
const MOST_BELOW = 50; // where the account stands below them
const CARDS = 25;
const SAY_MS = 5000;
const ANNOUNCE_MS = 3000; // a screen reader must be done with a count before it hears the next
const STRIP = { before: 16, after: 80 }; // characters around the first difference; a narrow screen cuts the end off
const ROW = "a[data-id]";

const $ = (id) => document.getElementById(id);
const page = { epoch: null, last: null, open: null, unbroken: false, cards: null, cardLimit: CARDS };
const drawn = {}; // what each part shows: only what changed is drawn anew, so that nobody loses the focus
const codes = new Map(); // of the cards where somebody pressed "Show code"

const isNarrow = matchMedia("(max-width: 59.99rem)");
const mostRows = () => (isNarrow.matches ? MOST_BELOW : MOST_ROWS);

class Refused extends Error {}

// ---- building blocks

function el(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (name === "press") made.addEventListener("click", value);
    else if (value !== null) made.setAttribute(name, value);
  }
  made.append(...children.flat().filter((child) => child !== null)); // a text becomes a text node
  return made;
}

// Controls, and what is invisible or turns the direction of writing, could hide what is there.
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;
const number = (character) => `U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
const shown = (text) => String(text).replace(HIDDEN, (character) => `⟨${number(character)}⟩`);
const shownLines = (text) => text.split("\n").map(shown).join("\n");

const mono = (text, attributes = null) => el("code", attributes, shown(text));
const soft = (text) => el("span", { class: "soft" }, text);
const button = (text, label, press, kind = null) =>
  el("button", { type: "button", "aria-label": label, class: kind, press }, text);

function moment(ms) {
  const date = new Date(Number(ms));
  if (Number.isNaN(date.valueOf())) return { date: shown(ms), time: "", iso: null };
  const local = new Date(date - date.getTimezoneOffset() * 60_000).toISOString();
  return { date: local.slice(0, 10), time: local.slice(11, 23), iso: date.toISOString() };
}

function when(ms, isDay = false) {
  const { date, time, iso } = moment(ms);
  return el("time", { datetime: iso, title: iso }, isDay ? date : `${date} ${time.slice(0, 8)}`);
}

const UNITS = [[86_400_000, "d"], [3_600_000, "h"], [60_000, "min"], [1000, "s"], [1, "ms"], [0.001, "µs"]];
function duration(ms) {
  const [size, unit] = UNITS.find(([least]) => Math.abs(ms) >= least) ?? [1, "ms"];
  return `${Math.round((ms / size) * 10) / 10} ${unit}`;
}

const many = (count, one) => `${count.toLocaleString("en")} ${one}${count === 1 ? "" : "s"}`;
const bare = (amount) => shown(amount).replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");

function changed(part, value) {
  const text = JSON.stringify(value);
  if (drawn[part] === text) return false;
  drawn[part] = text;
  return true;
}

let saying;
function say(text) {
  $("said").textContent = shown(text);
  clearTimeout(saying);
  saying = setTimeout(() => $("said").replaceChildren(), SAY_MS);
}

let announcing;
function showCount(count) {
  $("count").textContent = count ? count.toLocaleString("en") : "";
  announcing ??= setTimeout(() => {
    announcing = undefined;
    $("live").textContent = many(page.last ?? 0, "request");
  }, ANNOUNCE_MS);
}

async function copy(text, where) {
  try {
    await navigator.clipboard.writeText(text);
    say("Copied.");
  } catch { // not allowed, or not a page that the browser calls secure
    getSelection().selectAllChildren(where);
    say("The browser does not let this page copy. The text is selected: press Ctrl+C or ⌘C.");
  }
}

// ---- the control plane

async function ask(path, method = "GET", body = {}) {
  const asJson = { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const signal = AbortSignal.timeout(GIVE_UP_MS);
  const answer = await fetch(`/_sandbox/${path}`, { signal, ...(method === "GET" ? {} : asJson) });
  const told = await answer.json();
  if (!answer.ok) throw new Refused(told.error ?? `status ${answer.status}`);
  return told;
}

const reason = (error) => (error instanceof Refused ? shown(error.message) : "the sandbox does not answer");

async function act(path, method, body, done) {
  try {
    await ask(path, method, body);
    say(done);
    wake();
  } catch (error) {
    say(`That did not work: ${reason(error)}.`);
  }
}

let wake = () => {};
const pause = () => new Promise((done) => { wake = done; setTimeout(done, POLL_MS); });
const inSight = () => new Promise((done) => {
  if (document.visibilityState === "visible") done();
  else document.addEventListener("visibilitychange", done, { once: true });
});

async function turn() {
  try {
    const state = await ask("state");
    if (state.epoch !== page.epoch || state.last_request < page.last) startOver(state);
    showState(state);
    await catchUp(state.last_request);
    showHealth("live", mono(state.url), el("span", null, "Live"));
  } catch (error) {
    const isGone = !(error instanceof Refused);
    showHealth("away", el("span", null, isGone ? "The sandbox does not answer. This page goes on when it is back."
      : `The sandbox refuses: ${reason(error)}.`));
  }
}

function showHealth(kind, ...children) {
  if (!changed("health", [kind, children.map((child) => child.textContent)])) return;
  $("health").className = `health ${kind}`;
  $("health").replaceChildren(...children);
}

function startOver(state) {
  const isFirst = page.epoch === null;
  Object.assign(page, { epoch: state.epoch, last: null });
  $("list").replaceChildren();
  codes.clear();
  if (isFirst) return;
  if (page.open !== null) leave();
  say("The sandbox was put back, and this page starts over with it.");
}

// ---- requests

async function catchUp(last) {
  while (page.last === null || page.last < last) {
    const isFarBehind = page.last === null || last - page.last > mostRows();
    const { requests } = await ask(`requests?limit=${mostRows()}${isFarBehind ? "" : `&after=${page.last}`}`);
    if (isFarBehind) $("list").replaceChildren();
    $("list").prepend(...requests.map(row).reverse());
    page.last = requests.at(-1)?.id ?? last; // none: they were cleared meanwhile, as the next state will tell
    while ($("list").childElementCount > mostRows()) $("list").lastElementChild.remove();
    showList();
  }
}

function showList() {
  const isEmpty = !$("list").childElementCount;
  $("empty").hidden = !isEmpty;
  $("help").hidden = isEmpty;
  $("none-failed").hidden = isEmpty || rows().length > 0;
  $("older-help").hidden = page.last <= mostRows();
  if (!rows().some((link) => link.tabIndex === 0)) rows()[0]?.setAttribute("tabindex", "0");
  showCount(page.last);
  markOpen();
}

function outcome({ status, code, fault }) {
  if (status === null) return { kind: "lost", sign: "⊘", word: "not answered" };
  const isDone = status < 300 && (code === null || code === "000000");
  if (isDone && fault !== null) return { kind: "lost", sign: "!", word: "hit by a fault" };
  return isDone ? { kind: "done", sign: "✓", word: "done" } : { kind: "failed", sign: "✕", word: "failed" };
}

const said = ({ message, status }) => (message ? shown(message) : status === null ? "No answer was sent." : "");
const chip = (text) => el("span", { class: "chip" }, text);

function row(request) {
  const { kind, sign, word } = outcome(request);
  const { date, time } = moment(request.time);
  const isAnswered = request.status !== null;
  return el("li", { class: kind }, el("a",
    { id: `row-${Number(request.id)}`, href: `#request-${Number(request.id)}`, "data-id": request.id, tabindex: "-1" },
    el("span", { class: "when", title: date }, time),
    el("span", { class: "sign", "aria-hidden": "true" }, sign), el("span", { class: "unseen" }, word),
    el("span", { class: "what" }, shown(request.operation ?? `${request.method} ${request.path}`)),
    el("span", { class: "status" }, isAnswered ? shown(request.status) : "—"),
    el("span", { class: "code" }, isAnswered && request.code !== null ? shown(request.code) : ""),
    el("span", { class: "said-of" }, request.fault === null ? null : chip(`fault: ${shown(request.fault)}`),
      kind !== "done" && request.executed ? chip("carried out") : null, ` ${said(request)}`),
    el("span", { class: "took" }, duration(request.duration_us / 1000))));
}

const rows = () => [...$("list").querySelectorAll($("failed-only").checked ? `li:not(.done) > ${ROW}` : ROW)];

// One row can be reached with Tab, the arrows do the rest: nobody wants to tab through hundreds.
function setStop(link) {
  for (const other of $("list").querySelectorAll("a[tabindex='0']")) other.setAttribute("tabindex", "-1");
  link?.setAttribute("tabindex", "0");
}

function move(event) {
  const all = rows();
  const at = all.indexOf(event.target.closest(ROW));
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (at < 0 || to === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  all[to]?.focus();
}

function filter() {
  $("list").classList.toggle("failed-only", $("failed-only").checked);
  setStop(rows()[0]);
  showList();
}

// ---- the signature debugger

// By cause first: a request can be refused although its signature is right.
const TITLES = { "": "The signature is right", clock: "The signature is right, but not the time",
  "unknown-key": "No such API key", "no-signature": "There is no signature" };

// The address says which request is open, so Enter, the Back button, a reload and a bookmark all do the same.
function follow() {
  const found = /^#request-(\d+)$/.exec(location.hash);
  if (found) openRequest(Number(found[1]));
  else closeRequest();
}

async function openRequest(id) {
  page.open = id;
  $("main").classList.add("reading");
  $("debugger").hidden = false;
  $("debugger-title").textContent = `Request ${id}`;
  $("debugger-title").focus();
  markOpen();
  const parts = await Promise.all([ask(`requests/${id}`), ask(`requests/${id}/signature`)]).then(
    ([request, signature]) => detail(request, signature),
    (error) => [el("p", null, `There is nothing to show: ${reason(error)}.`)],
  );
  if (page.open !== id) return; // another one was opened meanwhile
  $("detail").replaceChildren(...parts);
  $("debugger").scrollTop = 0;
}

function closeRequest() {
  if (page.open === null) return;
  const link = $(`row-${page.open}`);
  page.open = null;
  $("main").classList.remove("reading");
  $("debugger").hidden = true;
  $("detail").replaceChildren();
  markOpen();
  (rows().includes(link) ? link : rows()[0] ?? $("requests")).focus();
}

function leave() {
  history.pushState(null, "", location.pathname);
  closeRequest();
}

function markOpen() {
  $("list").querySelector("[aria-current]")?.removeAttribute("aria-current");
  if (page.open === null) return;
  $(`row-${page.open}`)?.setAttribute("aria-current", "true");
  for (const [link, id] of [[$("newer"), page.open + 1], [$("older"), page.open - 1]]) {
    link.hidden = id < 1 || id > page.last;
    link.href = `#request-${id}`;
  }
}

function detail(request, signature) {
  const isSigned = request.operation !== null && request.path.startsWith("/sapi/");
  return [
    summary(request),
    ...(isSigned ? [verdict(signature), ...payloads(request, signature), time(signature)] : []),
    exchange(request),
  ].filter((part) => part !== null);
}

const facts = (entries) => el("dl", { class: "facts" }, entries.filter(([, value]) => value !== null)
  .map(([term, value]) => el("div", null, el("dt", null, term), el("dd", null, value))));

function summary(request) {
  const { kind, sign } = outcome(request);
  const codes = request.status === null ? [] : [request.status, request.code].filter((part) => part !== null);
  return el("div", { class: "summary" },
    el("p", null, mono(`${request.method} ${request.path}`)),
    el("p", { class: `answer ${kind}` }, el("span", { "aria-hidden": "true" }, `${sign} `),
      [codes.map(shown).join(" · "), said(request)].filter(Boolean).join(" ")),
    facts([
      ["Operation", shown(request.operation ?? "unknown")],
      ["Carried out", request.executed ? "yes" : "no"],
      ["Fault", request.fault === null ? null : shown(request.fault)],
      ["API key", request.api_key ? mono(`${request.api_key}…`) : "none sent"],
      ["Came", when(request.time)],
      ["Took", duration(request.duration_us / 1000)],
    ]));
}

function verdict(signature) {
  const isGood = signature.verdict === "valid";
  return el("section", { class: `verdict ${isGood ? "good" : "bad"}` },
    el("h3", null, el("span", { "aria-hidden": "true" }, isGood ? "✓ " : "✕ "),
      TITLES[signature.cause] ?? "The signature is wrong"),
    el("p", { class: "why" }, shown(signature.explanation)),
    signature.cure ? el("p", null, el("b", null, "What to do: "), shown(signature.cure)) : null);
}

// Payloads come with a character for each byte. Read as UTF-8, where they are that, they are copied as they were.
function readable(payload) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(payload, (byte) => byte.charCodeAt(0)));
  } catch {
    return payload;
  }
}

function firstDifference(server, client) {
  if (server === client) return null;
  let at = 0;
  while (at < server.length && server[at] === client[at]) at += 1;
  return at;
}

function payloads(request, { verdict, cause, server_payload, client_payload, difference }) {
  const server = readable(server_payload);
  const client = client_payload === null ? null : readable(client_payload);
  const at = client === null ? null : firstDifference(server, client);
  const blocks = [payload("The server signed", server, at, bodyStart(request, server))];
  if (at !== null) blocks.push(payload("Your client seems to have signed", client, at, null));
  const isTold = verdict === "valid" || cause === "clock" || at !== null;
  const same = "Your client signed the same payload, so it is not the payload that is wrong.";
  const note = client === null ? "What your client signed cannot be told from what it sent." : same;
  return [
    at === null ? null : strips(server, client, at, difference),
    el("section", { class: "payloads" },
      el("header", { class: "bar" }, el("h3", null, at === null ? "The payload" : "Both payloads"),
        el("button", { type: "button", "aria-pressed": page.unbroken, press: toggleUnbroken }, "Unbroken")),
      isTold ? null : el("p", null, note), blocks),
  ];
}

// Query and body are signed with nothing between them, so only the request tells where the one ends.
function bodyStart({ query, body }, server) {
  const signed = query.replace(/(^|&)signature=[^&]*$/, "");
  return signed && body && signed.length < server.length && server.startsWith(signed) ? signed.length : null;
}

function strips(server, client, at, difference) {
  const start = Math.max(0, at - STRIP.before);
  const strip = (text) => el("dd", null, start ? "…" : "", marked(text.slice(start, at + STRIP.after), at - start));
  return el("section", { class: "strips" }, el("h3", null, "The first difference"),
    difference && el("p", null, `${shown(difference.explanation)}.`),
    el("dl", null, el("dt", null, "Server"), strip(server), el("dt", null, "Client"), strip(client)),
    el("p", null, soft(at ? `The ${many(at, "character")} before it are the same.` : "It is at the very start.")));
}

function marked(text, at) {
  if (at === null) return [shown(text)];
  if (at >= text.length) return [shown(text), el("mark", { class: "ends" }, "ends here")];
  return [shown(text.slice(0, at)), el("mark", null, shown(text[at])), shown(text.slice(at + 1))];
}

function payload(title, text, at, bodyAt) {
  const kind = page.unbroken ? "raw" : null;
  const pre = el("pre", { tabindex: "0", "aria-label": title, class: kind }, parameters(text, at, bodyAt));
  return el("figure", null,
    el("figcaption", null, el("b", null, title), soft(many(text.length, "character")),
      button("Copy", `Copy: ${title}`, () => copy(text, pre))),
    pre);
}

// Each on a line of its own. The line says at which character it begins; CSS writes that, so it is never copied.
function parameters(text, at, bodyAt) {
  const starts = new Set([0, ...[...text.matchAll(/&(?!$)/g)].map((found) => found.index + 1), bodyAt ?? 0]);
  const all = [...starts].sort((one, other) => one - other);
  return all.map((start, index) => {
    const end = all[index + 1] ?? text.length;
    const isHere = at !== null && at >= start && (at < end || end === text.length);
    const kind = isHere ? " here" : at !== null && end <= at ? " same" : "";
    const where = { class: `part${kind}${start && start === bodyAt ? " body" : ""}`, "data-at": start };
    return el("span", where, marked(text.slice(start, end), isHere ? at - start : null));
  });
}

function toggleUnbroken(event) {
  page.unbroken = !page.unbroken;
  event.currentTarget.setAttribute("aria-pressed", page.unbroken);
  for (const pre of $("detail").querySelectorAll("figure pre")) pre.classList.toggle("raw", page.unbroken);
}

function time({ clock, explanation }) {
  return el("section", null, el("h3", null, clock.accepted ? "The time is right" : "The time is wrong"),
    clock.explanation === explanation ? null : el("p", null, shown(clock.explanation)),
    facts([
      ["Server", mono(clock.server_ms)],
      ["timestamp", clock.timestamp === null ? "not sent" : mono(clock.timestamp)],
      ["recvWindow", clock.recv_window === null ? "not sent" : mono(clock.recv_window)],
    ]));
}

function exchange({ query, body, headers, answer }) {
  const all = Object.entries(headers).map(([name, value]) => `${name}: ${value}`).join("\n");
  const parts = Object.entries({ Query: query, Body: body, Headers: all, Answer: answer });
  return el("section", { class: "exchange" }, el("h3", null, "What came, and what was answered"),
    parts.map(([title, text]) => (text
      ? el("details", null, el("summary", null, title),
        el("pre", { tabindex: "0", "aria-label": title }, shownLines(text)))
      : el("p", null, soft(`${title}: empty`)))));
}

// ---- the account

function showState(state) {
  showClock(state.clock);
  if (changed("account", [state.balances, state.business, state.locks])) showAccount(state);
  if (changed("keys", [state.keys, state.url])) showKeys(state);
  if (changed("faults", state.faults)) showFaults(state.faults);
  if (changed("operations", state.operations)) showOperations(state.operations);
  if (changed("cards", [state.cards, state.epoch])) showCards(state.cards);
}

function showClock({ now, offset_ms: offset, frozen }) {
  const { date, time, iso } = moment(now);
  $("clock").replaceChildren(el("time", { datetime: iso, title: iso }, `${date} `, el("b", null, time.slice(0, 8))));
  const apart = offset ? `${duration(Math.abs(offset))} ${offset < 0 ? "behind" : "ahead of"} real time` : "Real time";
  $("offset").textContent = frozen ? `Frozen, ${apart}` : apart;
  $("freeze").setAttribute("aria-pressed", frozen);
}

function showAccount({ balances, business, locks }) {
  $("balances").replaceChildren(...Object.entries(balances).map(([token, amount]) =>
    el("div", null, el("dt", null, shown(token)), el("dd", null, bare(amount)))));
  $("business").textContent = business ? "A business account: it may create cards." : "Not a business account.";
  $("locks").replaceChildren(...Object.entries(locks).filter(([, until]) => until !== null).map(([kind, until]) =>
    el("li", { class: "lock" }, el("b", null, `No more ${shown(kind)}`), " until ", when(until))));
}

function showKeys({ keys, url }) {
  $("keys").replaceChildren(...keys.map(({ name, kind, permissions, api_key: key }) => {
    const text = mono(key);
    return el("li", null,
      el("p", null, el("b", null, shown(name || "unnamed")), soft(` ${shown(kind)}: ${shown(permissions.join(", "))}`)),
      el("p", { class: "held" }, text, button("Copy", `Copy API key ${shown(name)}`, () => copy(key, text))));
  }));
  sample($("try"), `curl ${quoted(`${url}/api/v3/time`)}`);
  const secret = keys[0]?.kind === "hmac" ? "API_SECRET='the secret'" : "PRIVATE_KEY_FILE='path of the PEM file'";
  const lines = [`BASE_URL=${quoted(url)}`, `API_KEY=${quoted(keys[0]?.api_key ?? "")}`, secret];
  sample($("export"), lines.map((line) => `export BINANCE_${line}`).join("\n"));
}

const quoted = (text) => (/^[\w.:/[\]-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

function sample(place, text) {
  const pre = el("pre", { tabindex: "0" }, shownLines(text));
  place.replaceChildren(pre, button("Copy", null, () => copy(text, pre)));
}

function showFaults(faults) {
  $("no-faults").hidden = faults.length > 0;
  $("clear-faults").hidden = !faults.length;
  $("faults").replaceChildren(...faults.map(({ kind, operation, times, skip, delay_ms: delay }) => {
    const more = [times === null ? "always" : many(times, "time"), skip ? `after ${many(skip, "call")}` : "",
      delay ? `${duration(delay)} late` : ""].filter(Boolean).join(", ");
    const on = operation === "*" ? "every operation" : shown(operation);
    return el("li", null, el("b", null, shown(kind)), ` on ${on}, `, soft(more));
  }));
}

function showOperations(operations) {
  const options = operations.map((each) => el("option", { value: each }, shown(each)));
  $("operation").replaceChildren($("operation").options[0], ...options);
}

function showCards(counts) {
  for (const each of $("counts").children) {
    each.firstElementChild.textContent = (counts[each.dataset.state] ?? 0).toLocaleString("en");
  }
  if (!$("cards").contains(document.activeElement)) listCards();
}

async function listCards() {
  const state = page.cards;
  for (const each of $("counts").children) each.setAttribute("aria-expanded", each.dataset.state === state);
  const found = state && await ask(`cards?state=${state}&limit=${page.cardLimit}`).catch(() => null);
  if (state !== page.cards) return; // another one was pressed meanwhile
  $("cards").hidden = !found;
  $("more-cards").hidden = !found?.next;
  $("cards").replaceChildren(...(found?.cards.map(card) ?? []));
  if (found?.cards.length === 0) $("cards").append(el("li", { class: "soft" }, `No ${state} card`));
}

function card({ reference_no: reference, token, amount, state, expired_time: expired, redeemed_time: redeemed }) {
  const since = redeemed === null ? [state === "active" ? "expires " : "expired ", when(expired, true)]
    : ["redeemed ", when(redeemed)];
  return el("li", null,
    el("p", null, mono(reference), el("b", null, `${bare(amount)} ${shown(token)}`)),
    el("p", null, soft(since), codes.has(reference) ? mono(codes.get(reference), { class: "secret" })
      : button("Show code", `Show code of card ${shown(reference)}`, (event) => showCode(event, reference), "quiet")));
}

async function showCode({ currentTarget: pressed }, reference) {
  try {
    const { code } = await ask(`cards/${encodeURIComponent(reference)}`);
    codes.set(reference, code);
    const text = mono(code, { class: "secret", tabindex: "-1" });
    pressed.replaceWith(text);
    text.focus();
  } catch (error) {
    say(`No code: ${reason(error)}.`);
  }
}

// ---- what people do

function askToReset(isAsking) {
  $("confirm").hidden = !isAsking;
  $("reset").hidden = isAsking;
  $(isAsking ? "cancel-reset" : "reset").focus(); // what does no harm
}

function escape({ key }) {
  if (key !== "Escape") return;
  if (!$("confirm").hidden) askToReset(false);
  else if (page.open !== null) leave();
}

function addFault(event) {
  event.preventDefault();
  const { kind, operation, times, delay_ms: delay } = Object.fromEntries(new FormData($("fault")));
  const fault = { kind, operation, times: Number(times), delay_ms: kind.startsWith("delay") ? Number(delay) : 0 };
  act("faults", "POST", fault, "The fault waits for its call.");
}

function listen() {
  const press = (id, action) => $(id).addEventListener("click", action);
  const isFrozen = () => $("freeze").getAttribute("aria-pressed") === "true";
  press("close", leave);
  press("freeze", () => act("clock", "POST", { frozen: !isFrozen() }, isFrozen() ? "It goes on." : "It stands still."));
  press("real-time", () => act("clock", "POST", { reset: true }, "Back to real time."));
  press("clear-faults", () => act("faults", "DELETE", {}, "No fault is waiting."));
  press("more-cards", () => { page.cardLimit += CARDS; listCards(); });
  press("reset", () => askToReset(true));
  press("cancel-reset", () => askToReset(false));
  press("confirm-reset", () => { askToReset(false); act("reset", "POST", {}, "All is as it was at the start."); });
  for (const each of document.querySelectorAll("[data-advance]")) {
    const step = Number(each.dataset.advance);
    each.addEventListener("click", () => act("clock", "POST", { advance_ms: step }, `${duration(step)} later.`));
  }
  for (const each of $("counts").children) {
    const { state } = each.dataset;
    each.addEventListener("click", () => {
      Object.assign(page, { cards: page.cards === state ? null : state, cardLimit: CARDS });
      listCards();
    });
  }
  $("cards").addEventListener("focusout", () => { delete drawn.cards; }); // for what changed while it had the focus
  $("list").addEventListener("keydown", move);
  $("list").addEventListener("focusin", (event) => setStop(event.target.closest(ROW)));
  $("failed-only").addEventListener("change", filter);
  $("kind").addEventListener("change", () => { $("delay-field").hidden = !$("kind").value.startsWith("delay"); });
  $("fault").addEventListener("submit", addFault);
  addEventListener("keydown", escape);
  addEventListener("hashchange", follow);
}

listen();
await turn();
follow();
for (;;) {
  await pause();
  await inSight();
  await turn();
}
