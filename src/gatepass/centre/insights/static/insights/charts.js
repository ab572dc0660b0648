// Draws what the page's tables say. Without this file, or before it has run, the tables are one click away.
"use strict";

{
  const of = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const JADE = of("--jade") || "#0B6B3A";
  const INK = of("--ink") || "#14201A";
  const SOFT = of("--soft") || "#3D4A43";
  const LINE = of("--line") || "#D9D6CC";
  const SECOND = "#8FBAA1";
  const ROW = 30; // px of one bar, or one day of the heat map
  const LONGEST = innerWidth < 600 ? 10 : 24; // letters of a label beside a bar
  const font = getComputedStyle(document.body).fontFamily;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const drawn = new Map();

  const axis = { axisLine: { lineStyle: { color: LINE } }, axisTick: { show: false }, axisLabel: { color: SOFT, fontFamily: font } };
  const measure = { type: "value", splitLine: { lineStyle: { color: LINE } }, axisLabel: { color: SOFT, fontFamily: font } };
  const short = (text) => (String(text).length > LONGEST ? `${String(text).slice(0, LONGEST - 1)}…` : String(text));
  const grouped = (number) => number.toLocaleString("en");
  // A label on the drawing itself instead of a legend: the name of each series stands above its first column.
  const label = { show: true, fontFamily: font, color: INK, fontSize: 11, formatter: ({ value }) => (value ? grouped(value) : "") };

  function columns({ labels, series }) {
    const looks = [{ color: JADE }, { color: SECOND }, { color: "transparent", borderColor: SOFT, borderType: "dashed", borderWidth: 1 }];
    return {
      legend: { top: 0, left: 0, itemWidth: 14, itemHeight: 10, textStyle: { color: INK, fontFamily: font } },
      grid: { left: 8, right: 8, top: 34, bottom: 4, containLabel: true },
      xAxis: { type: "category", data: labels, ...axis },
      yAxis: { ...measure, min: (range) => Math.min(0, range.min) },
      series: series.map(({ name, values }, place) => ({
        type: "bar", name, data: values, itemStyle: { ...looks[place], borderRadius: [2, 2, 0, 0] },
        label: { ...label, position: "top", show: labels.length * series.length <= 36 },
        barGap: "10%",
      })),
    };
  }

  function bars({ labels, series }) {
    return {
      legend: series.length > 1 ? { top: 0, left: 0, textStyle: { color: INK, fontFamily: font } } : undefined,
      grid: { left: 8, right: 56, top: series.length > 1 ? 30 : 4, bottom: 4, containLabel: true },
      yAxis: { type: "category", inverse: true, data: labels.map(short), ...axis },
      xAxis: { ...measure, axisLabel: { show: false } },
      series: series.map(({ name, values }, place) => ({
        type: "bar", name, data: values, barMaxWidth: 18,
        itemStyle: { color: place ? SECOND : JADE, borderRadius: [0, 2, 2, 0] },
        label: { ...label, position: "right" },
      })),
    };
  }

  function heat({ hours, days, cells }) {
    const data = cells.flatMap((row, day) => row.map((people, hour) => [hour, day, people]));
    const most = Math.max(1, ...data.map(([, , people]) => people));
    return {
      grid: { left: 8, right: 8, top: 4, bottom: 4, containLabel: true },
      xAxis: { type: "category", data: hours, ...axis, splitArea: { show: false } },
      yAxis: { type: "category", data: days, inverse: true, ...axis },
      visualMap: { show: false, min: 0, max: most, inRange: { color: ["#F6F4EE", "#BFD9CA", "#5FA17E", JADE] } },
      series: [{
        type: "heatmap", data, itemStyle: { borderColor: "#fff", borderWidth: 1 },
        label: {
          show: innerWidth >= 900, fontFamily: font, fontSize: 10,
          formatter: ({ value: [, , people] }) => (people ? `{${people > most * 0.55 ? "pale" : "dark"}|${grouped(people)}}` : ""),
          rich: { pale: { color: "#fff", fontSize: 10 }, dark: { color: INK, fontSize: 10 } },
        },
      }],
    };
  }

  const ways = { columns, bars, heat };

  for (const place of document.querySelectorAll("[data-draws]")) {
    const spec = JSON.parse(document.getElementById(place.dataset.draws).textContent);
    const rows = spec.drawing === "heat" ? spec.days.length : spec.labels.length * spec.series.length;
    if (spec.drawing !== "columns") place.style.height = `${Math.max(3, rows) * (spec.drawing === "heat" ? ROW : ROW * 0.9) + 44}px`;
    place.hidden = false; // a place that is hidden has no width to draw in
    const chart = echarts.init(place, null, { renderer: "canvas" });
    chart.setOption({ animation: !still, textStyle: { fontFamily: font }, ...ways[spec.drawing](spec) });
    drawn.set(place.dataset.draws, chart);
    place.dataset.ready = "yes";
  }
  addEventListener("resize", () => { for (const chart of drawn.values()) chart.resize(); });

  for (const link of document.querySelectorAll("[data-saves]")) {
    const chart = drawn.get(link.dataset.saves);
    link.hidden = !chart;
    // Made at the click: a picture for each chart of each visit would be work for nothing.
    link.addEventListener("click", () => { link.href = chart.getDataURL({ type: "png", pixelRatio: 2, backgroundColor: "#fff" }); });
  }
}
