using MlDeploy.Core.Report.Html;

namespace MlDeploy.Local.Dashboard.Page;

/// <summary>What the dashboard needs beside the style of our pages. On a narrow screen a wide table's row becomes a list with the columns' names.</summary>
internal static class PageStyle
{
    public static Markup Sheet => Markup.Constant("""

        main, footer { max-width: 1240px; }
        header { padding-bottom: 0; } h1 { margin-bottom: 8px; }
        h2 { font-size: 21px; margin-top: 28px; }
        h3 small { margin-left: 4px; }
        nav a { margin-right: 16px; }
        .lost { position: sticky; top: 0; z-index: 1; margin: 0; padding: 8px 24px; background: var(--bad); color: var(--ground); font-weight: 600; }
        .facts { grid-template-columns: repeat(auto-fill, minmax(220px, 1fr)); }
        .facts dd { font-size: 22px; line-height: 1.3; font-weight: 600; } .facts dd.quiet { font-size: 14px; font-weight: 400; }
        .rollout { margin: 16px 0 20px; border-left: 4px solid var(--candidate); } .rollout h3 { margin-bottom: 8px; }
        .share { height: 10px; }
        tbody tr:last-child th, tbody tr:last-child td { border-bottom: 0; }
        .versions th:not(:first-child), .versions td { padding-right: 12px; } .versions code { white-space: nowrap; } .versions small { display: block; }
        tr.candidate code { color: var(--candidate); } tr.stable code { color: var(--stable); }
        .features td:last-child { min-width: 90px; }
        .deployments { list-style: none; margin: 0; padding: 0; } .deployments li { border-top: 1px solid var(--line); padding: 8px 0; break-inside: avoid; }
        .deployments p { margin: 2px 0; } .number { font-weight: 650; } .deployments a { margin-left: 8px; }
        @media (max-width: 720px) {
          .facts { grid-template-columns: 1fr 1fr; } .facts dd { font-size: 18px; } .facts dd.quiet { font-size: 13px; }
          .wide-only { display: none; } .features th, .features td { padding-right: 8px; font-size: 13px; } .features td:last-child:not(.n) { min-width: 0; overflow-wrap: normal; } .features tbody th { overflow-wrap: anywhere; } .features small { display: block; }
          .stack, .stack tbody, .stack tr { display: block; } .stack thead { display: none; }
          .stack tr { border-bottom: 1px solid var(--line); padding: 6px 0; } .stack tr:last-child { border-bottom: 0; }
          .stack tr { display: grid; grid-template-columns: 1fr 1fr; grid-auto-flow: dense; gap: 0 20px; align-items: center; }
          .stack th, .stack td, .stack td:last-child:not(.n) { display: flex; justify-content: space-between; gap: 12px; min-width: 0; border: 0; padding: 2px 0; text-align: right; white-space: normal; }
          .stack th, .stack td:not(.n) { grid-column: 1 / -1; } .stack th { text-align: left; } .versions small { display: inline; white-space: nowrap; }
          .gates th, .gates td[data-column=judgment] { grid-column: auto; } .gates td[data-column=judgment] { justify-content: flex-end; } .gates td[data-column=judgment]::before { content: none; }
          .gates td[data-column=interval] { grid-column: 1 / -1; }
          .stack td::before { content: attr(data-column); color: var(--quiet); text-align: left; flex-shrink: 0; } .stack td:empty, .stack td:last-child:not(.n):empty { display: none; }
        }
        @media print { nav, .lost { display: none; } section + section { break-before: page; } .stack { font-size: 8pt; } .stack th, .stack td { padding-right: 6px; } .stack td:last-child:not(.n) { min-width: 90px; } .stack code, .stack thead th, .stack .n { white-space: normal; } }

        """);
}
