// Plays the lessons of SCORM packages in a browser, with the interface that scorm-again gives a learning platform. Each lesson
// must begin, be completed at its end, take the answers of its quiz, and say how long it took, without any error of the platform.
//
// It takes folders, each with the files of one package.
const assert = require("node:assert/strict");
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { chromium } = require("playwright-core");

const PLATFORM = "http://platform.test/";
const PAGE = "<!DOCTYPE html><title>Platform</title><iframe id=\"lesson\" width=\"900\" height=\"600\"></iframe>";

/** Opens a lesson as the platform does, and writes down what it tells. */
function open(address) {
  window.told = {};
  window.API = new window.Scorm12API({ autocommit: false, logLevel: 5 });
  window.API.on("LMSSetValue.cmi.core.*", (element, value) => { window.told[element] = value; });
  document.getElementById("lesson").src = address;
}

async function play(page, lesson) {
  await page.evaluate(open, `${PLATFORM}${lesson}`);
  const frame = page.frameLocator("#lesson");
  await page.waitForFunction(() => window.API.isInitialized());
  for (const list of await frame.locator("ol.options[data-right]").all()) {
    const right = (await list.getAttribute("data-right")).split(" ");
    await list.locator("> li").nth(Number(right[0]) - 1).click();
  }
  await frame.locator("#end").scrollIntoViewIfNeeded();
  await page.waitForFunction(() => window.told["cmi.core.lesson_status"] === "completed");
  const questions = await frame.locator("ol.options[data-right]").count();
  await page.evaluate(() => { document.getElementById("lesson").src = "about:blank"; });
  await page.waitForFunction(() => window.API.isTerminated());
  const told = await page.evaluate(() => ({ ...window.told, error: window.API.lastErrorCode }));
  assert.equal(Number(told.error), 0, `${lesson}: ${JSON.stringify(told)}`);
  assert.match(told["cmi.core.session_time"], /^\d{2,4}:\d{2}:\d{2}$/);
  if (questions > 0) assert.equal(told["cmi.core.score.raw"], "100", lesson);
  return questions;
}

async function all() {
  const browser = await chromium.launch({ executablePath: process.env.BINDERY_CHROMIUM, args: ["--no-sandbox"] });
  try {
    for (const folder of process.argv.slice(2)) {
      const page = await browser.newPage();
      const faults = [];
      page.on("pageerror", (error) => faults.push(error.message));
      await page.route(`${PLATFORM}**`, (route) => {
        const name = decodeURIComponent(new URL(route.request().url()).pathname.slice(1));
        return name === "" ? route.fulfill({ contentType: "text/html", body: PAGE }) : route.fulfill({ path: join(folder, name) });
      });
      await page.goto(PLATFORM);
      await page.addScriptTag({ path: require.resolve("scorm-again/scorm12/min") });
      const manifest = readFileSync(join(folder, "imsmanifest.xml"), "utf8");
      const lessons = [...manifest.matchAll(/adlcp:scormtype="sco" href="([^"]+)"/g)].map(([, address]) => address);
      let questions = 0;
      for (const lesson of lessons) questions += await play(page, lesson);
      assert.deepEqual(faults, []);
      console.log(`${folder.split("/").pop()}: ${lessons.length} lessons, ${questions} questions`);
      await page.close();
    }
  } finally {
    await browser.close();
  }
}

all().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
