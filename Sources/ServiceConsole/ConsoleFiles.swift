/// The files that pages load; all come from here, so that the console needs no other machine.
enum ConsoleFiles {
    /// A light that says: look here.
    static let icon = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path d="M8 1 15.5 15H.5z" fill="#c77700"/><path d="M7.2 6h1.6v4.5H7.2zM7.2 12h1.6v1.6H7.2z" fill="#fff"/></svg>

        """

    /// Colours are never alone: each has a shape or a word beside it.
    static let style = """
        :root { color-scheme: light dark; --ink: #16202b; --soft: #5b6776; --paper: #ffffff; --wash: #f3f5f8; --rule: #d7dde5;
          --link: #0b57a4; --act: #b3261e; --plan: #8a5300; --good: #1b6b3a; --line: #1f5f99; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e6ebf1; --soft: #9aa7b6; --paper: #12181f; --wash: #1b232d; --rule: #33404e;
          --link: #8ec1ff; --act: #ff9c92; --plan: #f2c063; --good: #84d6a2; --line: #79b4ee; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, "Noto Sans CJK SC", "Noto Sans SC", sans-serif; }
        header, main, footer { max-width: 1180px; margin: 0 auto; padding: 0 20px; }
        header { display: flex; flex-wrap: wrap; gap: 6px 18px; align-items: center; padding-top: 12px; padding-bottom: 12px; border-bottom: 1px solid var(--rule); }
        .brand { font-weight: 700; text-decoration: none; color: var(--ink); font-size: 17px; }
        nav { display: flex; gap: 14px; } nav a { text-decoration: none; padding: 2px 0; }
        nav a[aria-current] { color: var(--ink); font-weight: 600; border-bottom: 2px solid var(--link); }
        header form { margin-left: auto; } input { font: inherit; color: inherit; background: var(--wash); border: 1px solid var(--rule); border-radius: 6px; padding: 3px 9px; width: 190px; }
        a { color: var(--link); } a:focus-visible, input:focus-visible, summary:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
        h1 { font-size: 24px; line-height: 1.25; margin: 22px 0 10px; } h2 { font-size: 17px; margin: 26px 0 8px; } h3 { font-size: 14px; margin: 14px 0 4px; color: var(--soft); }
        h1 .sev, h1 .count { font-size: 15px; font-weight: 400; vertical-align: 3px; } h1 .name { font-weight: 600; }
        h2 a { color: inherit; text-decoration: none; } h2 a:hover { text-decoration: underline; }
        h2::first-letter, h3::first-letter, th::first-letter, dt::first-letter { text-transform: uppercase; }
        .count { color: var(--soft); font-weight: 400; font-variant-numeric: tabular-nums; }
        .quiet, dt, footer { color: var(--soft); } .late, .fail .verdict { color: var(--act); font-weight: 600; } .soon, .warn .verdict { color: var(--plan); font-weight: 600; } .good, .ok .verdict { color: var(--good); }
        .sev { white-space: nowrap; } .s1, .s2 { color: var(--act); } .s1 { font-weight: 700; } .s3 { color: var(--plan); } .s4 { color: var(--soft); }
        .vin { white-space: nowrap; } code, pre, .vin, .item { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, "Noto Sans Mono CJK SC", monospace; font-size: 13px; }
        /* Columns stay in line where a Chinese sign is as wide as two letters. */
        :lang(zh) pre { font-family: "Noto Sans Mono CJK SC", ui-monospace, monospace; font-size: 14px; }
        pre { background: var(--wash); border-radius: 6px; padding: 9px 12px; margin: 4px 0; white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.45; }
        h1 .vin { font-size: 22px; }
        .banner { border-left: 4px solid var(--act); background: var(--wash); padding: 8px 12px; margin: 8px 0; }
        .sight { border: 1px solid var(--rule); border-left: 4px solid var(--good); border-radius: 6px; padding: 8px 14px; margin: 12px 0; } .sight.warn { border-left-color: var(--plan); }
        .sight h2 { margin: 0; font-size: 15px; } .sight p { margin: 4px 0; } meter { width: 130px; height: 14px; vertical-align: -2px; }
        .checks { list-style: none; padding: 0; margin: 4px 0; } .checks li { padding: 3px 0; } .verdict { display: inline-block; min-width: 4.2em; } .checks .what { color: var(--soft); margin-right: 6px; } .fix { color: var(--soft); }
        .chips p { margin: 6px 0; display: flex; flex-wrap: wrap; gap: 6px; } .chip { border: 1px solid var(--rule); border-radius: 14px; padding: 1px 11px; text-decoration: none; color: var(--ink); white-space: nowrap; } .chip.on { border-color: var(--link); background: var(--wash); font-weight: 600; }
        .table { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; } th { text-align: left; font-weight: 600; color: var(--soft); font-size: 13px; border-bottom: 1.5px solid var(--rule); }
        th, td { padding: 5px 14px 5px 0; vertical-align: top; min-width: 4.2em; } td { border-bottom: 1px solid var(--rule); } .n { text-align: right; } td time, td a { white-space: nowrap; } td .late, td .soon, td .time { white-space: nowrap; } .columns td .late { white-space: normal; } tr:focus-within { background: var(--wash); }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 18px; margin: 6px 0; } dt { grid-column: 1; } dd { grid-column: 2; margin: 0; overflow-wrap: anywhere; }
        .columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 430px), 1fr)); gap: 8px 36px; align-items: start; }
        .lead { font-size: 16px; margin: 0 0 12px; }
        .rail { display: flex; flex-wrap: wrap; gap: 4px; list-style: none; padding: 0; margin: 10px 0; } .rail li { border: 1px solid var(--rule); border-radius: 4px; padding: 2px 9px; color: var(--soft); font-size: 13.5px; }
        .rail .done { color: var(--good); } .rail .now { color: var(--ink); border: 2px solid var(--link); font-weight: 700; } .aside { margin: 4px 0; color: var(--plan); }
        .evidence, .timeline { padding-left: 0; list-style: none; } .evidence > li, .timeline > li { padding: 5px 0; border-bottom: 1px solid var(--rule); } .evidence p { margin: 2px 0; } .timeline ul { margin: 2px 0 2px 18px; padding: 0; }
        .item { overflow-wrap: anywhere; } summary { cursor: pointer; color: var(--soft); font-size: 13.5px; }
        figure { margin: 8px 0; } figcaption { color: var(--soft); } svg { width: 100%; max-width: 860px; height: auto; background: var(--wash); border-radius: 6px; }
        svg text { font: 11.5px system-ui, sans-serif; fill: var(--soft); } svg .line { fill: none; stroke: var(--line); stroke-width: 2; } svg .mark { fill: var(--paper); stroke: var(--line); stroke-width: 2; } svg .grid { stroke: var(--rule); } svg line.limit { stroke: var(--act); stroke-width: 1.5; stroke-dasharray: 6 4; } svg text.limit { fill: var(--act); }
        footer { margin-top: 34px; padding-bottom: 24px; font-size: 13px; border-top: 1px solid var(--rule); } footer p { margin: 8px 0; } kbd { border: 1px solid var(--rule); border-radius: 4px; padding: 0 5px; font: 12px ui-monospace, monospace; }
        @media (max-width: 720px) {
          header, main, footer { padding-left: 14px; padding-right: 14px; } header form { margin-left: 0; order: 9; width: 100%; } input { width: 100%; } .language { margin-left: auto; }
          h1 { font-size: 20px; } .columns { gap: 0; } dl { grid-template-columns: 1fr; gap: 0; } dt { margin-top: 6px; font-size: 13px; } dd { grid-column: 1; }
          table, tbody, tr, td { display: block; } thead { display: none; } tr { padding: 7px 0; border-bottom: 1px solid var(--rule); } td { border: 0; padding: 0; display: inline-block; min-width: 0; margin-right: 10px; }
          svg text, svg text.limit { font-size: 22px; } td.n { text-align: left; }
          .why pre { white-space: pre; overflow-x: auto; font-size: 12px; }
          td.n::before { content: attr(data-name) " "; color: var(--soft); font-size: 13px; } }
        @page { margin: 14mm; }
        @media print { :root { --ink: #000; --paper: #fff; --wash: #fff; --soft: #444; --rule: #bbb; --link: #000; } body { font-size: 10pt; } header form, .language, nav, #keys, #live { display: none; } header, main, footer { max-width: none; padding: 0; } tr, figure, .evidence > li, dl, pre { break-inside: avoid; } h2, h3 { break-after: avoid; } .columns { display: block; } .table { overflow: visible; } th, td { padding-right: 7px; font-size: 9pt; } pre { border: 1px solid #bbb; } details > summary { display: none; } }

        """

    /// Reads the page again when something was decided, at most every two seconds, and each half minute
    /// for what is counted down. Without it, pages stay what they were when they were asked for.
    static let script = """
        (function () {
          "use strict";
          var main = document.querySelector("main"), live = document.getElementById("live");
          var asked = 0, waiting = false, chosen = -1;
          function rows() { return Array.prototype.slice.call(document.querySelectorAll("a.row")); }
          function open() { return Array.prototype.map.call(main.querySelectorAll("details"), function (d) { return d.open; }); }
          function refresh() {
            if (waiting || document.hidden) { return; }
            waiting = true;
            window.setTimeout(function () {
              asked = Date.now();
              fetch(location.href, { headers: { Accept: "text/html" } }).then(function (answer) { return answer.text(); }).then(function (text) {
                var next = new DOMParser().parseFromString(text, "text/html");
                var fresh = next.querySelector("main"), opened = open(), focus = rows().indexOf(document.activeElement);
                if (fresh) {
                  main.replaceChildren.apply(main, Array.prototype.slice.call(fresh.childNodes));
                  main.dataset.newest = fresh.dataset.newest;
                  main.querySelectorAll("details").forEach(function (d, i) { d.open = opened[i] === true; });
                  var time = next.querySelector("footer time"), shown = document.querySelector("footer time");
                  if (time !== null) { shown.textContent = time.textContent; }
                  if (focus !== -1) { choose(focus); }
                }
              }).catch(function () { live.textContent = "○"; }).finally(function () { waiting = false; });
            }, Math.max(0, asked + 2000 - Date.now()));
          }
          function choose(place) {
            var all = rows();
            if (all.length === 0) { return; }
            chosen = Math.max(0, Math.min(all.length - 1, place));
            all[chosen].focus();
            all[chosen].scrollIntoView({ block: "nearest" });
          }
          if (window.EventSource !== undefined) {
            var source = new EventSource("/events");
            source.addEventListener("change", function (event) { if (event.data !== main.dataset.newest) { refresh(); } });
            source.onopen = function () { live.textContent = "●"; };
            source.onerror = function () { live.textContent = "○"; };
          }
          // What is being counted is there in a moment.
          function recount() { if (main.querySelector(".counting") !== null) { refresh(); window.setTimeout(recount, 3000); } }
          window.setTimeout(recount, 1000);
          window.setInterval(refresh, 30000);
          document.addEventListener("visibilitychange", refresh);
          document.addEventListener("keydown", function (event) {
            if (event.ctrlKey || event.metaKey || event.altKey || /INPUT|TEXTAREA/.test(event.target.tagName)) { return; }
            if (event.key === "j") { choose(chosen + 1); }
            else if (event.key === "k") { choose(chosen - 1); }
            else if (event.key === "g") { document.querySelector(".brand").click(); }
            else if (event.key === "/") { event.preventDefault(); document.querySelector("input[type=search]").focus(); }
            else if (event.key === "?") { var keys = document.getElementById("keys"); keys.open = !keys.open; keys.scrollIntoView(); }
          });
        }());

        """
}
