namespace MlDeploy.Core.Report.Html;

/// <summary>How our pages look: the report, and the dashboard on top of it. Colours meet a contrast of 4.5 : 1 against their ground, light and dark.</summary>
public static class Style
{
    public static Markup Sheet => Markup.Constant("""

        :root { --ground: #fff; --card: #f6f7f9; --ink: #1a1f27; --quiet: #56616f; --line: #d8dde4; --candidate: #b45309; --stable: #1d4ed8; --reference: #6b7280;
          --good: #15803d; --bad: #b91c1c; --warn: #8a5a00; --lost: #7e22ce; --none: #56616f; --plain: #cfd6df; --judged: #c7d7fb; --inphase: #1a1f27; }
        @media (prefers-color-scheme: dark) { :root { --ground: #12161c; --card: #1a2029; --ink: #e6e9ee; --quiet: #a3aebc; --line: #333c48; --candidate: #f5a524; --stable: #82aaff; --reference: #8d97a5;
          --good: #4ade80; --bad: #ff8080; --warn: #f3c74f; --lost: #d0a2ff; --none: #a3aebc; --plain: #38424f; --judged: #2c4170; --inphase: #e6e9ee; } }
        * { box-sizing: border-box; }
        html { color-scheme: light dark; -webkit-text-size-adjust: 100%; }
        body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; overflow-wrap: anywhere; }
        main, footer { max-width: 1180px; margin: 0 auto; padding: 0 24px; }
        header { padding: 32px 0 8px; }
        footer { padding: 24px; color: var(--quiet); font-size: 14px; }
        h1 { font-size: 24px; line-height: 1.35; font-weight: 650; margin: 4px 0 20px; text-wrap: pretty; }
        h2 { font-size: 20px; margin: 40px 0 12px; padding-top: 16px; border-top: 1px solid var(--line); }
        h3 { font-size: 16px; margin: 24px 0 8px; }
        p { margin: 8px 0; }
        a { color: var(--stable); }
        code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 13.5px; }
        pre { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 12px 14px; margin: 8px 0; white-space: pre-wrap; max-height: 480px; overflow: auto; }
        .what { color: var(--quiet); margin: 0; }
        .quiet, small { color: var(--quiet); font-size: 14px; font-weight: 400; }
        .badge { display: inline-block; margin-left: 8px; padding: 0 8px; border: 1px solid currentColor; border-radius: 999px; font-size: 13px; line-height: 20px; font-weight: 600; white-space: nowrap; vertical-align: 1px; }
        td .badge, .tests .badge { margin-left: 0; }
        .badge.good { color: var(--good); } .badge.bad { color: var(--bad); } .badge.warn { color: var(--warn); } .badge.lost { color: var(--lost); } .badge.none { color: var(--none); }
        dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(260px, 1fr)); gap: 12px 24px; margin: 12px 0; }
        dt { color: var(--quiet); font-size: 14px; }
        dd { margin: 0; }
        .scroll { overflow-x: auto; position: relative; }
        .scroll:focus-visible { outline: 2px solid var(--stable); outline-offset: 2px; }
        table { border-collapse: collapse; width: 100%; font-size: 14px; font-variant-numeric: tabular-nums; }
        th, td { text-align: left; vertical-align: top; padding: 6px 16px 6px 0; border-bottom: 1px solid var(--line); overflow-wrap: normal; }
        thead th { color: var(--quiet); font-weight: 500; white-space: nowrap; }
        tbody th { font-weight: 600; }
        td:last-child:not(.n) { overflow-wrap: anywhere; min-width: 180px; } .n:last-child { padding-right: 0; }
        .events td { white-space: nowrap; } .events td:last-child { width: 99%; white-space: normal; }
        .n { text-align: right; white-space: nowrap; }
        .broad { min-width: 840px; }
        .beyond td, .beyond th { color: var(--bad); }
        .cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 330px), 1fr)); gap: 16px; }
        .card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 12px 14px; break-inside: avoid; }
        .card h3 { margin: 0; } .card p { margin: 4px 0; font-size: 14px; }
        .void, .alert { border-left: 4px solid var(--warn); background: var(--card); padding: 8px 14px; margin: 8px 0; }
        .alert { border-color: var(--bad); }
        .tests { list-style: none; padding: 0; } .tests li { margin: 6px 0; }
        .legend { display: flex; flex-wrap: wrap; gap: 4px 20px; color: var(--quiet); font-size: 14px; }
        .legend svg { display: inline-block; width: 28px; height: 10px; }
        .sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
        figure { margin: 0 0 16px; } .narrow { display: none; }
        summary { cursor: pointer; padding: 4px 0; }
        svg { display: block; width: 100%; height: auto; }
        svg text { fill: var(--quiet); font: 11px system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; }
        svg .y, svg .x.last { text-anchor: end; } svg .x { text-anchor: middle; } svg .first { text-anchor: start; } svg .x.last { text-anchor: end; }
        svg .in { fill: var(--inphase); text-anchor: middle; }
        .grid { stroke: var(--line); stroke-width: 1; } .step { stroke: var(--quiet); stroke-width: 1; stroke-dasharray: 1 3; }
        .area { fill: var(--candidate); opacity: .18; } .weight { fill: none; stroke: var(--candidate); stroke-width: 2; }
        .turn { stroke: var(--bad); stroke-width: 2; stroke-dasharray: 4 3; }
        .phase { fill: var(--plain); } .phase.judged { fill: var(--judged); } .phase.good { fill: var(--good); } .phase.bad { fill: var(--bad); } .phase.warn { fill: var(--warn); }
        .band { fill: var(--candidate); opacity: .2; }
        path.candidate, path.stable, .limit { fill: none; stroke-width: 2; } path.candidate { stroke: var(--candidate); } path.stable { stroke: var(--stable); stroke-dasharray: 6 3; }
        .limit { stroke: var(--bad); stroke-width: 1.5; stroke-dasharray: 2 3; }
        circle.candidate { fill: var(--candidate); } circle.candidate.bad { fill: var(--bad); }
        rect.good { fill: var(--good); } rect.bad { fill: var(--bad); } rect.warn { fill: var(--warn); opacity: .55; } rect.lost { fill: var(--lost); } rect.none { fill: var(--line); }
        .dist.reference { fill: var(--reference); opacity: .35; stroke: none; } .dist.stable, .dist.candidate { fill: none; stroke-width: 1.6; }
        .bar.reference { fill: var(--reference); opacity: .5; } .bar.stable { fill: var(--stable); } .bar.candidate { fill: var(--candidate); } .bar.over { fill: var(--bad); }
        .meter { width: 100px; height: 10px; margin-top: 6px; } .track { fill: var(--line); }
        @media (max-width: 720px) { main, footer { padding: 0 14px; } header { padding-top: 20px; } h1 { font-size: 21px; } .wide { display: none; } .narrow { display: block; } dl { grid-template-columns: 1fr; gap: 8px; } }
        @media print { :root { --ground: #fff; --card: #fff; --ink: #000; --quiet: #444; --line: #ccc; --candidate: #b45309; --stable: #1d4ed8; --reference: #6b7280; --good: #15803d; --bad: #b91c1c; --warn: #8a5a00; --lost: #7e22ce; --none: #444; --plain: #cfd6df; --judged: #c7d7fb; --inphase: #000; }
          * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } body { font-size: 11pt; } h2, h3 { break-after: avoid; } tr, figure { break-inside: avoid; } pre { max-height: none; } .scroll { overflow: visible; }
          details::details-content { content-visibility: visible; display: block; height: auto; } .cards { grid-template-columns: repeat(2, 1fr); } table { font-size: 9pt; min-width: 0 !important; } }

        """);
}
