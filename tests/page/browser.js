// Opens the page in a browser, and checks what every visit must keep to.
const assert = require("node:assert/strict");
const { readFileSync } = require("node:fs");
const { chromium } = require("playwright-core");

/** The longest wait of a visit, long enough for a busy machine. */
const PATIENCE = 120_000;

const ARGUMENTS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];

/** Opens the page at the address that the command line names. A message on the console of the page is a fault. */
async function visit(run, options = {}) {
  const executablePath = process.env.BINDERY_CHROMIUM;
  assert.ok(executablePath, "BINDERY_CHROMIUM is a Chromium: run tests/run");
  const browser = await chromium.launch({ executablePath, headless: true, args: ARGUMENTS });
  try {
    const context = await browser.newContext({ acceptDownloads: true, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE);
    const faults = [];
    page.on("pageerror", (error) => faults.push(error.message));
    page.on("dialog", (dialog) => faults.push(`the dialog ${dialog.message()}`));
    page.on("console", (message) => {
      // The browser itself reports answers like 422, which the page has asked for.
      const isAnswer = message.text().startsWith("Failed to load resource");
      if (["error", "warning"].includes(message.type()) && !isAnswer) faults.push(message.text());
    });
    const [, , base, ...rest] = process.argv;
    await page.goto(base);
    await run({ page, base, arguments: rest, faults });
    assert.deepEqual(faults, []);
  } finally {
    await browser.close();
  }
}

/** Waits until something on the page is as wanted. */
async function shows(page, selector, text) {
  await page.locator(selector).filter({ hasText: text }).first().waitFor();
}

/** Tells the test that waits for this line. */
function tell(line) {
  console.error(line);
}

/** Returns what axe finds. It runs in a world of its own, which the policy of the page does not reach. */
async function violations(page) {
  const session = await page.context().newCDPSession(page);
  const { frameTree } = await session.send("Page.getFrameTree");
  const { executionContextId } = await session.send("Page.createIsolatedWorld", { frameId: frameTree.frame.id });
  const evaluate = async (expression) => {
    const { result, exceptionDetails } = await session.send("Runtime.evaluate",
      { expression, contextId: executionContextId, awaitPromise: true, returnByValue: true });
    assert.equal(exceptionDetails, undefined);
    return result.value;
  };
  await evaluate(`${readFileSync(require.resolve("axe-core/axe.min.js"), "utf8")}; undefined`);
  const found = await evaluate("axe.run(document).then(({ violations, passes }) => ({ passes: passes.length, violations: "
    + "violations.map(({ id, nodes }) => `${id}: ${nodes[0].html} ${nodes[0].failureSummary}`) }))");
  await session.detach();
  assert.ok(found.passes > 10, `axe has looked at ${found.passes} rules alone`);
  return found.violations;
}

/** Ends the process with the status of the visit. */
function end(visited) {
  visited.catch((error) => {
    console.error(error);
    process.exitCode = 1;
  });
}

module.exports = { end, shows, tell, violations, visit };
