using MlDeploy.Core.Report.Html;

namespace MlDeploy.Local.Dashboard.Page;

/// <summary>
/// The page's own script: asks every 3 s, while the page is seen, and changes in place what differs, so that scrolling, focus, selection and opened
/// details stay. What it gets is the same escaped HTML that the page came with; nothing in it can be a script, and the policy would not run one.
/// </summary>
internal static class PageScript
{
    public static Markup Text => Markup.Constant("""

        'use strict';
        (() => {
          const every = 3000, patience = 10000, lost = document.querySelector('.lost'), parser = new DOMParser();
          let timer, asking = false;

          const alike = (old, now) => old.nodeType === now.nodeType && old.nodeName === now.nodeName && old.id === now.id;

          function become(old, now) {
            if (old.nodeType !== Node.ELEMENT_NODE) { if (old.data !== now.data) old.data = now.data; return; }
            for (const { name } of [...old.attributes]) if (name !== 'open' && !now.hasAttribute(name)) old.removeAttribute(name);
            for (const { name, value } of now.attributes) if (name !== 'open' && old.getAttribute(name) !== value) old.setAttribute(name, value);
            const were = [...old.childNodes], are = [...now.childNodes];
            are.forEach((node, at) => {
              if (at >= were.length) old.append(node);
              else if (alike(were[at], node)) become(were[at], node);
              else were[at].replaceWith(node);
            });
            were.slice(are.length).forEach(node => node.remove());
          }

          async function ask() {
            clearTimeout(timer);
            if (document.hidden || asking) return;
            asking = true;
            try {
              const reply = await fetch('dashboard.json', { cache: 'no-store', signal: AbortSignal.timeout(patience) });
              if (!reply.ok) throw new Error(`the host answered ${reply.status}`);
              const seen = await reply.json();
              if (seen.toolVersion !== document.documentElement.dataset.version) { location.reload(); return; }
              become(document.querySelector('main'), parser.parseFromString(`<main>${seen.main}</main>`, 'text/html').querySelector('main'));
              document.title = seen.title;
              lost.hidden = true;
            } catch (failure) {
              if (lost.hidden) lost.textContent = `The host has not answered since ${new Date().toISOString().slice(11, 19)} UTC: this is what was last known. It is asked again and again; \`mldeploy host status\` tells more.`;
              lost.hidden = false;
            } finally {
              asking = false;
            }
            timer = setTimeout(ask, every);
          }

          document.addEventListener('visibilitychange', ask);
          timer = setTimeout(ask, every);
        })();

        """);
}
