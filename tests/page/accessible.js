// Looks at every view on a phone and on a wide screen, in light and in dark. axe must find nothing, and no view may be too wide.
const assert = require("node:assert/strict");
const { end, shows, violations, visit } = require("./browser.js");

const WIDTHS = [390, 1280, 1920];

async function look({ page, base, arguments: [done, reviewed] }) {
  const views = [
    ["#/", ".book"], ["#/?show=Failed", ".empty"], ["#/new", "#outline"], [`#/books/${done}`, ".chapter"],
    [`#/books/${done}/chapters/1`, "article.text p"], [`#/books/${done}/score`, ".scored li"], [`#/books/${done}/files`, ".files li"],
    [`#/books/${reviewed}/plan`, ".planned li"], [`#/books/${reviewed}`, ".notice"], ["#/fleet", ".stuck"],
  ];
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    for (const [address, selector] of views) {
      await page.goto(`${base}/${address}`);
      await page.locator(selector).first().waitFor();
      const toggle = page.getByRole("button", { name: "Sections of chapter 1" });
      if (selector === ".chapter") {
        await toggle.click();
        await shows(page, ".sections li", "Written");
      }
      assert.deepEqual(await violations(page), [], `${address} at ${width}`);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), `${address} at ${width}`);
    }
  }
}

async function all() {
  await visit(look, { colorScheme: "light" });
  await visit(look, { colorScheme: "dark" });
}

end(all());
