// Behaviour of the console that needs a script: charts, confirmation of acts, warning before losing input.
// Everything else is HTML; each page works without this file, only the charts stay tables.
"use strict";

(() => {
  const INK = "#1d2733";
  const COLOURS = { a: "#2c8a54", b: "#2f6cb5", c: "#c98a00", d: "#b3261e", n: "#9aa6b4" };

  function gradeChart(place) {
    const rows = JSON.parse(place.dataset.grades);
    const chart = window.echarts.init(place, null, { renderer: "svg" });
    chart.setOption({
      animation: false,
      textStyle: { color: INK, fontFamily: "inherit" },
      grid: { left: 8, right: 8, top: 24, bottom: 4, containLabel: true },
      xAxis: { type: "category", data: rows.map((row) => row.grade), axisTick: { show: false } },
      yAxis: { type: "value", minInterval: 1, splitLine: { lineStyle: { color: "#e6ebf0" } } },
      series: [{
        type: "bar",
        barMaxWidth: 44,
        data: rows.map((row) => ({
          value: row.count,
          itemStyle: { color: COLOURS[row.grade[0].toLowerCase()] || COLOURS.n, borderRadius: [3, 3, 0, 0] },
        })),
        label: { show: true, position: "top", color: INK },
      }],
    });
    window.addEventListener("resize", () => chart.resize());
  }

  // One or several rows of bars under the same names: side by side when they stand, stacked when they lie.
  function barsChart(place) {
    const { names, series } = JSON.parse(place.dataset.bars);
    const lies = "barsLie" in place.dataset;
    const colours = lies ? [COLOURS.d, COLOURS.a, COLOURS.n] : [COLOURS.n, COLOURS.b];
    const chart = window.echarts.init(place, null, { renderer: "svg" });
    const named = {
      type: "category", data: names, axisTick: { show: false }, inverse: lies,
      axisLabel: lies ? { width: 104, overflow: "truncate", interval: 0 } : {},
    };
    const counted = { type: "value", minInterval: 1, splitLine: { lineStyle: { color: "#e6ebf0" } } };
    chart.setOption({
      animation: false,
      color: colours,
      textStyle: { color: INK, fontFamily: "inherit" },
      legend: { top: 0, itemWidth: 14, itemGap: 24 },
      tooltip: { trigger: "axis", axisPointer: { type: "shadow" } },
      grid: { left: 14, right: 16, top: 36, bottom: 4, containLabel: true },
      xAxis: lies ? counted : named,
      yAxis: lies ? named : counted,
      series: series.map((each) => ({
        type: "bar",
        name: each.name,
        data: each.values,
        stack: lies ? "all" : undefined,
        barMaxWidth: lies ? 18 : 30,
        label: { show: !lies, position: "top", color: INK, fontSize: 11 },
      })),
    });
    window.addEventListener("resize", () => chart.resize());
  }

  function confirmActs(form) {
    form.addEventListener("submit", (event) => {
      if (!window.confirm(form.dataset.confirm)) {
        event.preventDefault();
      }
    });
  }

  // A second click while the first is under way would only meet the version check; spare the officer the page.
  function submitOnce(form) {
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) {
        return;
      }
      window.setTimeout(() => {
        for (const button of form.querySelectorAll("button[type=submit]")) {
          button.disabled = true;
        }
      }, 0);
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    if (window.echarts) {
      document.querySelectorAll("[data-grades]").forEach(gradeChart);
      document.querySelectorAll("[data-bars]").forEach(barsChart);
    }
    document.querySelectorAll("form[data-confirm]").forEach(confirmActs);
    document.querySelectorAll("form[method=post]").forEach(submitOnce);
    document.querySelectorAll("[data-print]").forEach((button) => {
      button.addEventListener("click", () => window.print());
    });
  });

  // A page restored by the back button must not come with dead buttons.
  window.addEventListener("pageshow", () => {
    for (const button of document.querySelectorAll("form[method=post] button[type=submit][disabled]")) {
      button.disabled = false;
    }
  });
})();
