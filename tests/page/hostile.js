// Looks at a book whose title, chapters and texts are full of HTML and script. All of it must be shown as text.
const assert = require("node:assert/strict");
const { end, shows, visit } = require("./browser.js");

end(visit(async ({ page, base, arguments: [id], faults }) => {
  const harmless = async () => {
    assert.equal(await page.evaluate(() => window.hacked), undefined);
    assert.equal(await page.locator("main :is(img, script, iframe, object, svg, style, form[action], a[href^='javascript'])").count(), 0);
  };
  await shows(page, ".books .title", "<img src=x onerror=");
  await harmless();
  for (const view of ["", "/plan", "/chapters/1", "/chapters/2", "/files"]) {
    await page.goto(`${base}/#/books/${id}${view}`);
    await shows(page, "h1", "<script>window.hacked");
    await page.locator(".view > :not([hidden])").first().waitFor();
    if (view.startsWith("/chapters")) await shows(page, "article.text", "<img src=x onerror=");
    await harmless();
  }
  await page.goto(`${base}/#/books/${id}`);
  await page.getByRole("button", { name: "Sections of chapter 1" }).click();
  await shows(page, ".sections li", "Written");
  await harmless();

  // Even a module that parsed HTML, or that had a script written into it, could run nothing.
  assert.deepEqual(faults, []);
  const refused = await page.evaluate(() => {
    const script = document.createElement("script");
    try {
      script.text = "window.hacked = 1";
      document.body.append(script);
    } catch {
      // The policy refuses the text.
    }
    try {
      document.body.innerHTML = "<img src=x onerror='window.hacked = 2'>";
      return false;
    } catch {
      return true;
    }
  });
  assert.ok(refused);
  await harmless();
  faults.length = 0;
}));
