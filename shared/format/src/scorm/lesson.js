// Tells the learning platform that a lesson has begun, that it was read to its end, and how long that took (SCORM 1.2).
"use strict";
(function () {
  // The platform offers its interface as `API` in a window around this one, or in the window that opened this one.
  function find(from) {
    var at = from;
    for (var steps = 0; at && steps < 12; steps += 1) {
      if (at.API) return at.API;
      if (at.parent === at) return null;
      at = at.parent;
    }
    return null;
  }

  var api = find(window) || (window.opener ? find(window.opener) : null);
  if (!api || api.LMSInitialize("") !== "true") return;
  var began = Date.now();
  var ended = false;

  var status = api.LMSGetValue("cmi.core.lesson_status");
  if (status === "not attempted" || status === "") {
    api.LMSSetValue("cmi.core.lesson_status", "incomplete");
    api.LMSCommit("");
  }

  // Lets a reader choose among the options of a quiz. The platform gets the share of questions whose first choice was right.
  var lists = document.querySelectorAll("ol.options[data-right]");
  var firsts = [];
  lists.forEach(function (list, question) {
    var right = list.getAttribute("data-right").split(" ");
    Array.prototype.forEach.call(list.children, function (option, at) {
      option.setAttribute("role", "button");
      option.setAttribute("tabindex", "0");
      function choose() {
        var good = right.indexOf(String(at + 1)) >= 0;
        option.className = good ? "right" : "wrong";
        if (firsts[question] !== undefined || ended) return;
        firsts[question] = good;
        var score = firsts.filter(function (first) { return first; }).length / lists.length;
        api.LMSSetValue("cmi.core.score.min", "0");
        api.LMSSetValue("cmi.core.score.max", "100");
        api.LMSSetValue("cmi.core.score.raw", String(Math.round(score * 100)));
        api.LMSCommit("");
      }
      option.addEventListener("click", choose);
      option.addEventListener("keydown", function (event) {
        if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(); }
      });
    });
  });

  function complete() {
    if (ended || api.LMSGetValue("cmi.core.lesson_status") === "completed") return;
    api.LMSSetValue("cmi.core.lesson_status", "completed");
    api.LMSCommit("");
  }

  // Returns a time as `HHHH:MM:SS`.
  function time(milliseconds) {
    var seconds = Math.floor(milliseconds / 1000);
    var two = function (number) { return (number < 10 ? "0" : "") + number; };
    return two(Math.floor(seconds / 3600)) + ":" + two(Math.floor(seconds / 60) % 60) + ":" + two(seconds % 60);
  }

  function end() {
    if (ended) return;
    api.LMSSetValue("cmi.core.session_time", time(Date.now() - began));
    api.LMSCommit("");
    api.LMSFinish("");
    ended = true;
  }

  var last = document.getElementById("end");
  if (last && window.IntersectionObserver) {
    new IntersectionObserver(function (seen) {
      if (seen.some(function (entry) { return entry.isIntersecting; })) complete();
    }).observe(last);
  } else {
    complete();
  }
  window.addEventListener("pagehide", end);
  window.addEventListener("beforeunload", end);
})();
